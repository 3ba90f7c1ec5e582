//! What the documentation shows is what happens.

use crate::git::Git;
use crate::place::Place;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

const PAGE: &str = include_str!("../../docs/hunt.md");

/// The project that the page works on.
fn project() -> (Place, String) {
    let place = Place::new();
    let git = Git::new(place.path("project"));
    git.put(
        "deploy.sh",
        "#!/bin/sh\nexport QSTASH_TOKEN=an-old-token\nnpm run deploy\n",
    );
    let commit = git.commit("deploy");
    git.put("deploy.sh", "#!/bin/sh\nnpm run deploy\n");
    git.commit("take the token from the environment");
    git.put(".gitignore", ".env\n");
    git.put(
        ".env",
        "QSTASH_URL=https://qstash.upstash.io\nQSTASH_TOKEN=an-old-token\n",
    );
    git.put(
        "dlq.json",
        "{\"messages\":[{\"dlqId\":\"1-0\",\"body\":\"{\\\"token\\\":\\\"an-old-token\\\"}\"}]}\n",
    );
    git.put(
        "test/fixture.env",
        "QSTASH_CURRENT_SIGNING_KEY=sig_7kYjbzVn3RwP8mTqLxHc5dWfA2sE\n",
    );
    let mut tar = tar::Builder::new(Vec::new());
    let history = "ls\ncd project\nexport QSTASH_TOKEN=an-old-token\n";
    let mut header = tar::Header::new_gnu();
    header.set_size(history.len() as u64);
    tar.append_data(&mut header, "home/.bash_history", history.as_bytes())
        .unwrap();
    let packed = zstd::encode_all(&tar.into_inner().unwrap()[..], 1).unwrap();
    git.put("backup.tar.zst", packed);
    fs::create_dir(place.path("bin")).unwrap();
    symlink(
        env!("CARGO_BIN_EXE_qstash-redact"),
        place.path("bin/qstash-redact"),
    )
    .unwrap();
    (place, commit)
}

#[test]
fn the_commands_print_what_is_shown() {
    let (place, commit) = project();
    let mut commands = 0;
    for block in PAGE.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for example in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, expected) = example.split_once('\n').unwrap_or((example, ""));
            let path = format!(
                "{}:{}",
                place.path("bin").display(),
                std::env::var("PATH").unwrap()
            );
            let output = Command::new("bash")
                .args(["-c", &format!("exec 2>&1\n{command}")])
                .current_dir(place.path(""))
                .env("PATH", path)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout)
                .unwrap()
                .replace(&commit, "COMMIT");
            assert_eq!(printed.trim_end(), expected.trim_end(), "$ {command}");
            commands += 1;
        }
    }
    assert!(commands >= 6, "{commands}");
}
