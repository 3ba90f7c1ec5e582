//! `--out-dir`: one file each.

use crate::place::{CLEAN, Place, RECORD, names_in};
use std::fs::{self, File, FileTimes};
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

#[test]
fn every_input_gets_a_file_of_its_name() {
    let place = Place::new();
    fs::create_dir(place.path("pages")).unwrap();
    place.put("pages/a.json", RECORD);
    place.put("b.json", format!("{RECORD}\n"));
    place
        .run("sanitize pages/a.json b.json --out-dir clean")
        .ends(0)
        .says("2 records");
    assert_eq!(names_in(&place.path("clean")), ["a.json", "b.json"]);
    assert_eq!(place.get("clean/a.json"), CLEAN);
    assert_eq!(place.get("clean/b.json"), format!("{CLEAN}\n"));
    assert_eq!(place.mode("clean"), 0o700);
    assert_eq!(place.mode("clean/a.json"), 0o600);
}

#[test]
fn a_second_run_skips_what_is_finished_and_says_so() {
    let place = Place::new();
    place.put("a", RECORD);
    place.put("b", r#"{"body":"torn"#);
    place.put("c", RECORD);
    place
        .run("sanitize a b c --out-dir clean")
        .ends(3)
        .says("the output of b was not written");
    assert_eq!(names_in(&place.path("clean")), ["a"]);
    place.put("b", RECORD);
    let ran = place
        .run("sanitize a b c --out-dir clean")
        .ends(0)
        .says("a: finished already, skipped");
    assert!(!ran.stderr.contains("b: finished"), "{}", ran.stderr);
    assert_eq!(names_in(&place.path("clean")), ["a", "b", "c"]);
    let ran = place.run("sanitize a b c --out-dir clean").ends(0);
    assert_eq!(ran.stderr.matches("finished already").count(), 3);
}

#[test]
fn an_input_that_changed_since_is_done_again() {
    let place = Place::new();
    let input = place.put("a", RECORD);
    place.run("sanitize a --out-dir clean").ends(0);
    place.put("a", format!("{RECORD}\n"));
    let later = SystemTime::now() + Duration::from_secs(60);
    let times = FileTimes::new().set_modified(later);
    File::options()
        .append(true)
        .open(input)
        .unwrap()
        .set_times(times)
        .unwrap();
    place.run("sanitize a --out-dir clean").ends(0);
    assert_eq!(place.get("clean/a"), format!("{CLEAN}\n"));
}

#[test]
fn files_of_one_name_are_a_usage_error() {
    let place = Place::new();
    fs::create_dir(place.path("pages")).unwrap();
    place.put("pages/a", RECORD);
    place.put("a", RECORD);
    place
        .run("sanitize a pages/a --out-dir clean")
        .ends(2)
        .says("two files of one name");
    place.run("sanitize a a --out-dir clean").ends(2);
    assert_eq!(place.names(), ["a", "pages"]);
}

#[test]
fn stdin_has_no_name() {
    Place::new()
        .pipe("sanitize --out-dir clean", RECORD)
        .ends(2)
        .says("stdin has no name");
}

#[test]
fn the_inputs_directory_is_no_place_for_outputs() {
    let place = Place::new();
    place.put("a", RECORD);
    symlink(".", place.path("here")).unwrap();
    for directory in [".", "here"] {
        place
            .run(&format!("sanitize a --out-dir {directory}"))
            .ends(2)
            .says("never written");
    }
    place
        .run("sanitize a --out-dir a")
        .ends(2)
        .says("DIR is no directory");
    assert_eq!(place.get("a"), RECORD);
}

#[test]
fn two_outputs_behind_links_to_one_file_are_refused() {
    let place = Place::new();
    place.put("a", RECORD);
    place.put("b", RECORD);
    fs::create_dir(place.path("clean")).unwrap();
    symlink("b", place.path("clean/a")).unwrap();
    place.put("clean/b", "old");
    place.run("sanitize a b --out-dir clean").ends(2);
    assert_eq!(place.get("clean/b"), "old");
}

#[test]
fn files_without_a_match_are_held_back_and_the_others_written() {
    let place = Place::new();
    place.put("a", r#"{"unknown":"shape"}"#);
    place.put("b", RECORD);
    place
        .run("sanitize a b --out-dir clean")
        .ends(3)
        .says("the output of a was not written");
    assert_eq!(names_in(&place.path("clean")), ["b"]);
    place
        .run("sanitize a b --out-dir clean --allow-no-match")
        .ends(0);
    assert_eq!(names_in(&place.path("clean")), ["a", "b"]);
}
