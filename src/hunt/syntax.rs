//! Which rules a text is cut by.

/// How values stand in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Syntax {
    /// In any way: configuration, logs, documents, whatever is not known.
    #[default]
    Any,
    /// As in the source code of programs: a value is a token or stands in quotes, and lines as such hold
    /// none.
    Code,
}

/// Endings of the names of source code. Markup and languages of shells are not among them: there a value
/// of several words can stand without quotes.
const CODE: [&str; 34] = [
    "c", "cc", "cjs", "cpp", "cs", "cts", "cxx", "dart", "erl", "ex", "exs", "go", "h", "hh",
    "hpp", "hs", "java", "js", "jsx", "kt", "kts", "lua", "mjs", "ml", "mts", "py", "pyi", "rb",
    "rs", "scala", "swift", "ts", "tsx", "zig",
];

impl Syntax {
    /// The syntax of a file with this name, or this path, that begins with these bytes; as many as one
    /// read gives are enough.
    ///
    /// What begins with `<` is markup, whatever its name: translations have names that end with `.ts`.
    ///
    /// ```
    /// use qstash_redact::hunt::Syntax;
    ///
    /// assert_eq!(Syntax::of_file(b"src/main.rs", b"fn main() {}"), Syntax::Code);
    /// assert_eq!(Syntax::of_file(b".env", b"TOKEN=x"), Syntax::Any);
    /// ```
    #[must_use]
    pub fn of_file(name: &[u8], beginning: &[u8]) -> Self {
        let dot = memchr::memrchr(b'.', name);
        let ending = dot.map(|at| &name[at + 1..]);
        let is_code = |ending: &[u8]| {
            CODE.iter()
                .any(|code| ending.eq_ignore_ascii_case(code.as_bytes()))
        };
        if ending.is_some_and(is_code) && !is_markup(beginning) {
            Self::Code
        } else {
            Self::Any
        }
    }
}

/// Whether a text begins with `<`, behind the mark of UTF-8 or UTF-16 and blanks.
fn is_markup(beginning: &[u8]) -> bool {
    let text = match beginning {
        [0xEF, 0xBB, 0xBF, text @ ..] | [0xFF, 0xFE, text @ ..] | [0xFE, 0xFF, text @ ..] => text,
        text => text,
    };
    let first = text.iter().find(|byte| **byte > b' ');
    first == Some(&b'<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_name_tells() {
        for name in [
            "a.rs",
            "/x.d/LIB.RS",
            "a.tar!src/b.test.ts",
            "C:\\x\\y.cs",
            ".c",
        ] {
            let of = |beginning| Syntax::of_file(name.as_bytes(), beginning);
            assert_eq!(of(b"\"use strict\";"), Syntax::Code, "{name}");
            assert_eq!(of(b"<?xml version=\"1.0\"?>"), Syntax::Any, "{name}");
            for markup in [
                &b"\xEF\xBB\xBF<TS>"[..],
                b"\xFF\xFE<\0T\0",
                b"\xFE\xFF\0<\0T",
                b"\r\n <TS>",
            ] {
                assert_eq!(of(markup), Syntax::Any, "{name}");
            }
        }
        for name in [
            "",
            "rs",
            "a.rs.gz",
            "src.rs/config",
            "a.r",
            "a.yaml",
            "Dockerfile",
            "a.sh",
            "a.",
        ] {
            assert_eq!(Syntax::of_file(name.as_bytes(), b""), Syntax::Any, "{name}");
        }
    }
}
