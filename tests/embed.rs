//! The example of a service that embeds the crate, driven as its callers would.

#[path = "../examples/embed.rs"]
#[allow(dead_code, reason = "a program of its own")]
mod embed;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Path};
use axum::routing::post;
use bytes::Bytes;
use embed::App;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use qstash_redact::publish::{Publish, PublishLayer, SigningKeys};
use qstash_redact::{Fingerprint, Placeholder};
use serde_json::Value;
use std::sync::{Arc, Mutex, mpsc};
use tower::{Layer, ServiceExt};

struct Service {
    service: Publish<Router>,
    deliveries: mpsc::Receiver<Request<Bytes>>,
    logged: Arc<Mutex<String>>,
}

impl Service {
    fn start() -> Self {
        let (outbox, deliveries) = mpsc::channel();
        let logged = Arc::<Mutex<String>>::default();
        let log = Arc::clone(&logged);
        let app = App {
            store: Arc::default(),
            send: Arc::new(move |request| outbox.send(request).unwrap()),
            log: Arc::new(move |line| log.lock().unwrap().push_str(&line)),
            token: Fingerprint::of(b"t0ken"),
            keys: SigningKeys::new("current", "next").unwrap(),
        };
        Self {
            service: embed::service(app),
            deliveries,
            logged,
        }
    }

