//! Git histories: where in them copies are found, and repositories that mean harm.

use crate::git::Git;
use crate::place::Place;
use qstash_redact::Placeholder;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const SECRET: &str = "an-old-token-0123456789";

fn hunt(place: &Place, more: &str) -> crate::place::Ran {
    let target = Placeholder::of(SECRET.as_bytes());
    let ran = place.run(&format!("hunt --git --quiet --for {target} {more}"));
    assert!(
        !ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET),
        "{ran:?}"
    );
    ran
}

/// The places of findings, without the placeholders.
fn places(stdout: &str) -> Vec<String> {
    stdout
        .lines()
        .map(|line| line.split(": ").next().unwrap().to_owned())
        .collect()
}

#[test]
fn copies_are_found_in_versions_messages_tags_stashes_and_what_is_lost() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    git.put("src/a b.txt", format!("x\nkey={SECRET}\n"));
    let first = git.commit("begin");
    git.put("src/a b.txt", "clean\n");
    git.commit("clean up");
    git.run(&[
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        &format!("rotate\n\nwas {SECRET}"),
    ]);
    let message = git.ask(&["rev-parse", "HEAD"]);
    git.run(&["tag", "-a", "v1", "-m", &format!("token {SECRET}")]);
    let tag = git.ask(&["rev-parse", "v1"]);
    // On another branch that was deleted: the reflog of HEAD knows it.
    git.run(&["checkout", "--quiet", "-b", "gone"]);
    git.put("gone.env", format!("KEY={SECRET}"));
    let gone = git.commit("on a branch");
    git.run(&["checkout", "--quiet", "main"]);
    git.run(&["branch", "--quiet", "-D", "gone"]);
    // A stash, one that was dropped, and something that is only staged.
    git.put("stashed", format!("1 {SECRET} stashed"));
    git.run(&["add", "."]);
    git.run(&["stash", "--quiet"]);
    let stash = git.ask(&["rev-parse", "stash@{0}"]);
    let index = git.ask(&["rev-parse", "stash@{0}^2"]);
    git.put("dropped", format!("2 {SECRET} dropped"));
    git.run(&["add", "."]);
    let dropped = git.ask(&["rev-parse", ":dropped"]);
    git.run(&["stash", "--quiet"]);
    git.run(&["stash", "drop", "--quiet"]);
    git.put("staged", format!("3 {SECRET} staged"));
    git.run(&["add", "."]);
    let staged = git.ask(&["rev-parse", ":staged"]);
    fs::remove_file(git.path("staged")).unwrap();
    // A blob that only a tag refers to.
    git.put("tagged", format!("5 {SECRET} tagged"));
    let tagged = git.ask(&["hash-object", "-w", "tagged"]);
    fs::remove_file(git.path("tagged")).unwrap();
    git.run(&["tag", "blob", &tagged]);
    // A second worktree with something staged of its own.
    git.run(&["worktree", "add", "--quiet", "../other"]);
    let other = Git::open(place.path("other"));
    other.put("theirs", format!("4 {SECRET} theirs"));
    other.run(&["add", "."]);
    let theirs = other.ask(&["rev-parse", ":theirs"]);

    let ran = hunt(&place, "repo").ends(1);
    let mut found = places(&ran.stdout);
    // Two commits make a stash, of the same second.
    for place in &mut found {
        *place = place.replace(&index, &stash);
    }
    for expected in [
        format!("repo@{first}:src/a b.txt:2:5"),
        format!("repo@{message}:(commit):8:5"),
        format!("repo@{tag}:(tag):6:7"),
        format!("repo@{gone}:gone.env:1:5"),
        format!("repo@{stash}:stashed:1:3"),
        format!("repo@{dropped}:(blob):1:3"),
        format!("repo@{staged}:staged:1:3"),
        format!("repo@{theirs}:theirs:1:3"),
        format!("repo@{tagged}:(blob):1:3"),
    ] {
        assert!(found.contains(&expected), "{expected} in {found:#?}");
    }
    // The reflogs hold the first lines of messages alone.
    assert_eq!(found.len(), 9, "{found:#?}");
    // From the other worktree, and from a directory below, the whole history is searched.
    for from in ["other", "repo/src"] {
        let ran = hunt(&place, from).ends(1);
        let line = format!("@{first}:src/a b.txt:2:5: ");
        assert!(ran.stdout.contains(&line), "{from}: {}", ran.stdout);
    }
    // Not asked for, it is said to be there.
    let target = Placeholder::of(SECRET.as_bytes());
    place
        .run(&format!("hunt --for {target} repo"))
        .ends(0)
        .says("1 git history; --git searches it");
}

