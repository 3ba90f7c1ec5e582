//! Command lines of the hunt, and what it hunts for.

use crate::place::Place;
use qstash_redact::Placeholder;
use std::fs::File;
use std::process::Stdio;

const SECRET: &str = "an-old-token-0123456789";

#[test]
fn something_must_be_hunted() {
    let place = Place::new();
    place
        .run("hunt")
        .ends(2)
        .says("--for PLACEHOLDER, --secrets FILE, --ledger FILE, or --known");
    place.put("empty", "\n \n");
    place
        .run("hunt --secrets empty")
        .ends(2)
        .says("empty: there is no secret in it");
    place
        .run("hunt --known --exhaustive")
        .ends(2)
        .says("--length BYTES");
    place
        .pipe("hunt --secrets - -", SECRET)
        .ends(2)
        .says("stdin can be read only once");
    place.run("hunt --known --json --sarif").ends(2);
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let place = Place::new();
    for line in [
        "hunt --for s3cret".to_owned(),
        "hunt --for=REDACTED:s3cret".to_owned(),
        format!("hunt --for s3cret{}", "0".repeat(58)),
        "hunt --known --s3cret".to_owned(),
        "hunt --known --length s3cret".to_owned(),
        "hunt --known --max-file s3cret".to_owned(),
        "hunt --secrets s3cret".to_owned(),
        "hunt --ledger s3cret".to_owned(),
        "hunt --known --baseline s3cret".to_owned(),
        "hunt --known s3cret".to_owned(),
    ] {
        let ran = place.run(&line);
        assert!(matches!(ran.code, Some(2 | 4)), "{line}: {ran:?}");
        assert!(
            !ran.stderr.contains("s3cret") && !ran.stdout.contains("s3cret"),
            "{line}: {ran:?}"
        );
    }
}

#[test]
fn secrets_are_read_one_a_line_and_never_shown() {
    let place = Place::new();
    let other = "another-old-token";
    place.put(
        "a",
        format!("{SECRET}\n{other}\nshrt!\nplain-placeholder\n"),
    );
    let hidden = Placeholder::of(b"plain-placeholder");
    let file = format!("  {SECRET}\r\n\nKEY=\"{other}\"\nshrt!\n{hidden}");
    let ran = place.pipe("hunt --secrets - a", &file).ends(1);
    assert_eq!(ran.stdout.lines().count(), 4, "{ran:?}");
    for value in [SECRET, other, "shrt!", "plain-placeholder"] {
        assert!(
            ran.stdout
                .contains(Placeholder::of(value.as_bytes()).as_str()),
            "{value}"
        );
        assert!(
            !ran.stdout.contains(value) && !ran.stderr.contains(value),
            "{value}"
        );
    }
    place
        .pipe("hunt --secrets - a", "long-enough\nabc\n")
        .ends(2)
        .says("stdin: line 2: this is too short");
}

#[test]
fn what_editors_and_pastes_put_around_does_not_count() {
    let place = Place::new();
    place.put("a", SECRET);
    let marked = format!("\u{FEFF}{SECRET}\r\n");
    place.pipe("hunt --secrets - a", &marked).ends(1);
    let wide = marked.encode_utf16().flat_map(u16::to_le_bytes);
    place
        .pipe("hunt --secrets - a", wide.collect::<Vec<_>>())
        .ends(2)
        .says("the file is in UTF-16; save it in UTF-8");
    let pasted = format!(" {}\n", Placeholder::of(SECRET.as_bytes()));
    let output = place.command(["hunt", "--for", &pasted, "a"]).output();
    crate::place::Ran::from(output.unwrap()).ends(1);
}

#[test]
fn a_secret_in_the_midst_of_letters_is_found_at_every_offset() {
    let place = Place::new();
    place.put("a", format!("xx{SECRET}yy"));
    let target = Placeholder::of(SECRET.as_bytes());
    place.run(&format!("hunt --for {target} a")).ends(0);
    let ran = place
        .run(&format!(
            "hunt --exhaustive --length {} --for {target} a",
            SECRET.len()
        ))
        .ends(1);
    assert!(ran.stdout.starts_with("a:1:3: "), "{}", ran.stdout);
    place
        .pipe("hunt --exhaustive --secrets - a", SECRET)
        .ends(1);
}

