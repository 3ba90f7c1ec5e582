//! Destinations that do not do what they should, and too much at once.

use crate::call::{Caller, eventually, until_none_is_left};
use crate::destination::Destination;
use crate::process::{Directory, Pipeline};
use qstash_redact::Placeholder;
use std::collections::HashSet;

const SECRET: &str = "a-secret-that-nobody-shows";
const RULE: (&str, &str) = ("upstash-redact-fields", "body");
const ONCE: (&str, &str) = ("upstash-retries", "0");

/// The last event of a message.
async fn last_event(caller: &Caller, id: &str) -> serde_json::Value {
    caller
        .get(&format!("/v2/events?messageId={id}&count=1"))
        .await["events"][0]
        .clone()
}

#[tokio::test]
async fn a_destination_that_is_down_gets_the_message_when_it_is_up() {
    let (directory, down) = (Directory::new(), Destination::start_down().await);
    let pipeline = Pipeline::start(&directory);
    let caller = Caller::new(&pipeline.url);
    let path = format!("/v2/publish/{}/ok/down", down.url);
    let headers = [RULE, ("upstash-retries", "1")];
    let id = caller
        .call("POST", &path, &headers, SECRET)
        .await
        .message_id();
    let dead = caller.dead_letter(&id).await;
    assert_eq!(dead["responseStatus"], 0);
    assert_eq!(dead["body"], Placeholder::of(SECRET.as_bytes()).as_str());
    let event = last_event(&caller, &id).await;
    assert_eq!(
        (&event["state"], &event["error"]),
        (&"FAILED".into(), &"no connection to the destination".into())
    );

    let up = down.come_up().await;
    let retry = format!("/v2/dlq/retry?dlqIds={}", dead["dlqId"].as_str().unwrap());
    caller.call("POST", &retry, &[], "").await;
    let delivery = eventually("the delivery", || async { up.deliveries("down").pop() }).await;
    assert_eq!(delivery.body, SECRET);
}

#[tokio::test]
async fn a_slow_destination_holds_up_nobody_else() {
    let (directory, destination) = (Directory::new(), Destination::start().await);
    let pipeline = Pipeline::start(&directory);
    let caller = Caller::new(&pipeline.url);
    let slow = format!("/v2/publish/{}/slow/slow", destination.url);
    let headers = [RULE, ONCE, ("upstash-timeout", "1s")];
    let id = caller
        .call("POST", &slow, &headers, SECRET)
        .await
        .message_id();
    eventually("the slow delivery", || async {
        destination.deliveries("slow").pop()
    })
    .await;
    let quick = slow.replace("slow", "ok");
    let other = caller.call("POST", &quick, &[], "x").await.message_id();
    eventually("the other one", || async {
        (last_event(&caller, &other).await["state"] == "DELIVERED").then_some(())
    })
    .await;
    caller.dead_letter(&id).await;
    let event = last_event(&caller, &id).await;
    assert_eq!(event["error"], "the destination did not answer in time");
}

#[tokio::test]
async fn garbage_and_floods_are_failures_that_show_nothing() {
    let (directory, destination) = (Directory::new(), Destination::start().await);
    let pipeline = Pipeline::start(&directory);
    let caller = Caller::new(&pipeline.url);
    let path = format!("/v2/publish/{}/garbage", destination.garbage_url);
    let id = caller
        .call("POST", &path, &[RULE, ONCE], SECRET)
        .await
        .message_id();
    assert_eq!(caller.dead_letter(&id).await["responseStatus"], 0);
    let event = last_event(&caller, &id).await;
    assert_eq!(
        event["error"],
        "the destination's answer is not HTTP, or ended early"
    );

    // No rule hides it, so that what was kept can be counted.
    let path = format!("/v2/publish/{}/huge/huge", destination.url);
    let id = caller.call("POST", &path, &[ONCE], "x").await.message_id();
    let dead = caller.dead_letter(&id).await;
    assert_eq!(dead["responseBody"].as_str().unwrap().len(), 1024 * 1024);
}

#[tokio::test]
async fn an_echo_is_as_private_as_what_it_repeats() {
    let (directory, destination) = (Directory::new(), Destination::start().await);
    let pipeline = Pipeline::start(&directory);
    let caller = Caller::new(&pipeline.url);
    let path = format!("/v2/publish/{}/echo/echo", destination.url);
    let headers = [
        ONCE,
        ("upstash-forward-x-key", "a-key"),
        ("content-type", "text/plain"),
    ];
    let header_rule = ("upstash-redact-fields", "header[X-Key]");
    // The secret of a URL is private without any rule.
    let in_url = format!("{path}?token={SECRET}");
    for (path, rule, is_private) in [
        (&path, RULE, true),
        (&path, header_rule, true),
        (&in_url, ("upstash-retries", "0"), true),
        (&path, ("upstash-retries", "0"), false),
    ] {
        let headers = [&headers[..], &[rule]].concat();
        let id = caller
            .call("POST", path, &headers, "body")
            .await
            .message_id();
        let dead = caller.dead_letter(&id).await;
        let event = last_event(&caller, &id).await;
        for record in [&dead, &event] {
            for value in [
                &record["responseBody"],
                &record["responseHeader"]["x-key"][0],
            ] {
                let is_hidden = value.as_str().unwrap().starts_with("REDACTED:");
                assert_eq!(is_hidden, is_private, "{rule:?}: {record}");
            }
            assert!(!record.to_string().contains(SECRET));
        }
    }
}

#[tokio::test]
async fn a_thousand_calls_at_once_are_all_taken_and_delivered_once() {
    const COUNT: usize = 1000;
    let (directory, destination) = (Directory::new(), Destination::start().await);
    let pipeline = Pipeline::start(&directory);
    let caller = Caller::new(&pipeline.url);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..COUNT {
        let (caller, url) = (caller.clone(), destination.url.clone());
        calls.spawn(async move {
            let path = format!("/v2/publish/{url}/ok/thousand");
            let answer = caller
                .call("POST", &path, &[RULE], number.to_string())
                .await;
            answer.message_id()
        });
    }
    let ids: HashSet<String> = calls.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), COUNT);
    until_none_is_left("all deliveries", || async {
        COUNT.saturating_sub(destination.deliveries("thousand").len())
    })
    .await;
    let deliveries = destination.deliveries("thousand");
    let bodies: HashSet<_> = deliveries.iter().map(|delivery| &delivery.body).collect();
    assert_eq!((deliveries.len(), bodies.len()), (COUNT, COUNT));
}
