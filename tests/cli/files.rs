//! Output files: put in place when complete, with the right mode, and never over what is read.

use crate::place::{CLEAN, Place, RECORD};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

#[test]
fn a_new_output_is_for_its_owner_only() {
    let place = Place::new();
    place.put("in", RECORD);
    place.run("sanitize in -o out --report report").ends(0);
    assert_eq!(place.get("out"), CLEAN);
    assert_eq!(place.names(), ["in", "out", "report"]);
    assert_eq!((place.mode("out"), place.mode("report")), (0o600, 0o600));
}

#[test]
fn a_replaced_output_keeps_its_mode() {
    let place = Place::new();
    place.put("in", RECORD);
    for mode in [0o644, 0o640, 0o600, 0o666] {
        place.put("out", "old");
        fs::set_permissions(place.path("out"), Permissions::from_mode(mode)).unwrap();
        place.run("sanitize in -o out").ends(0);
        assert_eq!(place.get("out"), CLEAN);
        assert_eq!(place.mode("out"), mode);
    }
}

#[test]
fn an_output_is_a_new_file_and_readers_of_the_old_one_keep_it() {
    let place = Place::new();
    place.put("in", RECORD);
    let old = place.put("out", "old").metadata().unwrap().ino();
    fs::hard_link(place.path("out"), place.path("other")).unwrap();
    place.run("sanitize in -o out").ends(0);
    assert_ne!(place.path("out").metadata().unwrap().ino(), old);
    assert_eq!(place.get("other"), "old");
}

#[test]
fn a_link_is_followed_and_stays_a_link() {
    let place = Place::new();
    place.put("in", RECORD);
    fs::create_dir(place.path("dir")).unwrap();
    fs::write(place.path("dir/real"), "old").unwrap();
    symlink("dir/real", place.path("out")).unwrap();
    place.run("sanitize in -o out").ends(0);
    assert!(place.path("out").is_symlink());
    assert_eq!(place.get("dir/real"), CLEAN);
    symlink("missing", place.path("loose")).unwrap();
    place
        .run("sanitize in -o loose")
        .ends(2)
        .says("link to nothing");
}

#[test]
fn what_is_read_is_never_written() {
    let place = Place::new();
    place.put("in", RECORD);
    symlink("in", place.path("link")).unwrap();
    fs::hard_link(place.path("in"), place.path("hard")).unwrap();
    for name in ["in", "./in", "link", "hard", "/dev/fd/3"] {
        for line in [
            format!("sanitize in -o {name}"),
            format!("sanitize link -o {name}"),
            format!("sanitize /dev/null hard -o {name}"),
            format!("sanitize in -o out --report {name}"),
            format!("sanitize in -o out --on-bad quarantine={name}"),
            format!("sanitize -o {name} <in"),
            format!("sanitize - --report {name} <in"),
        ] {
            let ran = place.shell(&format!("exec \"$0\" {line} 3>>in")).ends(2);
            assert_eq!(place.get("in"), RECORD, "{line}: {ran:?}");
        }
    }
    assert_eq!(place.names(), ["hard", "in", "link"]);
}

#[test]
fn stdout_may_not_be_an_input_either() {
    let place = Place::new();
    place.put("in", RECORD);
    for script in [
        "\"$0\" sanitize in >>in",
        "\"$0\" sanitize <in >>in",
        "\"$0\" sanitize in 1<>in",
    ] {
        place
            .shell(script)
            .ends(2)
            .says("what is read is never written");
        assert_eq!(place.get("in"), RECORD);
    }
}

#[test]
fn two_things_are_not_written_to_one_place() {
    let place = Place::new();
    place.put("in", RECORD);
    for line in [
        "-o out --report out",
        "-o out --report ./out",
        "-o out --on-bad quarantine=out",
        "-o out --report bad --on-bad quarantine=bad",
        "--report -",
        "--report /dev/stdout",
    ] {
        place
            .run(&format!("sanitize in {line}"))
            .ends(2)
            .says("are the same");
        assert_eq!(place.names(), ["in"], "{line}");
    }
}

#[test]
fn pipes_and_devices_are_written_directly() {
    let place = Place::new();
    place.put("in", RECORD);
    assert_eq!(
        place.run("sanitize in -o /dev/stdout").ends(0).stdout,
        CLEAN
    );
    assert_eq!(place.run("sanitize in -o /dev/fd/1").ends(0).stdout, CLEAN);
    place.run("sanitize in -o /dev/null").ends(0);
    let ran = place
        .shell("mkfifo pipe && { cat pipe & \"$0\" sanitize in -o pipe; }")
        .ends(0);
    assert_eq!(ran.stdout, CLEAN);
    assert_eq!(place.names(), ["in", "pipe"]);
}

#[test]
fn a_file_that_a_shell_has_opened_is_added_to() {
    let place = Place::new();
    place.put("in", RECORD);
    for output in ["-", "/dev/stdout", "/dev/fd/1"] {
        place.put("log", "before\n");
        place
            .shell(&format!("\"$0\" sanitize in -o {output} >>log"))
            .ends(0);
        assert_eq!(place.get("log"), format!("before\n{CLEAN}"), "{output}");
    }
}

#[test]
fn an_output_that_cannot_be_is_an_error_at_once() {
    let place = Place::new();
    place.put("in", RECORD);
    fs::create_dir(place.path("dir")).unwrap();
    place
        .run("sanitize in -o dir")
        .ends(2)
        .says("OUTPUT is a directory");
    place
        .run("sanitize in -o missing/out")
        .ends(4)
        .says("cannot write OUTPUT");
    place
        .run("sanitize in -o in/out")
        .ends(4)
        .says("cannot write OUTPUT");
    place
        .run("sanitize in -o out --report missing/report")
        .ends(4)
        .says("cannot write the report");
    place
        .run("sanitize in -o out --on-bad quarantine=missing/bad")
        .ends(4)
        .says("cannot write the quarantine file");
    assert_eq!(place.names(), ["dir", "in"]);
}

#[test]
fn inputs_that_cannot_be_read_are_exit_4() {
    let place = Place::new();
    place.put("in", RECORD);
    fs::create_dir(place.path("dir")).unwrap();
    place
        .run("sanitize in dir -o out")
        .ends(2)
        .says("dir is a directory");
    place
        .run("sanitize in missing -o out")
        .ends(4)
        .says("cannot read INPUT 2");
    assert_eq!(place.names(), ["dir", "in"]);
}

#[test]
fn a_closed_stdin_is_an_empty_input() {
    let place = Place::new();
    place
        .shell("\"$0\" sanitize <&-")
        .ends(0)
        .says("no documents");
}

#[test]
fn an_input_may_be_a_pipe() {
    let place = Place::new();
    place.put("in", RECORD);
    let ran = place.shell("mkfifo pipe && { cat in >pipe & \"$0\" sanitize pipe -o out; }");
    ran.ends(0);
    assert_eq!(place.get("out"), CLEAN);
    drop(File::open(place.path("out")).unwrap());
}