#[test]
fn lines_of_source_code_are_tried_when_asked_for() {
    let place = Place::new();
    let phrase = "correct horse battery staple";
    let target = Placeholder::of(phrase.as_bytes());
    let text = format!("// the old one:\n// {phrase}\nfn main() {{}}\n");
    for name in ["notes.md", "main.rs", "conf"] {
        place.put(name, &text);
    }
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["src/lib.rs", "src/lib.yaml"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    place.put("a.tar", tar.into_inner().unwrap());
    let found = |line: &str| {
        let ran = place.run(&format!("hunt --for {target} {line}")).ends(1);
        let place = |line: &str| line.split(": ").next().map(str::to_owned);
        ran.stdout.lines().filter_map(place).collect::<Vec<_>>()
    };
    assert_eq!(
        found("."),
        ["a.tar!src/lib.yaml:2:4", "conf:2:4", "notes.md:2:4"]
    );
    assert_eq!(
        found("--every-line ."),
        [
            "a.tar!src/lib.rs:2:4",
            "a.tar!src/lib.yaml:2:4",
            "conf:2:4",
            "main.rs:2:4",
            "notes.md:2:4"
        ]
    );
    // Markup is no source code, whatever its name.
    place.put(
        "qt.ts",
        format!("<?xml version=\"1.0\"?>\n<TS>\n{phrase}\n</TS>\n"),
    );
    assert_eq!(found("qt.ts"), ["qt.ts:3:1"]);
    // In quotes it is found anyway.
    place.put("main.rs", format!("const OLD: &str = \"{phrase}\";\n"));
    assert_eq!(found("main.rs"), ["main.rs:1:20"]);
    // Stdin has no name.
    place.pipe(&format!("hunt --for {target} -"), &text).ends(1);
}

#[test]
fn the_old_secrets_of_a_ledger_are_hunted() {
    let place = Place::new();
    place.put("a", format!("TOKEN={SECRET}\nNEW=a-new-token-0123456789\n"));
    let of = |value: &str| Placeholder::of(value.as_bytes());
    let line = |event: &str| {
        format!(
            r#"{{"schema":1,"time":"2026-01-02T03:04:05Z","kind":"redis","id":"db-1","event":{event}}}"#
        ) + "\n"
    };
    let secrets = |value: &str| {
        format!(
            r#""secrets":[{{"member":"rest_token","sha256":"{}","length":{}}}]"#,
            of(value).fingerprint(),
            value.len()
        )
    };
    let ledger = [
        line(&format!(r#""read",{}"#, secrets(SECRET))),
        line(r#""sending","again":false"#),
        line(&format!(
            r#""rotated","source":"answer",{}"#,
            secrets("a-new-token-0123456789")
        )),
    ];
    place.put("ledger", ledger.concat());
    let ran = place.run("hunt --ledger ledger a").ends(1);
    assert_eq!(ran.stdout, format!("a:1:7: {}\n", of(SECRET)), "{ran:?}");
    place.put("fresh", &ledger[0]);
    place
        .run("hunt --ledger fresh a")
        .ends(2)
        .says("fresh: no secret in it is old");
    place.put("damaged", "{\"s3cret\n{}\n");
    let ran = place
        .run("hunt --ledger damaged a")
        .ends(3)
        .says("damaged: line 1");
    assert!(!ran.stderr.contains("s3cret"));
}

#[test]
fn known_credentials_are_found_by_name_and_form() {
    let place = Place::new();
    place.put(
        "a.env",
        "UPSTASH_REDIS_REST_TOKEN=f3b1c9d27a604e5d8b7c6a5f4e3d2c1b\nX=sig_7kYjbzVn3RwP8mTqLxHc5dWfA2sE\n",
    );
    let ran = place.run("hunt --known").ends(1);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{ran:?}");
    assert!(
        lines[0].starts_with("a.env:1:26: REDACTED:")
            && lines[0].contains("UPSTASH_REDIS_REST_TOKEN")
    );
    assert!(lines[1].starts_with("a.env:2:3: REDACTED:") && lines[1].contains("signing key"));
    assert!(!ran.stdout.contains("f3b1c9d2") && !ran.stdout.contains("sig_"));
}

#[test]
fn the_hook_takes_every_name_for_a_name() {
    let hook = include_str!("../../.pre-commit-hooks.yaml");
    let setting = |name: &str| {
        let line = hook.lines().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap().trim().to_owned()
    };
    let entry = setting("entry: qstash-redact ");
    let args: Vec<String> = serde_json::from_str(&setting("args:")).unwrap();
    let place = Place::new();
    let key = "sig_7kYjbzVn3RwP8mTqLxHc5dWfA2sE\n";
    let names = ["--for", "-z.yml", "a b.env"];
    for name in names {
        place.put(name, key);
    }
    let command = entry.split(' ').chain(args.iter().map(String::as_str));
    let output = place.command(command.chain(names)).output().unwrap();
    let ran = crate::place::Ran::from(output).ends(1);
    let found: Vec<_> = (ran.stdout.lines())
        .map(|line| line.split(":1:1: ").next().unwrap())
        .collect();
    assert_eq!(found, names, "{ran:?}");
}

#[test]
fn an_output_file_is_complete_or_not_there() {
    let place = Place::new();
    place.put("a", SECRET);
    let target = Placeholder::of(SECRET.as_bytes());
    place
        .run(&format!("hunt --for {target} --json -o out a"))
        .ends(1);
    assert_eq!(place.get("out").lines().count(), 2);
    place
        .run(&format!("hunt --for {target} -o missing/out a"))
        .ends(4);
    let status = place
        .command(["hunt", "--for", target.as_str(), "a"])
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(4));
}

#[test]
fn a_closed_pipe_ends_it_silently_and_soon() {
    let place = Place::new();
    for number in 0..200 {
        place.put(&format!("{number}"), format!("{SECRET}\n").repeat(2000));
    }
    let mut child = place
        .command(["hunt", "--for", Placeholder::of(SECRET.as_bytes()).as_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn no_secret_is_an_argument_of_any_process() {
    let place = Place::new();
    let git = crate::git::Git::new(place.path("repo"));
    git.put("a", SECRET);
    git.commit("a");
    // What stands for git writes down how it is called.
    let wrapper =
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"$LOG\"\nenv >> \"$LOG\"\nexec \"$GIT\" \"$@\"\n";
    std::fs::create_dir(place.path("bin")).unwrap();
    let script = place.put("bin/git", wrapper);
    std::fs::set_permissions(script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let real = place.shell("command -v git").stdout;
    place.put("secrets", SECRET);
    let path = format!(
        "{}:{}",
        place.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let output = place
        .command(["hunt", "--git", "--secrets", "secrets", "repo"])
        .env("PATH", path)
        .env("GIT", real.trim())
        .env("LOG", place.path("log"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let log = place.get("log");
    assert!(
        log.contains("rev-list") && log.contains("cat-file") && log.contains("fsck"),
        "{log}"
    );
    assert!(!log.contains(SECRET) && !log.contains(Placeholder::of(SECRET.as_bytes()).as_str()));
}