#[test]
fn a_bare_repository_and_one_within_another_are_searched() {
    let place = Place::new();
    let git = Git::new(place.path("tree/vendor/lib"));
    git.put("a.env", SECRET);
    let commit = git.commit("a");
    git.run(&["rm", "--quiet", "a.env"]);
    git.commit("b");
    git.run(&["clone", "--quiet", "--bare", ".", "../../mirror.git"]);
    fs::write(place.path("tree/.gitignore"), "vendor\n").unwrap();
    let ran = hunt(&place, "tree").ends(1);
    assert_eq!(
        places(&ran.stdout),
        [
            format!("tree/mirror.git@{commit}:a.env:1:1"),
            format!("tree/vendor/lib@{commit}:a.env:1:1"),
        ]
    );
}

#[test]
fn archives_in_a_history_are_opened() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    git.put("old.zst", zstd::encode_all(SECRET.as_bytes(), 1).unwrap());
    let commit = git.commit("backup");
    git.run(&["rm", "--quiet", "old.zst"]);
    git.commit("no backup");
    let ran = hunt(&place, "repo").ends(1);
    assert_eq!(places(&ran.stdout), [format!("repo@{commit}:old.zst:1:1")]);
}

#[test]
fn a_place_without_a_repository_is_a_usage_error() {
    let place = Place::new();
    place.put("a", "x");
    hunt(&place, "")
        .ends(2)
        .says("--git: there is no git repository here");
}

#[test]
fn an_empty_repository_has_nothing_to_be_found() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    hunt(&place, "repo").ends(0).without_a_word();
    git.put("staged", SECRET);
    git.run(&["add", "."]);
    let staged = git.ask(&["rev-parse", ":staged"]);
    fs::remove_file(git.path("staged")).unwrap();
    let ran = hunt(&place, "repo").ends(1);
    assert_eq!(places(&ran.stdout), [format!("repo@{staged}:staged:1:1")]);
}

#[test]
fn damage_and_missing_objects_are_exit_4_and_the_rest_is_searched() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    git.put("a", SECRET);
    git.put("b", "to be lost");
    git.commit("a");
    let lost = git.ask(&["rev-parse", "HEAD:b"]);
    let (directory, name) = lost.split_at(2);
    fs::remove_file(git.path(&format!(".git/objects/{directory}/{name}"))).unwrap();
    let ran = hunt(&place, "repo").ends(4).says("not searched");
    assert!(ran.stdout.contains(":a:1:1: "), "{}", ran.stdout);
}

/// A repository whose configuration names a program, which leaves a mark, wherever it can.
fn hostile(place: &Place) -> Git {
    let git = Git::new(place.path("repo"));
    git.put(".gitattributes", "* filter=evil diff=evil\n");
    git.put("a", SECRET);
    git.commit("a");
    git.run(&["tag", "-a", "v1", "-m", "x"]);
    let mark = place.path("mark");
    let script = place.put(
        "evil.sh",
        format!("#!/bin/sh\ntouch '{}'\n", mark.display()),
    );
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    for setting in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.gitProxy",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "gpg.program",
        "pager.rev-list",
        "pager.cat-file",
        "pager.fsck",
        "remote.origin.uploadpack",
        "remote.origin.vcs",
        "uploadpack.packObjectsHook",
        "alias.fsck",
        "alias.rev-list",
        "alias.cat-file",
        "sequence.editor",
        "interactive.diffFilter",
    ] {
        git.run(&[
            "config",
            setting,
            &format!(
                "{}{script}",
                if setting.starts_with("alias") {
                    "!"
                } else {
                    ""
                }
            ),
        ]);
    }
    for (setting, value) in [
        ("filter.evil.required", "true"),
        ("log.showSignature", "true"),
        ("core.hooksPath", "hooks"),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
        ("protocol.file.allow", "always"),
        ("remote.origin.promisor", "true"),
        ("extensions.partialClone", "origin"),
        ("core.repositoryFormatVersion", "1"),
        ("core.worktree", "/"),
    ] {
        git.run(&["config", setting, value]);
    }
    git.run(&["config", "remote.origin.url", &format!("ext::{script}")]);
    for hook in [
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
        "pre-auto-gc",
    ] {
        for directory in ["hooks", ".git/hooks"] {
            let path = format!("{directory}/{hook}");
            git.put(&path, format!("#!/bin/sh\ntouch '{}'\n", mark.display()));
            fs::set_permissions(git.path(&path), Permissions::from_mode(0o755)).unwrap();
        }
    }
    fs::write(
        git.path(".git/objects/info/alternates"),
        place.path("nowhere").to_str().unwrap(),
    )
    .unwrap();
    git
}

