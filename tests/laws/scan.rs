//! Accepted is what serde_json accepts, with our own rules for depth and for documents that touch.

use super::reference;
use qstash_redact::{ErrorKind, Export, RedactFields, Redactor};

/// Whatever the rule and the way in, the same bytes are JSON.
pub fn holds(input: &[u8]) {
    let expected = reference::accepts(input);
    for rule in [RedactFields::new(), RedactFields::everything()] {
        let redactor = Redactor::new(rule);
        let redacted = redactor.redact_json(input);
        assert_eq!(redacted.is_ok(), expected, "{redacted:?}: {input:?}");
        let mut export = Export::new(redactor.clone());
        let mut output = Vec::new();
        let exported = export
            .push(input, &mut output)
            .and_then(|()| export.finish(&mut output));
        assert_eq!(exported.is_ok(), expected, "{exported:?}: {input:?}");
        let Err(error) = redacted else { continue };
        let offset = error.offset().expect("an error of input has a place") as usize;
        assert!(offset <= input.len());
        let breaks = input[..offset].iter().filter(|byte| **byte == b'\n');
        assert_eq!(error.line(), Some(breaks.count() as u64 + 1));
        if error.is_truncated() {
            assert_eq!(offset, input.len());
        }
        if error.kind() == ErrorKind::Depth {
            assert!(matches!(input[offset], b'[' | b'{'));
        }
    }
}
