//! `fingerprint`: the placeholder of exact bytes.

use crate::place::Place;
use qstash_redact::Placeholder;

const TOKEN: &str = "REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1\n";

#[test]
fn the_exact_bytes_count() {
    let place = Place::new();
    let of = |value: &[u8]| format!("{}\n", Placeholder::of(value));
    for value in [
        &b""[..],
        b"Bearer my-token",
        b"value\n",
        b"\xff\x00",
        b"REDACTED:x",
    ] {
        place.put("value", value);
        assert_eq!(
            place
                .pipe("fingerprint", value)
                .ends(0)
                .without_a_word()
                .stdout,
            of(value)
        );
        assert_eq!(
            place
                .run("fingerprint value")
                .ends(0)
                .without_a_word()
                .stdout,
            of(value)
        );
    }
    assert_eq!(place.pipe("fingerprint -", "Bearer my-token").stdout, TOKEN);
}

#[test]
fn a_line_break_is_left_out_on_request() {
    let place = Place::new();
    for value in [
        "Bearer my-token",
        "Bearer my-token\n",
        "Bearer my-token\r\n",
    ] {
        let ran = place.pipe("fingerprint --strip-newline", value).ends(0);
        assert_eq!(ran.stdout, TOKEN);
    }
    let ran = place
        .pipe("fingerprint --strip-newline", "Bearer my-token\n\n")
        .ends(0);
    assert_ne!(ran.stdout, TOKEN);
}

#[test]
fn a_compressed_file_is_a_value_as_it_is() {
    let place = Place::new();
    place.put("value.gz", "not gzip");
    let ran = place.run("fingerprint value.gz").ends(0);
    assert_eq!(ran.stdout, format!("{}\n", Placeholder::of(b"not gzip")));
}

#[test]
fn a_value_larger_than_any_buffer_is_read_in_pieces() {
    let place = Place::new();
    let value = vec![b'x'; 3 << 20];
    place.put("value", &value);
    let ran = place.run("fingerprint value").ends(0);
    assert_eq!(ran.stdout, format!("{}\n", Placeholder::of(&value)));
}

#[test]
fn a_value_given_instead_of_a_file_is_not_repeated() {
    let place = Place::new();
    let ran = place
        .run("fingerprint s3cret")
        .ends(4)
        .says("read from files and stdin");
    assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
    let ran = place.run("fingerprint - s3cret").ends(2);
    assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
}