#[test]
fn a_hostile_repository_is_searched_and_runs_nothing() {
    let place = Place::new();
    let git = hostile(&place);
    // An object that would have to be fetched.
    let lost = git.ask(&[
        "-c",
        "core.fsmonitor=false",
        "rev-parse",
        "HEAD:.gitattributes",
    ]);
    let _ = fs::remove_file(place.path("mark"));
    let (directory, name) = lost.split_at(2);
    fs::remove_file(git.path(&format!(".git/objects/{directory}/{name}"))).unwrap();
    let target = Placeholder::of(SECRET.as_bytes());
    let ran: crate::place::Ran = place
        .command(["hunt", "--git", "--quiet", "--for", target.as_str(), "repo"])
        // What tells git to run or write something from outside.
        .env("GIT_EXTERNAL_DIFF", place.path("evil.sh"))
        .env("GIT_TRACE", place.path("mark"))
        .env("GIT_SSH_COMMAND", place.path("evil.sh"))
        .env("GIT_DIR", "/nowhere")
        .output()
        .unwrap()
        .into();
    assert!(!place.path("mark").exists(), "something was run");
    assert!(ran.stdout.contains(":a:1:1: "), "{ran:?}");
    let ran = ran.ends(4);
    assert!(ran.stderr.contains(&lost), "{}", ran.stderr);
    // The same repository does leave a mark where git is used as people use it.
    std::process::Command::new("git")
        .current_dir(git.path(""))
        .args(["status"])
        .output()
        .unwrap();
    assert!(
        place.path("mark").exists(),
        "this repository is not hostile at all"
    );
}

#[test]
fn a_history_that_is_cut_off_is_said_to_be() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    git.put("a", SECRET);
    git.commit("a");
    git.run(&["rm", "--quiet", "a"]);
    git.commit("b");
    let url = format!("file://{}", git.path("").display());
    git.run(&["clone", "--quiet", "--depth=1", &url, "../shallow"]);
    let target = Placeholder::of(SECRET.as_bytes());
    let run = |more: &str| place.run(&format!("hunt --git --for {target} {more}"));
    run("shallow")
        .ends(0)
        .says("1 shallow history: what is older is not in this copy of it");
    let whole = run("repo").ends(1);
    assert!(!whole.stderr.contains("shallow history"), "{whole:?}");
}

#[test]
fn replacements_and_grafts_hide_nothing() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    git.put("a", SECRET);
    let first = git.commit("a");
    let secret = git.ask(&["rev-parse", "HEAD:a"]);
    git.put("a", "harmless");
    let second = git.commit("b");
    let harmless = git.ask(&["rev-parse", "HEAD:a"]);
    git.run(&["replace", &secret, &harmless]);
    git.put(".git/info/grafts", format!("{second}\n"));
    let ran = hunt(&place, "repo").ends(1);
    assert_eq!(places(&ran.stdout), [format!("repo@{first}:a:1:1")]);
}

#[test]
fn a_secret_in_the_name_of_a_file_is_found_and_not_shown() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    git.put(&format!("keys/{SECRET}.txt"), "x");
    git.commit("a");
    git.run(&["rm", "--quiet", "-r", "keys"]);
    git.commit("b");
    let ran = hunt(&place, "repo").ends(1);
    let target = Placeholder::of(SECRET.as_bytes());
    assert!(
        ran.stdout
            .contains(&format!(":keys/{target}.txt: in the name: {target}")),
        "{}",
        ran.stdout
    );
    assert!(Path::new(&place.path("repo")).exists());
}

#[test]
fn whatever_its_name_was_a_version_is_read_by_all_rules() {
    let place = Place::new();
    let git = Git::new(place.path("repo"));
    let phrase = "correct horse battery staple";
    let text = format!("one\npassword: {phrase}\ntwo\n");
    // The same bytes under two names, of which git tells one.
    git.put("a.py", &text);
    git.put("b.env", &text);
    git.commit("begin");
    for name in ["a.py", "b.env"] {
        fs::remove_file(git.path(name)).unwrap();
    }
    git.commit("clean up");
    // A tag is no file, whatever its name.
    git.run(&["tag", "-a", "v1.c", "-m", &text]);
    let target = Placeholder::of(phrase.as_bytes());
    let ran = place
        .run(&format!("hunt --git --quiet --for {target} repo"))
        .ends(1);
    let places = places(&ran.stdout);
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places.iter().any(|place| place.contains(":(tag):")));
}
