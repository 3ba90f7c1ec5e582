//! Which bytes are JSON documents: serde_json's word, and our own rules for depth and for documents
//! that touch, which it does not have.

/// How many objects and arrays may be open at once.
const MAX_DEPTH: usize = 128;

/// Whether `input` is a sequence of documents.
pub(super) fn accepts(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else {
        return false;
    };
    let mut documents =
        serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    let mut end = 0;
    while let Some(document) = documents.next() {
        if document.is_err() || touches_badly(text, end) {
            return false;
        }
        end = documents.byte_offset();
    }
    depth(text) <= MAX_DEPTH
}

/// Whether a document that begins at `start`, or after blanks there, must not follow what is before.
fn touches_badly(text: &str, start: usize) -> bool {
    let bracket = |byte: &u8| b"{}[]\"".contains(byte);
    let before = text.as_bytes()[..start].last();
    let next = text.as_bytes().get(start);
    let blank = |byte: &u8| b" \t\r\n".contains(byte);
    matches!((before, next), (Some(before), Some(next))
        if !bracket(before) && !bracket(next) && !blank(next))
}

/// The deepest nesting of valid JSON.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
    }
    deepest
}
