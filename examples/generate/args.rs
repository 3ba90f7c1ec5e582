//! The command line.

use crate::body::Size;
use crate::generator::Profile;
use crate::shapes::{self, Limit, SHAPES, Shape};

/// What to do.
pub(crate) enum Command {
    Help,
    Sample,
    Corpus {
        shape: &'static Shape,
        limit: Limit,
        seed: u64,
        profile: Profile,
    },
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut shape = &SHAPES[0];
    let mut limit = Limit::Bytes(16_000_000);
    let mut seed = 1;
    let mut profile = Profile {
        body: Size::Small,
        headers: 6..=14,
        redacted: 0,
    };
    while let Some(flag) = args.next() {
        match &*flag {
            "-h" | "--help" => return Ok(Command::Help),
            "--sample" => return Ok(Command::Sample),
            _ => {}
        }
        let value = args.next().ok_or(format!("{flag} needs a value"))?;
        let wrong = || format!("{flag} does not take {value:?}");
        match &*flag {
            "--shape" => shape = shapes::find(&value).ok_or_else(wrong)?,
            "--bytes" => limit = Limit::Bytes(bytes(&value).ok_or_else(wrong)?),
            "--records" => limit = Limit::Records(value.parse().map_err(|_| wrong())?),
            "--seed" => seed = value.parse().map_err(|_| wrong())?,
            "--redacted" => profile.redacted = value.parse().map_err(|_| wrong())?,
            "--size" => {
                profile.body = match &*value {
                    "small" => Size::Small,
                    "medium" => Size::Medium,
                    "large" => Size::Large,
                    number => {
                        let length = bytes(number).and_then(|length| length.try_into().ok());
                        Size::Exactly(length.ok_or_else(wrong)?)
                    }
                };
            }
            _ => return Err(format!("unknown option {flag:?}")),
        }
    }
    Ok(Command::Corpus {
        shape,
        limit,
        seed,
        profile,
    })
}

/// Reads `52428800`, `256MB` (decimal) or `64MiB` (binary).
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// What the options mean.
pub(crate) fn help() -> String {
    let mut help = "\
Writes a large export of fake QStash data to stdout.

  --shape SHAPE    what to write (default ndjson)
  --size SIZE      bodies: small (~200 B, default), medium (~2 KB), large (64 KB to 2 MB), or a
                   number of bytes (50MB, 64KiB)
  --bytes N        stop as soon as N bytes are written (default 16MB)
  --records N      stop after N records instead
  --seed N         the same seed makes the same bytes (default 1)
  --redacted N     how many records of 100 were redacted before (default 0)
  --sample         write samples/dlq-export.json instead; takes no other option

Shapes:
"
    .to_owned();
    for shape in &SHAPES {
        help.push_str(&format!("  {:<16} {}\n", shape.name, shape.about));
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn reads_sizes_with_and_without_units() {
        for (text, number) in [
            ("52428800", Some(52_428_800)),
            ("256MB", Some(256_000_000)),
            ("64KiB", Some(65_536)),
            ("1GiB", Some(1 << 30)),
            ("MB", None),
            ("1 MB", None),
            ("1mb", None),
            ("-1", None),
            ("99999999999GB", None),
        ] {
            assert_eq!(bytes(text), number, "{text}");
        }
    }

    #[test]
    fn options_come_in_any_order() {
        let Ok(Command::Corpus {
            shape,
            limit,
            seed,
            profile,
        }) = args("--seed 9 --records 5 --size large --shape logs --redacted 3")
        else {
            panic!("no corpus");
        };
        assert_eq!(shape.name, "logs");
        assert_eq!((limit, seed), (Limit::Records(5), 9));
        assert_eq!((profile.body, profile.redacted), (Size::Large, 3));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in [
            "--size",
            "--size tiny",
            "--shape x",
            "--bytes 1x",
            "--seed x",
            "--what 1",
            "x y",
        ] {
            assert!(args(line).is_err(), "{line}");
        }
    }
}
