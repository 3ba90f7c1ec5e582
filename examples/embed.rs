//! A service that takes messages, delivers them, and never shows what is private in them: all of
//! `docs/embed.md` in one file. It keeps messages in memory, and has no HTTP client of its own.

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{Response, Result};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, ServiceExt};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use qstash_redact::publish::{Call, Guard, Publish, PublishLayer, Sealed, Shown, SigningKeys};
use qstash_redact::{Error, Fingerprint};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tower::Layer;

/// Originals are in here, and nowhere else.
#[derive(Default)]
pub(crate) struct Store {
    messages: Vec<Sealed>,
    schedules: BTreeMap<String, Sealed>,
}

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Arc<Mutex<Store>>,
    pub(crate) send: Arc<dyn Fn(http::Request<Bytes>) + Send + Sync>,
    pub(crate) log: Arc<dyn Fn(String) + Send + Sync>,
    /// Of the token that callers need.
    pub(crate) token: Fingerprint,
    pub(crate) keys: SigningKeys,
}

type Answer = Result<Json<Value>>;

/// Every error of the crate can be shown to anybody.
fn refuse(error: Error) -> (StatusCode, Json<Value>) {
    let error = json!({ "error": error.to_string() });
    (StatusCode::BAD_REQUEST, Json(error))
}

impl App {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stored first, then delivered.
    fn accept(&self, message: Sealed) -> Value {
        let mut store = self.store();
        let id = store.messages.len();
        store.messages.push(message.clone());
        self.deliver(&message);
        json!({ "messageId": id })
    }

    /// The one place that looks at originals.
    fn deliver(&self, message: &Sealed) {
        let original = message.deliver();
        let mut request = http::Request::new(original.body.clone());
        *request.method_mut() = original.method.clone();
        *request.headers_mut() = original.headers.clone();
        *request.uri_mut() = original.destination.parse().unwrap_or_default();
        (self.send)(request);
    }
}

/// Asks for the token, and logs each call as it is: behind the layer that is safe.
async fn admit(State(app): State<App>, request: Request, next: Next) -> Result<Response> {
    let (uri, headers) = (request.uri(), request.headers());
    (app.log)(format!("{} {uri} {headers:?}", request.method()));
    let call = request.extensions().get::<Call>();
    let token = call.and_then(Call::clear_token);
    // Fingerprints compare in the same time wherever they differ.
    if token.map(|token| Fingerprint::of(token.as_bytes())) != Some(app.token) {
        return Err(StatusCode::UNAUTHORIZED.into());
    }
    Ok(next.run(request).await)
}

/// A new message holds no placeholder that was read elsewhere.
fn guarded(message: Sealed) -> Result<Sealed, Error> {
    Guard::new().check(&message)?;
    Ok(message)
}

async fn publish(State(app): State<App>, Extension(call): Extension<Call>, body: Bytes) -> Answer {
    let message = call.seal(body).and_then(guarded).map_err(refuse)?;
    Ok(Json(app.accept(message)))
}

/// Each element has a rule of its own; all of them are taken, or none.
async fn batch(State(app): State<App>, Extension(call): Extension<Call>, body: Bytes) -> Answer {
    let calls = call.batch(&body).map_err(refuse)?.into_iter();
    let messages = calls.map(|call| call.seal().and_then(guarded));
    let messages: Vec<_> = messages.collect::<Result<_, _>>().map_err(refuse)?;
    let told = messages.into_iter().map(|message| app.accept(message));
    Ok(Json(told.collect()))
}

/// As if every delivery had failed.
async fn dead_letters(State(app): State<App>) -> Json<Value> {
    let store = app.store();
    Sealed::hash_together(&store.messages);
    let shown: Vec<Shown<'_>> = store.messages.iter().map(Sealed::as_message).collect();
    Json(json!({ "messages": shown }))
}

/// What is listed is redacted, what is delivered again is not.
async fn retry(State(app): State<App>, Path(id): Path<usize>) -> Answer {
    let message = app.store().messages.get(id).cloned();
    app.deliver(&message.ok_or(StatusCode::NOT_FOUND)?);
    Ok(Json(json!({})))
}

/// Makes a schedule, or updates it with what was read.
async fn schedule(State(app): State<App>, Extension(call): Extension<Call>, body: Bytes) -> Answer {
    let id = call.clear_headers().get("upstash-schedule-id");
    let id = id.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
    let (id, update) = (id.unwrap_or_default(), call.seal(body).map_err(refuse)?);
    let mut store = app.store();
    let kept = match store.schedules.get(&id) {
        Some(stored) => Guard::new().restore(stored, update),
        None => guarded(update),
    };
    store.schedules.insert(id.clone(), kept.map_err(refuse)?);
    Ok(Json(json!({ "scheduleId": id })))
}

async fn schedules(State(app): State<App>) -> Json<Value> {
    let store = app.store();
    let shown: Vec<Shown<'_>> = store.schedules.values().map(Sealed::as_schedule).collect();
    Json(json!(shown))
}

/// A schedule is due, and makes a message under its own rule.
async fn fire(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let message = app.store().schedules.get(&id).map(Sealed::fire);
    Ok(Json(app.accept(message.ok_or(StatusCode::NOT_FOUND)?)))
}

/// The other side, where QStash delivers to.
async fn hook(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Answer {
    let token = headers.get("upstash-signature");
    let token = token
        .and_then(|token| token.to_str().ok())
        .unwrap_or_default();
    let signature = app.keys.verify(token, SystemTime::now()).map_err(refuse)?;
    let fingerprint = Fingerprint::of(&body);
    signature.require_body(fingerprint).map_err(refuse)?;
    Ok(Json(json!({ "bytes": body.len() })))
}

pub(crate) fn service(app: App) -> Publish<Router> {
    let router = Router::new()
        .route("/v2/publish/{*destination}", post(publish))
        .route("/v2/batch", post(batch))
        .route("/v2/dlq", get(dead_letters))
        .route("/v2/dlq/retry/{id}", post(retry))
        .route("/v2/schedules", get(schedules))
        .route("/v2/schedules/{*destination}", post(schedule))
        .route("/fire/{id}", post(fire))
        .route_layer(middleware::from_fn_with_state(app.clone(), admit))
        .route("/hook", post(hook))
        // QStash's largest message.
        .layer(DefaultBodyLimit::max(52_428_800))
        .with_state(app);
    // Around the router, which notes the URI before its own layers are called.
    PublishLayer.layer(router)
}

#[tokio::main]
#[allow(dead_code, clippy::print_stdout, reason = "not when it is tested")]
async fn main() -> std::io::Result<()> {
    let key = |name| std::env::var(name).unwrap_or_default();
    let [current, next] = ["QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY"].map(key);
    let app = App {
        store: Arc::default(),
        send: Arc::new(|request| println!("delivered {} bytes", request.body().len())),
        log: Arc::new(|line| println!("{line}")),
        token: Fingerprint::of(b"dev"),
        keys: SigningKeys::new(&current, &next).map_err(std::io::Error::other)?,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(
        listener,
        ServiceExt::<Request>::into_make_service(service(app)),
    )
    .await
}
