//! Trees as they are: ignored files, links, pipes, what cannot be read, and archives that mean harm.

use crate::place::{Place, Ran};
use flate2::write::GzEncoder;
use qstash_redact::Placeholder;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

const SECRET: &str = "an-old-token-0123456789";

fn hunt(place: &Place, more: &str) -> Ran {
    let target = Placeholder::of(SECRET.as_bytes());
    let ran = place.run(&format!("hunt --for {target} {more}"));
    assert!(
        !ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET),
        "{ran:?}"
    );
    ran
}

/// The places of findings, without the placeholders.
fn places(ran: &Ran) -> Vec<&str> {
    ran.stdout
        .lines()
        .map(|line| line.split(": ").next().unwrap())
        .collect()
}

fn put(place: &Place, name: &str, content: &str) {
    fs::create_dir_all(place.path(name).parent().unwrap()).unwrap();
    fs::write(place.path(name), content).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_windows_writes_is_read_as_a_file_in_an_archive_and_from_stdin() {
    let place = Place::new();
    let text = format!("\u{FEFF}A=1\r\nTOKEN=\"{SECRET}\"\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    place.put("big.env", &big);
    place.put("little.gz", gzip(&little));
    place.put("utf8.env", &text);
    let ran = hunt(&place, ".").ends(1);
    assert_eq!(
        places(&ran),
        ["big.env:2:8", "little.gz:2:8", "utf8.env:2:8"]
    );
    let target = Placeholder::of(SECRET.as_bytes());
    let ran = place.pipe(&format!("hunt --for {target} -"), &little);
    assert_eq!(places(&ran.ends(1)), ["stdin:2:8"]);
}

#[test]
fn ignored_files_are_counted_and_those_that_keep_credentials_are_searched() {
    let place = Place::new();
    put(&place, ".gitignore", "*.log\n.env*\n/build/\n*.tfstate\n");
    for name in [
        "a.log",
        "build/out.txt",
        ".env",
        ".env.local",
        "build/deep/.env.production",
        "build/terraform.tfstate",
        ".hidden/x",
        "src/a.txt",
        "src/.bash_history",
    ] {
        put(&place, name, SECRET);
    }
    let searched = [
        ".env:1:1",
        ".env.local:1:1",
        ".hidden/x:1:1",
        "build/deep/.env.production:1:1",
        "build/terraform.tfstate:1:1",
        "src/.bash_history:1:1",
        "src/a.txt:1:1",
    ];
    let ran = hunt(&place, "")
        .ends(1)
        .says("2 files by the rules of the tree");
    assert_eq!(places(&ran), searched);
    // What is named is searched, and so is everything on request.
    assert_eq!(places(&hunt(&place, "a.log").ends(1)), ["a.log:1:1"]);
    assert_eq!(
        places(&hunt(&place, "--no-ignore").ends(1)).len(),
        searched.len() + 2
    );
    // Rules of directories above hold for a part of the tree within a repository.
    fs::create_dir(place.path(".git")).unwrap();
    put(&place, "src/b.log", SECRET);
    assert_eq!(
        places(&hunt(&place, "src").ends(1)),
        ["src/.bash_history:1:1", "src/a.txt:1:1"]
    );
}

#[test]
fn links_are_not_followed_and_loops_do_not_matter() {
    let place = Place::new();
    put(&place, "outside/a", SECRET);
    put(&place, "outside/.env", SECRET);
    put(&place, "tree/b/c", SECRET);
    symlink("../outside", place.path("tree/out")).unwrap();
    symlink("../outside/a", place.path("tree/a")).unwrap();
    symlink(".", place.path("tree/b/loop")).unwrap();
    symlink("self", place.path("tree/self")).unwrap();
    let ran = hunt(&place, "tree").ends(1).says("4 links, not followed");
    assert_eq!(places(&ran), ["tree/b/c:1:1"]);
    // What is given may be a link.
    assert_eq!(places(&hunt(&place, "tree/a").ends(1)), ["tree/a:1:1"]);
    assert_eq!(
        places(&hunt(&place, "tree/out").ends(1)),
        ["tree/out/.env:1:1", "tree/out/a:1:1"]
    );
}

#[test]
fn pipes_and_devices_do_not_hold_it_up() {
    let place = Place::new();
    put(&place, "a", SECRET);
    mknodat(CWD, place.path(".env"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    mknodat(CWD, place.path(".gitignore"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(place.path("socket")).unwrap();
    let ran = hunt(&place, "")
        .ends(1)
        .says("3 pipes, sockets and devices");
    assert_eq!(places(&ran), ["a:1:1"]);
    // One that is given is read.
    let target = Placeholder::of(SECRET.as_bytes());
    let script = format!("printf 'x\\n%s' {SECRET} | \"$0\" hunt --for {target} /dev/stdin");
    assert_eq!(places(&place.shell(&script).ends(1)), ["/dev/stdin:2:1"]);
}

#[test]
fn what_cannot_be_read_is_listed_and_exit_4() {
    let place = Place::new();
    put(&place, "a", SECRET);
    put(&place, "dir/b", SECRET);
    put(&place, "large", &format!("{SECRET}\n{}", "x".repeat(2000)));
    let ran = hunt(&place, "--max-file 1000")
        .ends(4)
        .says("large: not searched: it is larger");
    assert_eq!(places(&ran), ["a:1:1", "dir/b:1:1", "large:1:1"]);
    let ran = ran.says("1 item, listed above");
    drop(ran);
    // Root may read everything.
    for (name, mode) in [("a", 0o000), ("dir", 0o000)] {
        fs::set_permissions(place.path(name), Permissions::from_mode(mode)).unwrap();
    }
    let locked = fs::read(place.path("a")).is_err();
    let ran = hunt(&place, "--json");
    fs::set_permissions(place.path("dir"), Permissions::from_mode(0o755)).unwrap();
    if locked {
        let ran = ran.ends(4);
        assert!(
            ran.stdout
                .contains(r#"{"type":"not_searched","path":"a","reason":"Permission denied"#)
        );
        assert!(
            ran.stdout.contains(r#""path":"dir","reason""#),
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains(r#""complete":false"#));
    }
    // Found, and something unread: the list may not be whole.
    place.put("broken.gz", &gzip(&[b'x'; 5000])[..20]);
    hunt(&place, "")
        .ends(4)
        .says("broken.gz: not searched: the archive is cut off");
}

#[test]
fn a_path_that_does_not_exist_is_not_named() {
    let place = Place::new();
    put(&place, "a", "x");
    let ran = hunt(&place, "a s3cret").ends(4).says("cannot read PATH 2");
    assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
}

#[test]
fn bombs_are_refused_and_what_is_beside_them_is_searched() {
    let place = Place::new();
    put(&place, "z", SECRET);
    // Zeros in zeros: more than a thousand times what is read.
    let inner = gzip(&vec![0; 100 << 20]);
    place.put("bomb.gz", gzip(&inner));
    let mut nested = SECRET.as_bytes().to_vec();
    for _ in 0..12 {
        nested = gzip(&nested);
    }
    place.put("deep.gz", nested);
    let ran = hunt(&place, "").ends(4);
    assert_eq!(places(&ran), ["z:1:1"]);
    let ran = ran
        .says("bomb.gz: not searched")
        .says("deep.gz: not searched");
    drop(ran.says("2 items, listed above"));
}

#[test]
fn names_in_archives_neither_steer_a_terminal_nor_show_a_secret() {
    let place = Place::new();
    let mut tar = tar::Builder::new(Vec::new());
    for name in [
        "a\x1b[2Jb".to_owned(),
        format!("{SECRET}.env"),
        "plain".to_owned(),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(SECRET.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, name, SECRET.as_bytes())
            .unwrap();
    }
    place.put("a.tar", tar.into_inner().unwrap());
    let ran = hunt(&place, "a.tar").ends(1);
    assert!(!ran.stdout.contains('\x1b'), "{ran:?}");
    assert_eq!(ran.stdout.lines().count(), 4, "{}", ran.stdout);
    assert!(ran.stdout.contains("in the name") && ran.stdout.contains("a.tar!plain:1:1"));
}

#[test]
fn names_of_files_and_directories_count() {
    let place = Place::new();
    let target = Placeholder::of(SECRET.as_bytes());
    put(&place, &format!("backup-{SECRET}/a"), "x");
    put(&place, &format!("b/{SECRET}.txt"), "x");
    put(&place, "c\n\u{202e}d", SECRET);
    let ran = hunt(&place, "").ends(1);
    assert_eq!(
        ran.stdout.lines().collect::<Vec<_>>(),
        [
            format!("b/{target}.txt: in the name: {target}"),
            format!("backup-{target}: in the name: {target}"),
            format!("c\\n\\u{{202e}}d:1:1: {target}"),
        ]
    );
    // One that is given, too.
    let name = format!("b/{SECRET}.txt");
    let ran: Ran = place
        .command(["hunt", "--for", target.as_str(), &name])
        .output()
        .unwrap()
        .into();
    assert_eq!(
        ran.stdout,
        format!("b/{target}.txt: in the name: {target}\n")
    );
}

#[test]
fn packed_files_that_are_not_opened_are_counted() {
    let place = Place::new();
    place.put("a.zip", "PK\x03\x04 and so on");
    place.put("b.xz", b"\xfd7zXZ\0 and so on");
    hunt(&place, "").ends(0).says("2 files packed as zip");
}

#[test]
fn a_large_directory_is_read_in_parts() {
    let place = Place::new();
    for number in 0..9000 {
        fs::File::create(place.path(&format!("{number}"))).unwrap();
    }
    put(&place, "x", SECRET);
    for jobs in [1, 5] {
        let ran = hunt(&place, &format!("--jobs {jobs}"))
            .ends(1)
            .says("searched            9,001 files");
        assert_eq!(places(&ran), ["x:1:1"]);
    }
}

#[test]
fn the_order_of_findings_does_not_depend_on_the_threads() {
    let place = Place::new();
    for number in 0..300 {
        put(
            &place,
            &format!("{}/{number}", number % 7),
            &format!("a\n{SECRET}\n").repeat(number % 5),
        );
    }
    let one = hunt(&place, "--jobs 1").ends(1).stdout;
    assert!(one.lines().count() > 500);
    for jobs in [2, 8] {
        assert!(hunt(&place, &format!("--jobs {jobs}")).ends(1).stdout == one);
    }
}