    async fn ask(
        &self,
        request: http::request::Builder,
        body: impl Into<Body>,
    ) -> (StatusCode, String) {
        let request = request.header("authorization", "Bearer t0ken");
        let request = request.body(body.into()).unwrap();
        let response = self.service.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn read(&self, path: &str) -> Value {
        let (status, body) = self.ask(Request::get(path), "").await;
        assert_eq!(status, StatusCode::OK);
        assert!(!body.contains("s3cret"), "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

fn placeholder(value: &str) -> String {
    Placeholder::of(value.as_bytes()).to_string()
}

#[tokio::test]
async fn originals_are_delivered_and_placeholders_shown() {
    let service = Service::start();
    let request = Request::post("/v2/publish/https://h/hook?s3cret=1")
        .header("upstash-redact-fields", "body,header[X-Key]")
        .header("upstash-forward-x-key", "s3cret key");
    let (status, answer) = service.ask(request, "s3cret body").await;
    assert_eq!((status, &*answer), (StatusCode::OK, r#"{"messageId":0}"#));
    let batch = r#"[{"destination":"https://h/b","headers":{"upstash-redact-fields":"body"},"body":"s3cret"}]"#;
    let (status, _) = service.ask(Request::post("/v2/batch"), batch).await;
    assert_eq!(status, StatusCode::OK);

    let page = service.read("/v2/dlq").await;
    let message = &page["messages"][0];
    assert_eq!(message["url"], placeholder("https://h/hook?s3cret=1"));
    assert_eq!(message["body"], placeholder("s3cret body"));
    assert_eq!(message["header"]["X-Key"][0], placeholder("s3cret key"));
    assert_eq!(page["messages"][1]["body"], placeholder("s3cret"));
    // What was read is no body, neither alone nor in a batch.
    let read = placeholder("s3cret");
    let batch = format!(r#"[{{"destination":"https://h/b","body":"{read}"}}]"#);
    for (path, body) in [("publish/https://h/b", read), ("batch", batch)] {
        let (status, _) = service
            .ask(Request::post(format!("/v2/{path}")), body)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    let (status, _) = service.ask(Request::post("/v2/dlq/retry/0"), "").await;
    assert_eq!(status, StatusCode::OK);
    let delivered: Vec<_> = service.deliveries.try_iter().collect();
    assert_eq!(delivered.len(), 3);
    for request in [&delivered[0], &delivered[2]] {
        assert_eq!(request.uri(), "https://h/hook?s3cret=1");
        assert_eq!(request.headers()["x-key"], "s3cret key");
        assert_eq!(request.body(), "s3cret body");
    }
    let logged = service.logged.lock().unwrap();
    let url = placeholder("https://h/hook?s3cret=1");
    assert!(
        logged.contains(&format!("POST /v2/publish/{url} {{")),
        "{logged}"
    );
    assert!(
        !logged.contains("s3cret") && !logged.contains("t0ken"),
        "{logged}"
    );
}

#[tokio::test]
async fn a_delivery_is_taken_if_its_signature_is_that_of_its_body() {
    // Made with HMAC-SHA-256 and the key `current` for the body `delivered`; it expires in 2100.
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJVcHN0YXNoIiwic3ViIjoiaHR0cHM6Ly9oL2hvb2siLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTcwMDAwMDAwMCwiaWF0IjoxNzAwMDAwMDAwLCJqdGkiOiJqd3RfMSIsImJvZHkiOiJOejRIRXNnOF8tRmY5Q2UyRG5pTFZKLUNTV19sX1ZPUjk1SVlNckJNYXlBIn0.fmT89hTpqR6glTFxM99IfDa2YBuy4NdC31Bf-p_v9Jc";
    let service = Service::start();
    for (body, status) in [
        ("delivered", StatusCode::OK),
        ("forged", StatusCode::BAD_REQUEST),
    ] {
        let request = Request::post("/hook").header("upstash-signature", TOKEN);
        assert_eq!(service.ask(request, body).await.0, status);
    }
}

#[tokio::test]
async fn a_schedule_survives_being_read_and_written() {
    let service = Service::start();
    let put = |key: &str| {
        Request::post("/v2/schedules/https://h/hook")
            .header("upstash-schedule-id", "s1")
            .header("upstash-redact-fields", "body,header[X-Key]")
            .header("upstash-forward-x-key", key)
    };
    service.ask(put("s3cret key"), "s3cret body").await;
    let read = service.read("/v2/schedules").await;
    let (key, body) = (&read[0]["header"]["X-Key"][0], &read[0]["body"]);
    let (key, body) = (key.as_str().unwrap(), body.as_str().unwrap().to_owned());
    let (status, _) = service.ask(put(key), body.clone()).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = service.ask(Request::post("/fire/s1"), "").await;
    assert_eq!(status, StatusCode::OK);
    let delivered = service.deliveries.try_recv().unwrap();
    assert_eq!(delivered.headers()["x-key"], "s3cret key");
    assert_eq!(delivered.body(), "s3cret body");

    // Nobody who cannot read it sends it to a host of theirs.
    let mut elsewhere = put(key);
    elsewhere = elsewhere.uri("/v2/schedules/https://elsewhere/");
    let (status, answer) = service.ask(elsewhere, body.clone()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer.contains("member `destination`"), "{answer}");

    let (status, answer) = service.ask(put(key), body[..40].to_owned()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer.contains("member `body`"), "{answer}");
    assert_eq!(service.read("/v2/schedules").await, read);
}

#[tokio::test]
async fn what_is_not_understood_is_refused_and_nothing_stored() {
    let service = Service::start();
    for (path, rule) in [("a", "bodi"), ("a?upstash-redact-fields=header%5B", "body")] {
        let request =
            Request::post(format!("/v2/publish/{path}")).header("upstash-redact-fields", rule);
        let (status, answer) = service.ask(request, "s3cret").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(
            answer.starts_with(r#"{"error":""#) && !answer.contains("s3cret"),
            "{answer}"
        );
    }
    let large = vec![b'x'; 60 << 20];
    let (status, _) = service.ask(Request::post("/v2/publish/a"), large).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, answer) = service
        .ask(
            Request::post("/hook").header("upstash-signature", "a.b.c"),
            "",
        )
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    for stranger in [
        Request::get("/v2/dlq?qstash_token=s3cret"),
        Request::post("/fire/schedule"),
    ] {
        let stranger = stranger.body(Body::empty()).unwrap();
        let response = service.service.clone().oneshot(stranger).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(
        service.read("/v2/dlq").await["messages"],
        serde_json::json!([])
    );
    assert!(service.deliveries.try_recv().is_err());
}

#[tokio::test]
async fn around_a_router_the_layer_leaves_nothing_in_clear_for_loggers() {
    async fn noted(OriginalUri(uri): OriginalUri, Path(path): Path<String>) -> String {
        format!("{uri} {path}")
    }
    let router = Router::new().route("/v2/publish/{*destination}", post(noted));
    let destination = "https://user:s3cret@h/hook?key=s3cret";
    let request = Request::post(format!("/v2/publish/{destination}"));
    let request = request.body(Body::empty()).unwrap();
    let response = PublishLayer.layer(router).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let shown = placeholder(destination);
    assert_eq!(body, format!("/v2/publish/{shown} {shown}"));
}

#[test]
fn the_page_about_embedding_shows_all_of_the_example() {
    let page = include_str!("../docs/embed.md");
    let pieces: Vec<&str> = page
        .split("```rust,ignore\n")
        .skip(1)
        .filter_map(|piece| piece.split("```").next())
        .collect();
    assert_eq!(pieces.join("\n"), include_str!("../examples/embed.rs"));
}
