//! An incident from its beginning to its end: the playbook as it is printed, run in a copy of a project in
//! which secrets lie around, with a platform and a server that stand for the real ones.

use crate::account::{API_KEY, Account, EMAIL, QSTASH_ID, REDIS_ID};
use crate::place::{Place, names_in};
use crate::stage::Stage;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program as the playbook calls it. What a person would do at the terminal, and the way to the
/// server of the test, is added here, so that the playbook is run as it is printed.
const PROGRAM: &str = r#"#!/bin/sh
case "$1 $2" in
"rotate confirm") set -- "$@" --yes ;;
"rotate "*) set -- "$@" --endpoint "$SERVER" --qstash-endpoint "$SERVER" --rest-endpoint "$SERVER" \
    --ca-file "$AUTHORITY" --yes ;;
esac
"$REAL" "$@"
code=$?
printf '%s %s\n' "$code" "$*" >> "$CALLS"
exit $code
"#;

/// A file that was removed, and that the repository still has.
const REMOVED: &str = "config/old.env";

/// Files of the project in which old secrets lie.
const PLANTED: [&str; 6] = [
    ".env",
    "deploy/pipeline.yml",
    "infra/terraform.tfstate",
    "notes/incident.md",
    "src/config.js",
    "tools/.bash_history",
];

