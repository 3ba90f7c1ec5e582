//! `.gz` and `.zst`: all members and frames, nothing cut off, nothing behind.

use crate::place::{CLEAN, Place, RECORD};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{Read as _, Write as _};

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(content: &str) -> Vec<u8> {
    zstd::encode_all(content.as_bytes(), 1).unwrap()
}

type Compress = fn(&str) -> Vec<u8>;

/// A file name's ending and how to make what it promises.
const FORMATS: [(&str, Compress); 2] = [("gz", gzip), ("zst", zstd)];

#[test]
fn compressed_inputs_are_read_by_name() {
    let place = Place::new();
    for (ending, compress) in FORMATS {
        for name in [
            format!("in.{ending}"),
            format!("in.{}", ending.to_uppercase()),
        ] {
            place.put(&name, compress(RECORD));
            assert_eq!(place.run(&format!("sanitize {name}")).ends(0).stdout, CLEAN);
        }
        // By name only: stdin is taken as it is.
        place.pipe("sanitize", compress(RECORD)).ends(3);
    }
}

#[test]
fn all_members_and_frames_are_read() {
    let place = Place::new();
    for (ending, compress) in FORMATS {
        let name = format!("in.{ending}");
        let half = RECORD.len() / 2;
        // Neither an empty part nor a record that goes over from one to the next is an end.
        place.put(
            &name,
            [
                compress(&RECORD[..half]),
                compress(""),
                compress(&RECORD[half..]),
                compress(RECORD),
            ]
            .concat(),
        );
        let ran = place.run(&format!("sanitize {name}")).ends(0);
        assert_eq!(ran.stdout, CLEAN.repeat(2));
    }
}

#[test]
fn outputs_are_compressed_by_name() {
    let place = Place::new();
    place.put("in", RECORD);
    place.run("sanitize in -o out.gz").ends(0);
    let mut content = String::new();
    let compressed = fs::read(place.path("out.gz")).unwrap();
    GzDecoder::new(&*compressed)
        .read_to_string(&mut content)
        .unwrap();
    assert_eq!(content, CLEAN);
    place.run("sanitize in -o out.zst").ends(0);
    let compressed = fs::read(place.path("out.zst")).unwrap();
    assert_eq!(zstd::decode_all(&*compressed).unwrap(), CLEAN.as_bytes());
    assert_eq!(place.names(), ["in", "out.gz", "out.zst"]);
}

#[test]
fn an_empty_output_is_a_whole_compressed_file() {
    let place = Place::new();
    for (ending, _) in FORMATS {
        place.run(&format!("sanitize -o out.{ending}")).ends(0);
        place
            .run(&format!("sanitize out.{ending}"))
            .ends(0)
            .says("no documents");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let place = Place::new();
    for (ending, compress) in FORMATS {
        let name = format!("in.{ending}");
        let whole = compress(RECORD);
        for length in 0..whole.len() {
            place.put(&name, &whole[..length]);
            place
                .run(&format!("sanitize {name} -o out"))
                .ends(3)
                .says(&format!("{name}: "));
            assert_eq!(place.names(), [&*name], "{length}");
        }
        // A second member or frame, too, from its first byte on.
        for length in 1..whole.len() {
            place.put(&name, [&whole[..], &whole[..length]].concat());
            place.run(&format!("sanitize {name} -o out")).ends(3);
            assert_eq!(place.names(), [&*name], "{length}");
        }
        fs::remove_file(place.path(&name)).unwrap();
    }
}

#[test]
fn garbage_behind_is_an_error() {
    let place = Place::new();
    for (ending, compress) in FORMATS {
        let name = format!("in.{ending}");
        for garbage in [
            &b"\0"[..],
            b"\0\0\0\0\0\0\0\0\0\0\0\0",
            b"x",
            b"\n",
            b"{\"body\":\"s3cret\"}",
        ] {
            place.put(&name, [&*compress(RECORD), garbage].concat());
            let ran = place.run(&format!("sanitize {name} -o out")).ends(3);
            assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
            assert_eq!(place.names(), [&*name], "{garbage:?}");
        }
        fs::remove_file(place.path(&name)).unwrap();
    }
}

#[test]
fn damage_is_an_error() {
    let place = Place::new();
    for (ending, compress) in FORMATS {
        let name = format!("in.{ending}");
        place.put(&name, RECORD);
        place
            .run(&format!("sanitize {name} -o out"))
            .ends(3)
            .says("damaged");
        if ending == "gz" {
            // The checksum at the end is checked.
            let mut content = compress(RECORD);
            let checksum = content.len() - 8;
            content[checksum] ^= 1;
            place.put(&name, content);
            place
                .run(&format!("sanitize {name} -o out"))
                .ends(3)
                .says("damaged");
        }
        fs::remove_file(place.path(&name)).unwrap();
    }
    assert_eq!(place.names(), [""; 0]);
}

#[test]
fn a_compressed_stream_that_failed_has_no_end() {
    let place = Place::new();
    place.put("in", format!("{RECORD}\n{{\"body\":\"torn"));
    for (ending, _) in FORMATS {
        // A pipe has received what was good, but not what would make it look whole.
        let ran = place.shell(&format!(
            "mkfifo pipe.{ending} && {{ cat pipe.{ending} >got.{ending} & \
             \"$0\" sanitize in -o pipe.{ending}; code=$?; wait; exit $code; }}"
        ));
        ran.ends(3);
        place.run(&format!("sanitize got.{ending} -o out")).ends(3);
    }
}
