//! What is refused, and that nothing of it is kept.

use crate::call::{Caller, eventually};
use crate::destination::Destination;
use crate::process::{Directory, Pipeline};
use qstash_redact::Placeholder;
use std::os::unix::fs::PermissionsExt;

const MB: usize = 1_000_000;

struct World {
    directory: Directory,
    _pipeline: Pipeline,
    caller: Caller,
    destination: Destination,
}

async fn world() -> World {
    let directory = Directory::new();
    let pipeline = Pipeline::start(&directory);
    World {
        caller: Caller::new(&pipeline.url),
        destination: Destination::start().await,
        _pipeline: pipeline,
        directory,
    }
}

impl World {
    fn publish(&self, what: &str) -> String {
        format!("/v2/publish/{}/{what}", self.destination.url)
    }

    async fn holds_nothing(&self) {
        assert_eq!(
            self.caller.get("/v2/events").await["events"],
            serde_json::json!([])
        );
        assert_eq!(
            self.caller.get("/v2/schedules").await,
            serde_json::json!([])
        );
    }
}

#[tokio::test]
async fn a_body_of_60_mb_is_refused_and_one_of_50_mb_is_delivered() {
    let world = world().await;
    let path = world.publish("ok/large");
    let answer = world
        .caller
        .call("POST", &path, &[], vec![b'x'; 60 * MB])
        .await;
    answer.is_refusal(413);
    world.holds_nothing().await;

    let body = vec![b'y'; 52_428_800];
    let rule = [("upstash-redact-fields", "body")];
    let answer = world.caller.call("POST", &path, &rule, body.clone()).await;
    let id = answer.message_id();
    let delivered = eventually("a large delivery", || async {
        world.destination.deliveries("large").pop()
    })
    .await;
    assert!(delivered.body == body);
    let shown = world.caller.get(&format!("/v2/messages/{id}")).await;
    assert_eq!(shown["body"], Placeholder::of(&body).as_str());
}

#[tokio::test]
async fn a_rule_that_is_not_understood_is_refused_and_nothing_is_stored() {
    let world = world().await;
    let path = world.publish("ok/rule");
    let (publish, enqueue) = (path.clone(), path.replace("publish", "enqueue/q"));
    let schedule = path.replace("publish", "schedules");
    for rule in [
        "bodi",
        "body,header[",
        "header[]",
        "header[a b]",
        "body;header",
        "url",
    ] {
        for path in [&publish, &enqueue, &schedule] {
            let headers = [
                ("upstash-redact-fields", rule),
                ("upstash-cron", "* * * * *"),
            ];
            world
                .caller
                .call("POST", path, &headers, "x")
                .await
                .is_refusal(400);
        }
        let element = |rule: &str| {
            let destination = format!("{}/ok/rule", world.destination.url);
            serde_json::json!({
                "destination": destination,
                "headers": { "Upstash-Redact-Fields": rule },
                "body": "x",
            })
        };
        // One of them is enough.
        let batch = serde_json::json!([element("body"), element(rule)]).to_string();
        world
            .caller
            .call("POST", "/v2/batch", &[], batch)
            .await
            .is_refusal(400);
        let query = format!("{publish}?upstash-redact-fields={}", rule.replace(' ', "+"));
        world
            .caller
            .call("POST", &query, &[], "x")
            .await
            .is_refusal(400);
    }
    let forwarded = [("upstash-forward-upstash-redact-fields", "body")];
    world
        .caller
        .call("POST", &publish, &forwarded, "x")
        .await
        .is_refusal(400);
    world.holds_nothing().await;
    assert!(world.destination.deliveries("rule").is_empty());
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let world = world().await;
    let path = world.publish("ok/refused");
    for (status, method, path, headers, body) in [
        (
            401,
            "GET",
            "/v2/dlq",
            vec![("authorization", "Bearer wrong")],
            "",
        ),
        (
            401,
            "POST",
            &*path,
            vec![("authorization", "Basic eA==")],
            "x",
        ),
        (404, "GET", "/v2/messages/none", vec![], ""),
        (404, "GET", "/v2/dlq/none", vec![], ""),
        (404, "DELETE", "/v2/dlq/none", vec![], ""),
        (404, "GET", "/v2/schedules/none", vec![], ""),
        (404, "PATCH", "/v2/schedules/none/pause", vec![], ""),
        (404, "POST", "/test/schedules/none/fire", vec![], ""),
        (404, "GET", "/v2/nothing", vec![], ""),
        (404, "PUT", "/v2/batch", vec![], ""),
        (400, "GET", "/v2/messages/%FF", vec![], ""),
        (400, "GET", "/v2/dlq?host=a", vec![], ""),
        (400, "GET", "/v2/events?count=0", vec![], ""),
        (400, "GET", "/v2/events?cursor=x", vec![], ""),
        (400, "DELETE", "/v2/dlq", vec![], ""),
        (400, "DELETE", "/v2/dlq", vec![], "{}"),
        (400, "POST", "/v2/dlq/retry", vec![], ""),
        (400, "POST", "/v2/batch", vec![], "{"),
        (400, "POST", "/v2/batch", vec![], "[{}]"),
        (400, "POST", "/v2/publish/a-group", vec![], "x"),
        (400, "POST", "/v2/publish/https://example.com", vec![], "x"),
        (
            400,
            "POST",
            &format!("{path}?Upstash-Delay=1s"),
            vec![],
            "x",
        ),
        (400, "POST", "/v2/batch?upstash-retries=1", vec![], "[]"),
        (400, "POST", &path, vec![("upstash-delay", "soon")], "x"),
        (400, "POST", &path, vec![("upstash-retries", "-1")], "x"),
        (
            400,
            "POST",
            &path,
            vec![("upstash-deduplication-id", "a")],
            "x",
        ),
        (
            400,
            "POST",
            &path.replace("publish", "schedules"),
            vec![],
            "x",
        ),
        (412, "POST", &path, vec![], Placeholder::of(b"x").as_str()),
    ] {
        let answer = world
            .caller
            .call(method, path, &headers, body.to_owned())
            .await;
        assert_eq!(answer.status, status, "{method} {path} {headers:?}");
        answer.is_refusal(status);
    }
    world.holds_nothing().await;
}

#[tokio::test]
async fn only_the_owner_can_read_the_database() {
    let world = world().await;
    let path = world.publish("ok/mode");
    world
        .caller
        .call("POST", &path, &[], "x")
        .await
        .message_id();
    for name in ["database", "database-wal", "database-shm"] {
        let file = std::fs::metadata(world.directory.path(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{name}");
    }
}
