//! Writing JSON as the service does, or as clients in other languages do.

/// Which characters become escapes.
#[derive(Clone, Copy)]
pub(crate) enum Escapes {
    /// Go's habit: UTF-8 as it is, but `<`, `>` and `&` escaped.
    Go,
    /// The habit of Python and others: ASCII alone, all else as `\uXXXX`.
    Ascii,
}

/// A document under construction. Commas come from the byte that was written last.
pub(crate) struct Json {
    pub(crate) out: Vec<u8>,
    pub(crate) escapes: Escapes,
}

impl Json {
    pub(crate) fn new() -> Self {
        Self {
            out: Vec::new(),
            escapes: Escapes::Go,
        }
    }

    /// Writes tokens as they are.
    pub(crate) fn raw(&mut self, tokens: &str) {
        self.out.extend_from_slice(tokens.as_bytes());
    }

    /// Begins a member or an element, with a comma unless it is the first.
    pub(crate) fn next(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    /// Begins a member; `name` needs no escapes.
    pub(crate) fn key(&mut self, name: &str) {
        self.next();
        self.out.push(b'"');
        self.raw(name);
        self.raw("\":");
    }

    /// A member whose value is written as it is: a number, `true` or `null`.
    pub(crate) fn token(&mut self, name: &str, token: &str) {
        self.key(name);
        self.raw(token);
    }

    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.token(name, &number.to_string());
    }

    /// Writes UTF-8 as a string.
    pub(crate) fn string(&mut self, text: &[u8]) {
        self.out.push(b'"');
        self.escape(text);
        self.out.push(b'"');
    }

    fn escape(&mut self, mut text: &[u8]) {
        static GO: [bool; 256] = plain_bytes(Escapes::Go);
        static ASCII: [bool; 256] = plain_bytes(Escapes::Ascii);
        let is_plain = match self.escapes {
            Escapes::Go => &GO,
            Escapes::Ascii => &ASCII,
        };
        while let Some(length) = text.iter().position(|byte| !is_plain[usize::from(*byte)]) {
            let (plain, rest) = text.split_at(length);
            self.out.extend_from_slice(plain);
            let done = match rest[0] {
                b'"' => self.escaped("\\\""),
                b'\\' => self.escaped("\\\\"),
                b'\n' => self.escaped("\\n"),
                b'\r' => self.escaped("\\r"),
                b'\t' => self.escaped("\\t"),
                byte @ 0..0x80 => self.unit(u16::from(byte)),
                0x80.. => self.units(rest),
            };
            text = &rest[done..];
        }
        self.out.extend_from_slice(text);
    }

    /// Writes an escape of one byte of text.
    fn escaped(&mut self, escape: &str) -> usize {
        self.raw(escape);
        1
    }

    /// Writes one UTF-16 unit, here of one byte of text.
    fn unit(&mut self, unit: u16) -> usize {
        self.raw("\\u");
        for shift in [12, 8, 4, 0] {
            self.out
                .push(b"0123456789abcdef"[usize::from(unit >> shift) % 16]);
        }
        1
    }

    /// Writes the first character of `text` in UTF-16 units and says how many bytes it had.
    fn units(&mut self, text: &[u8]) -> usize {
        let length = match text[0] {
            0xf0.. => 4,
            0xe0.. => 3,
            _ => 2,
        };
        let character = std::str::from_utf8(&text[..length]).expect("templates are UTF-8");
        for unit in character.encode_utf16() {
            self.unit(unit);
        }
        length
    }

    /// Writes bytes as a string in base64.
    pub(crate) fn base64(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let group = |bytes: [u8; 3]| {
            let bits = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
            [18, 12, 6, 0].map(|shift| DIGITS[(bits >> shift) as usize % 64])
        };
        self.out.push(b'"');
        let (groups, rest) = bytes.as_chunks();
        for bytes in groups {
            self.out.extend_from_slice(&group(*bytes));
        }
        match *rest {
            [first] => self.out.extend_from_slice(&group([first, 0, 0])[..2]),
            [first, second] => self.out.extend_from_slice(&group([first, second, 0])[..3]),
            _ => {}
        }
        self.raw(["", "==", "="][rest.len()]);
        self.out.push(b'"');
    }
}

/// Which bytes stand in a string as they are.
const fn plain_bytes(escapes: Escapes) -> [bool; 256] {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = !matches!(
            (byte as u8, escapes),
            (b'"' | b'\\' | 0..=0x1f, _)
                | (b'<' | b'>' | b'&', Escapes::Go)
                | (0x80.., Escapes::Ascii)
        );
        byte += 1;
    }
    plain
}

/// The same tokens on lines of their own, indented, for people.
pub(crate) fn pretty(compact: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(compact.len() * 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
    let new_line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.resize(out.len() + 2 * depth, b' ');
    };
    for &byte in compact {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            out.push(byte);
            continue;
        }
        match byte {
            b'{' | b'[' => {
                depth += 1;
                out.push(byte);
                new_line(&mut out, depth);
            }
            b'}' | b']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => {
                in_string = byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back_in_either_habit() {
        let text = "plain \"quoted\" back\\slash \n\r\t\u{1b}<a&b> Grüße 請求書 🎉";
        for (escapes, ascii) in [(Escapes::Go, false), (Escapes::Ascii, true)] {
            let mut json = Json::new();
            json.escapes = escapes;
            json.string(text.as_bytes());
            assert_eq!(serde_json::from_slice::<String>(&json.out).unwrap(), text);
            assert_eq!(json.out.is_ascii(), ascii);
        }
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [
            ("", r#""""#),
            ("f", r#""Zg==""#),
            ("fo", r#""Zm8=""#),
            ("foo", r#""Zm9v""#),
            ("foob", r#""Zm9vYg==""#),
        ] {
            let mut json = Json::new();
            json.base64(bytes.as_bytes());
            assert_eq!(json.out, text.as_bytes());
        }
    }

    #[test]
    fn pretty_changes_blanks_only() {
        let compact = br#"{"a":["x, {\"y\":1}\\",2],"b":{"c":null}}"#;
        let indented = pretty(compact);
        assert!(indented.starts_with(b"{\n  \"a\": [\n    \"x, {"));
        let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
        assert_eq!(read(&indented), read(compact));
    }
}
