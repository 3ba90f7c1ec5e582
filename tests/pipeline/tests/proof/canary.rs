//! Secrets are planted wherever a caller can put one, everything is called that can be, and then
//! everything that the pipeline wrote is searched, but for the deliveries and the database.

use crate::call::{Caller, eventually};
use crate::destination::Destination;
use crate::process::{Directory, Pipeline, TOKEN};
use crate::secrets;
use serde_json::{Value, json};
use std::cell::RefCell;

/// What all secrets hold, so that one search finds any of them.
const MARK: &str = "canary-swordfish";

/// Makes secrets, and knows all that it made.
#[derive(Default)]
struct Canaries(RefCell<Vec<String>>);

impl Canaries {
    fn plant(&self, place: &str) -> String {
        let number = self.0.borrow().len();
        let secret = format!("{MARK}-{number}-{place}");
        self.0.borrow_mut().push(secret.clone());
        secret
    }
}

struct World<'w> {
    caller: Caller,
    destination: &'w Destination,
    canaries: &'w Canaries,
}

impl World<'_> {
    /// A destination of which everything is a secret that can be.
    fn secret_url(&self, what: &str) -> String {
        let url = self.destination.url.replacen(
            "http://",
            &format!(
                "http://{}:{}@",
                self.canaries.plant("user"),
                self.canaries.plant("password")
            ),
            1,
        );
        format!("{url}/{what}?token={}", self.canaries.plant("query"))
    }

    /// Headers with secrets in every place, and a rule that selects them.
    fn headers(&self, rule: &str) -> Vec<(String, String)> {
        let mut headers = vec![("upstash-redact-fields".to_owned(), rule.to_owned())];
        for name in ["authorization", "x-api-key", "x_odd.name~1"] {
            for prefix in ["", "callback-", "failure-callback-"] {
                let name = format!("upstash-{prefix}forward-{name}");
                headers.push((name, self.canaries.plant("header")));
            }
        }
        for name in ["upstash-callback", "upstash-failure-callback"] {
            headers.push((name.to_owned(), self.secret_url("ok/callback")));
            // As the Python client spells a header for a callback.
            headers.push((
                format!("{name}-authorization"),
                self.canaries.plant("callback"),
            ));
        }
        headers.push(("upstash-retries".to_owned(), "1".to_owned()));
        headers.push(("upstash-retry-delay".to_owned(), "1".to_owned()));
        headers
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: String,
    ) -> u16 {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        self.caller.call(method, path, &headers, body).await.status
    }

    /// Publishes in every way to a destination that does `what`.
    async fn publish(&self, what: &str) {
        for rule in [
            "body,header",
            "body,header[Authorization],header[X-Api-Key],header[X_Odd.Name~1]",
        ] {
            for way in ["publish", "enqueue/queue"] {
                let path = format!("/v2/{way}/{}", self.secret_url(what));
                let path = format!("{path}&qstash_token={}", self.canaries.plant("token"));
                let body = self.canaries.plant("body");
                assert_eq!(
                    self.send("POST", &path, &self.headers(rule), body).await,
                    200
                );
            }
            let body: Vec<Value> = [
                json!(self.canaries.plant("text")),
                json!({ "in": [self.canaries.plant("object")] }),
            ]
            .into_iter()
            .map(|body| {
                let headers: serde_json::Map<_, _> = self
                    .headers(rule)
                    .into_iter()
                    .map(|(name, value)| (name, value.into()))
                    .collect();
                json!({ "destination": self.secret_url(what), "headers": headers, "body": body })
            })
            .collect();
            assert_eq!(
                self.send("POST", "/v2/batch", &[], json!(body).to_string())
                    .await,
                200
            );
        }
        // Without a rule, a URL hides its secrets all the same.
        let path = format!("/v2/publish/{}", self.secret_url(what));
        assert_eq!(
            self.send(
                "POST",
                &path,
                &[("upstash-retries".into(), "0".into())],
                String::new()
            )
            .await,
            200
        );
        // All headers of the call are for the destination.
        let mut headers = self.headers("header");
        headers.push(("upstash-header-forward".into(), "true".into()));
        headers.push(("x-plain".into(), self.canaries.plant("plain")));
        headers.push(("cookie".into(), self.canaries.plant("cookie")));
        let path = format!("/v2/publish/{}", self.secret_url(what));
        assert_eq!(self.send("POST", &path, &headers, String::new()).await, 200);
    }

    /// Makes mistakes, all of which hold secrets.
    async fn err(&self) {
        let url = self.secret_url("ok/refused");
        for rule in ["body,header[", "bodi", "header[a b]"] {
            for path in [format!("/v2/publish/{url}"), format!("/v2/schedules/{url}")] {
                let status = self
                    .send(
                        "POST",
                        &path,
                        &self.headers(rule),
                        self.canaries.plant("body"),
                    )
                    .await;
                assert_eq!(status, 400);
            }
        }
        let headers = self.headers("body");
        let secret = || self.canaries.plant("mistake");
        for (status, method, path, body) in [
            (400, "POST", "/v2/batch".to_owned(), format!("[{{\"body\":\"{}", secret())),
            (400, "POST", "/v2/batch".to_owned(), format!("{{\"{}\":1}}", secret())),
            (400, "POST", "/v2/batch".to_owned(), json!([{ "body": secret() }]).to_string()),
            (400, "POST", "/v2/batch".to_owned(), json!([{ "destination": secret(), "headers": { secret(): 1 } }]).to_string()),
            (400, "POST", "/v2/batch".to_owned(), json!([{ "destination": secret(), "headers": { "a": "b\n".to_owned() + &secret() } }]).to_string()),
            (400, "POST", format!("/v2/publish/{}", secret()), secret()),
            (400, "POST", format!("/v2/publish/https://{}:x@host/", secret()), secret()),
            (412, "POST", format!("/v2/publish/{url}"), format!("Bearer REDACTED:{}", secret())),
            (400, "GET", format!("/v2/dlq?{}=1", secret()), String::new()),
            (400, "GET", format!("/v2/events?cursor={}", secret()), String::new()),
            (404, "GET", format!("/v2/messages/{}", secret()), String::new()),
            (404, "GET", format!("/v2/schedules/{}", secret()), String::new()),
            (404, "DELETE", format!("/v2/dlq/{}", secret()), String::new()),
            (400, "DELETE", "/v2/dlq".to_owned(), json!({ secret(): 1 }).to_string()),
            (404, "POST", format!("/{}?{}", secret(), secret()), secret()),
            (404, &secret(), "/v2/dlq".to_owned(), String::new()),
        ] {
            assert_eq!(self.send(method, &path, &headers, body).await, status, "{method} {path}");
        }
        for name in ["upstash-delay", "upstash-retries", "upstash-method"] {
            let mut headers = self.headers("header");
            headers.push((
                name.to_owned(),
                format!("{} {}", self.canaries.plant("setting"), "x"),
            ));
            self.send(
                "POST",
                &format!("/v2/publish/{url}"),
                &headers,
                String::new(),
            )
            .await;
        }
        let stranger = [(
            "authorization".to_owned(),
            format!("Bearer {}", self.canaries.plant("stranger")),
        )];
        assert_eq!(
            self.send("GET", "/v2/dlq", &stranger, String::new()).await,
            401
        );
    }

    /// Makes a schedule, updates it with what is read, and lets it fire.
    async fn schedule(&self) {
        let path = format!("/v2/schedules/{}", self.secret_url("echo/schedule"));
        let mut headers = self.headers("body,header");
        headers.push(("upstash-cron".into(), "* * * * *".into()));
        headers.push(("upstash-schedule-id".into(), "schedule".into()));
        assert_eq!(
            self.send("POST", &path, &headers, self.canaries.plant("schedule"))
                .await,
            200
        );
        let read = self.caller.get("/v2/schedules/schedule").await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut headers = vec![
            ("upstash-cron".to_owned(), "* * * * *".to_owned()),
            ("upstash-schedule-id".to_owned(), "schedule".to_owned()),
        ];
        for (name, values) in read["header"].as_object().unwrap() {
            headers.push((format!("upstash-forward-{name}"), text(&values[0])));
        }
        let path = format!("/v2/schedules/{}", text(&read["destination"]));
        assert_eq!(
            self.send("POST", &path, &headers, text(&read["body"]))
                .await,
            200
        );
        assert_eq!(
            self.send("POST", "/test/schedules/schedule/fire", &[], String::new())
                .await,
            200
        );
        // Something else in the place of a placeholder.
        let body = format!(
            "{}REDACTED:{}",
            self.canaries.plant("forged"),
            "0".repeat(64)
        );
        assert_eq!(self.send("POST", &path, &headers, body).await, 412);
    }

    /// Reads everything there is.
    async fn read(&self) {
        let events = self.caller.get("/v2/events?count=1000").await;
        for event in events["events"].as_array().unwrap() {
            let id = event["messageId"].as_str().unwrap();
            self.caller.get(&format!("/v2/messages/{id}")).await;
        }
        for dead in self.caller.get("/v2/dlq").await["messages"]
            .as_array()
            .unwrap()
        {
            let id = dead["dlqId"].as_str().unwrap();
            self.caller.get(&format!("/v2/dlq/{id}")).await;
        }
        self.caller.get("/v2/schedules").await;
    }

    /// Waits until nothing is under way any more.
    async fn settle(&self) {
        eventually("the end of all deliveries", || async {
            let events = self.caller.get("/v2/events?count=1000").await;
            let count = |states: &[&str]| {
                let events = events["events"].as_array().unwrap().iter();
                events
                    .filter(|event| states.contains(&event["state"].as_str().unwrap()))
                    .count()
            };
            (count(&["CREATED"]) == count(&["DELIVERED", "FAILED"])).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_anything_that_is_written() {
    let (directory, destination) = (Directory::new(), Destination::start().await);
    let canaries = Canaries::default();
    let mut caller = Caller::new("");
    for is_first in [true, false] {
        let pipeline = Pipeline::start(&directory);
        caller = caller.at(&pipeline.url);
        let world = World {
            caller: caller.clone(),
            destination: &destination,
            canaries: &canaries,
        };
        if is_first {
            for what in ["ok/a", "fail/a", "echo/a", "nothing/a"] {
                world.publish(what).await;
            }
            world.err().await;
            world.schedule().await;
            world.settle().await;
        } else {
            world
                .caller
                .call("POST", "/v2/dlq/retry?count=5", &[], "")
                .await;
            world.settle().await;
        }
        world.read().await;
        pipeline.kill().unwrap();
    }

    let (database, mut texts): (Vec<_>, Vec<_>) = directory
        .files()
        .into_iter()
        .partition(|(name, _)| name.starts_with("database"));
    assert!(
        texts
            .iter()
            .any(|(name, text)| name.ends_with(".err") && text.len() > 1000)
    );
    texts.push(("the answers".to_owned(), caller.answers()));
    let planted = canaries.0.take();
    println!("{} secrets", planted.len());
    // The search does find what is there.
    for secret in planted
        .iter()
        .filter(|secret| secret.ends_with("body"))
        .take(4)
    {
        assert!(secrets::find(secret, &database).is_some(), "{secret}");
    }
    for secret in [MARK, TOKEN] {
        assert_eq!(secrets::find(secret, &texts), None, "{secret}");
    }
}