fn plant(project: &Path, account: &Account) {
    let (token, redis) = (&account.qstash.token, &account.redis);
    let contents = [
        format!("# local\nQSTASH_TOKEN=\"{token}\"\nPORT=3000\n"),
        format!("env:\n  UPSTASH_REDIS_REST_TOKEN: {}\n", redis.rest),
        format!(
            "{{\"outputs\":{{\"password\":{{\"value\":\"{}\"}}}}}}\n",
            redis.password
        ),
        format!("We saw `Authorization: Bearer {token}` in the log.\n"),
        format!(
            "export const url = 'rediss://default:{}@db.example.com:6379';\n",
            redis.password
        ),
        format!(
            "curl -H 'Authorization: Bearer {}' https://db.example.com\n",
            redis.read_only
        ),
    ];
    for (name, content) in PLANTED.iter().zip(contents) {
        let path = project.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    // No stale copy: the next key becomes the current one.
    fs::write(project.join("keys.txt"), &account.keys.next).unwrap();
    fs::write(project.join(".gitignore"), ".env\nnode_modules\n").unwrap();
    let removed = project.join(REMOVED);
    fs::create_dir(removed.parent().unwrap()).unwrap();
    fs::write(&removed, format!("QSTASH_TOKEN={token}\n")).unwrap();
    git(project, "init --quiet");
    git(project, "add config");
    git(project, "commit --quiet --message begin");
    fs::remove_file(removed).unwrap();
    git(project, "commit --quiet --all --message end");
}

fn git(directory: &Path, line: &str) {
    let status = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.com"])
        .args(line.split(' '))
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status();
    assert!(status.unwrap().success(), "{line}");
}

/// The variables of a platform, for every project and environment.
fn furnish(platform: &Path, account: &Account) {
    for project in ["shop", "blog"] {
        let directory = platform.join(project);
        fs::create_dir_all(&directory).unwrap();
        for environment in ["production", "preview", "development"] {
            let variables = format!(
                "QSTASH_TOKEN={}\nQSTASH_CURRENT_SIGNING_KEY={}\nQSTASH_NEXT_SIGNING_KEY={}\n\
                 KV_URL=rediss://default:{}@localhost:1\nKV_REST_API_READ_ONLY_TOKEN={}\nOTHER=kept\n\
                 UPSTASH_REDIS_REST_TOKEN={}\n",
                account.qstash.token,
                account.keys.current,
                account.keys.next,
                account.redis.password,
                account.redis.read_only,
                account.redis.rest,
            );
            fs::write(directory.join(environment), variables).unwrap();
        }
    }
}

struct Incident {
    stage: Stage,
    project: PathBuf,
    platform: PathBuf,
}

impl Incident {
    fn new() -> Self {
        let stage = Stage::new();
        let account = stage.server.account().clone();
        let (project, platform) = (stage.place.path("project"), stage.place.path("platform"));
        for directory in ["bin", "tmp", "home"] {
            fs::create_dir(stage.place.path(directory)).unwrap();
        }
        for (name, script) in [
            ("qstash-redact", PROGRAM),
            ("vercel", include_str!("vercel.sh")),
        ] {
            let path = stage.place.path("bin").join(name);
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        }
        plant(&project, &account);
        furnish(&platform, &account);
        Self {
            stage,
            project,
            platform,
        }
    }

    fn run(&self, script: &str) -> Output {
        let place = &self.stage.place;
        let path = std::env::var("PATH").unwrap();
        Command::new("sh")
            .args(["-c", script])
            .current_dir(&self.project)
            .env("PATH", format!("{}:{path}", place.path("bin").display()))
            .env("TMPDIR", place.path("tmp"))
            .env("HOME", place.path("home"))
            .env("REAL", env!("CARGO_BIN_EXE_qstash-redact"))
            .env("SERVER", self.stage.server.url())
            .env("AUTHORITY", place.path("ca.pem"))
            .env("CALLS", place.path("calls"))
            .env("PLATFORM", &self.platform)
            .env("PROJECTS", "shop blog")
            .env("QSTASH_ID", QSTASH_ID)
            .env("REDIS_ID", REDIS_ID)
            .env("UPSTASH_EMAIL", EMAIL)
            .env("UPSTASH_API_KEY", API_KEY)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The exit codes of all calls whose command line has these words.
    fn codes(&self, words: &[&str]) -> Vec<String> {
        let calls = self.stage.place.get("calls");
        calls
            .lines()
            .filter(|line| words.iter().all(|word| line.contains(word)))
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect()
    }
}

/// The paths of the findings in a file of `hunt --json`.
fn found_paths(findings: &str) -> Vec<String> {
    let mut paths = findings
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["type"] == "finding")
        .map(|line| {
            line["path"]
                .as_str()
                .unwrap()
                .trim_start_matches("./")
                .to_owned()
        })
        .collect::<Vec<_>>();
    paths.sort();
    paths.dedup();
    paths
}

fn follow(setup: &str) {
    let incident = Incident::new();
    let stage = &incident.stage;
    let playbook = Place::new()
        .run(&format!("playbook --setup {setup}"))
        .ends(0)
        .stdout;
    // Two things that only people can do: the integration's work, and removing what was found.
    let (before, after) = playbook.split_once("\n# 8. ").unwrap();
    let (rotated, rest) = before.split_once("\n# 5. ").unwrap();
    let integrate = if setup == "integration" {
        "for file in \"$PLATFORM\"/*/*; do cat \"$work/new.env\" >> \"$file\"
         awk -F= '{ last[$1] = $0 } END { for (name in last) print last[name] }' \"$file\" > \"$file.new\"
         mv \"$file.new\" \"$file\"; done"
    } else {
        ""
    };
    let clean = format!(
        "cp findings.json ../first.json; rm {}; qstash-redact hunt --ledger \"$LEDGER\" --no-ignore .",
        PLANTED.join(" ")
    );
    let script = format!("{rotated}\n{integrate}\n# 5. {rest}\n{clean}\n# 8. {after}");
    let old = stage.server.account().clone();
    let output = incident.run(&script);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let calls = stage.place.get("calls");
    let shown = format!("{stdout}\n{stderr}\n{calls}");
    assert!(output.status.success(), "{shown}");

    // Rotated, each once.
    let new = stage.server.account().clone();
    assert_ne!(old.qstash.token, new.qstash.token, "{shown}");
    assert_ne!(old.redis.password, new.redis.password, "{shown}");
    assert_eq!(old.keys.next, new.keys.current, "{shown}");
    assert_eq!(stage.server.count("POST"), 3, "{shown}");

    // In every place of the platform, which was deployed again.
    for project in ["shop", "blog"] {
        for environment in ["production", "preview", "development"] {
            let variables =
                fs::read_to_string(incident.platform.join(project).join(environment)).unwrap();
            for secret in [
                &new.qstash.token,
                &new.redis.rest,
                &new.keys.next,
                &new.redis.password,
            ] {
                assert!(
                    variables.contains(secret.as_str()),
                    "{project} {environment}: {shown}"
                );
            }
            assert!(variables.contains("OTHER=kept"));
        }
    }
    let deployed = fs::read_to_string(incident.platform.join("deployed")).unwrap();
    assert_eq!(deployed.lines().count(), 4);

    // New present, old absent.
    assert_eq!(incident.codes(&["hunt --secrets -"]), ["1"], "{shown}");
    assert_eq!(
        incident.codes(&["hunt --ledger", "/after"]),
        ["0"],
        "{shown}"
    );
    // Every stale copy was found, then none.
    let mut planted = [&PLANTED[..], &[REMOVED]].concat();
    planted.sort_unstable();
    assert_eq!(
        found_paths(&stage.place.get("first.json")),
        planted,
        "{shown}"
    );
    assert_eq!(
        incident.codes(&["hunt --ledger", "--no-ignore"]),
        ["1", "1", "0"],
        "{shown}"
    );
    // Proven dead.
    assert_eq!(incident.codes(&["--check-old"]), ["0", "0"], "{shown}");
    assert_eq!(incident.codes(&["rotate confirm"]), ["0"], "{shown}");

    // Nothing ever showed, and nothing is left behind but what has no secrets.
    stage.assert_silent(&shown, "what was shown");
    for name in ["ledger.jsonl", "findings.json", "report.json"] {
        let content = fs::read_to_string(incident.project.join(name)).unwrap();
        stage.assert_silent(&content, name);
    }
    let report = fs::read_to_string(incident.project.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["credentials"].as_array().unwrap().len(), 3);
    assert_eq!(names_in(&stage.place.path("tmp")), [""; 0]);
}

#[test]
fn following_the_printed_playbook_rotates_finds_every_copy_and_proves_the_old_ones_dead() {
    follow("manual");
}

#[test]
fn so_it_does_where_an_integration_writes_the_variables() {
    follow("integration");
}
