//! What may be the only copy of a secret is neither overwritten nor forgotten.

use crate::stage::{REDIS, Stage, VECTOR};

#[test]
fn hidden_credentials_do_not_overwrite_what_was_rotated_before() {
    let stage = Stage::new();
    stage.server.account().redis.is_hidden = true;
    stage
        .rotate(&VECTOR, "--out new.env --as TOKEN=token")
        .ends(0);
    let kept = stage.value("new.env", "TOKEN");
    let ran = stage
        .rotate(&REDIS, "--out new.env --as TOKEN=rest_token")
        .ends(2)
        .says("holds another secret");
    stage.assert_secret(&ran);
    assert_eq!(stage.value("new.env", "TOKEN"), kept);
    assert_eq!(stage.server.count(REDIS.call), 0);
    // What FILE holds from before the incident may be overwritten.
    stage.place.put("app.env", "TOKEN=old\n");
    stage
        .rotate(&REDIS, "--out app.env --as TOKEN=rest_token")
        .ends(0);
}

#[test]
fn a_url_of_another_database_is_not_overwritten() {
    let stage = Stage::new();
    let other = "REDIS_URL=rediss://default:of_another@db.example.com:6379\n";
    stage.place.put("app.env", other);
    let set = "--out app.env --as REDIS_URL=url";
    stage
        .rotate(&REDIS, set)
        .ends(2)
        .says("holds another secret");
    assert_eq!(stage.server.count(REDIS.call), 0);
    stage
        .place
        .put("app.env", "REDIS_URL=redis://localhost:6379\n");
    stage.rotate(&REDIS, set).ends(0);
    stage.rotate(&REDIS, &format!("{set} --again")).ends(0);
}

#[test]
fn hidden_credentials_that_are_in_the_file_are_not_unknown() {
    let stage = Stage::new();
    stage.server.account().redis.is_hidden = true;
    // The file has them, and then the run fails.
    stage
        .rotate(&REDIS, "--out new.env --exec false")
        .ends(4)
        .says("could not be stored");
    let ran = stage.rotate(&REDIS, "--out new.env --exec cat").ends(0);
    stage.assert_secret(&ran);
    assert_eq!(
        stage.value("new.env", REDIS.variable),
        Some(stage.valid(&REDIS))
    );
    assert_eq!(stage.server.count(REDIS.call), 1);
    stage.rotate(&REDIS, "--out new.env").ends(2);
}

#[test]
fn secrets_that_no_variable_takes_are_named_before_they_are_made() {
    let stage = Stage::new();
    stage
        .asking(REDIS.words, "--out new.env")
        .output()
        .map(crate::place::Ran::from)
        .unwrap()
        .ends(2)
        .says("no variable takes the new password, read_only_rest_token");
    assert_eq!(stage.server.count(REDIS.call), 0);
}

#[test]
fn nothing_takes_the_place_of_the_ledger() {
    let stage = Stage::new();
    // Neither a new one nor one with records.
    for _ in 0..2 {
        stage
            .rotate(&VECTOR, "--out ledger")
            .ends(2)
            .says("FILE is the ledger");
        stage.rotate(&REDIS, "--out new.env --again").ends(0);
    }
    let ledger = std::fs::read(stage.place.path("ledger")).unwrap();
    stage
        .place
        .run("playbook --ledger ledger --report ledger")
        .ends(2)
        .says("another file than the ledger");
    assert_eq!(std::fs::read(stage.place.path("ledger")).unwrap(), ledger);
    assert_eq!(stage.server.count(VECTOR.call), 0);
}

#[test]
fn what_a_command_did_not_read_is_not_stored() {
    let stage = Stage::new();
    for script in ["true", "head -c 20 > taken"] {
        // It ends well, and a pipe takes in what nobody reads.
        let output = stage
            .command(VECTOR.words, "--exec")
            .args(["sh", "-c", script])
            .output();
        crate::place::Ran::from(output.unwrap())
            .ends(4)
            .says("did not read")
            .says("could not be stored");
    }
    stage.rotate(&VECTOR, "--out new.env").ends(0);
    assert_eq!(stage.server.count(VECTOR.call), 1);
}

#[test]
fn a_ledger_that_cannot_be_written_lets_nothing_be_rotated() {
    let stage = Stage::new();
    // A limit on the size of files stands for a disk without room: the first record fits, the second,
    // which announces the call, does not.
    let command = stage.command(REDIS.words, "--exec cat");
    let mut limited = std::process::Command::new("prlimit");
    limited
        .arg("--fsize=512")
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    crate::place::Ran::from(limited.output().unwrap())
        .ends(4)
        .says("the ledger could not be written: nothing was rotated");
    assert_eq!(stage.server.count("POST"), 0);
    stage
        .rotate(&REDIS, "--out new.env")
        .ends(0)
        .says("half a record");
}
