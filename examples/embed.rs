//! A service that takes messages, delivers them, and never shows what is private in them.
//!
//! ```console
//! $ cargo run --example embed --features tower,signature
//! $ curl -H 'Authorization: Bearer dev' -H 'Upstash-Redact-Fields: body,header[X-Key]' \
//!     -H 'Upstash-Forward-X-Key: secret' -d hello 'localhost:8080/v2/publish/https://example.com/hook'
//! $ curl -H 'Authorization: Bearer dev' localhost:8080/v2/dlq
//! ```
//!
//! It keeps everything in memory, and to deliver is to hand a request to whoever has an HTTP client.

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, ServiceExt};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use qstash_redact::publish::{
    BodyFingerprint, Call, Guard, Publish, PublishLayer, Sealed, Shown, SigningKeys,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::SystemTime;
use tower::Layer;

/// What QStash's largest plan allows, in bytes.
const MAX_BODY: usize = 52_428_800;

/// Originals are in here, and nowhere else.
#[derive(Default)]
struct Store {
    messages: BTreeMap<u64, Sealed>,
    schedules: BTreeMap<String, Sealed>,
}

#[derive(Clone)]
pub(crate) struct App {
    store: Arc<Mutex<Store>>,
    /// Where deliveries go.
    outbox: mpsc::Sender<Request<Bytes>>,
    keys: SigningKeys,
    token: &'static str,
}

/// A message as it is listed: what this service knows, and what may be shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'m> {
    message_id: String,
    #[serde(flatten)]
    shown: Shown<'m>,
}

/// Every error of the crate can be shown to anybody.
struct Refused(StatusCode, String);

impl From<qstash_redact::Error> for Refused {
    fn from(error: qstash_redact::Error) -> Self {
        Self(StatusCode::BAD_REQUEST, error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn unknown() -> Refused {
    Refused(StatusCode::NOT_FOUND, "nothing has this id".to_owned())
}

type Answer = Result<Json<Value>, Refused>;

impl App {
    pub(crate) fn new(
        outbox: mpsc::Sender<Request<Bytes>>,
        keys: SigningKeys,
        token: &'static str,
    ) -> Self {
        let store = Arc::default();
        Self {
            store,
            outbox,
            keys,
            token,
        }
    }

    fn store(&self) -> std::sync::MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, call: &Call) -> Result<(), Refused> {
        match call.clear_token() {
            Some(token) if token == self.token => Ok(()),
            _ => Err(Refused(
                StatusCode::UNAUTHORIZED,
                "unknown token".to_owned(),
            )),
        }
    }

    /// Accepts a message: stored first, then delivered.
    fn accept(&self, message: Sealed) -> Value {
        let mut store = self.store();
        let id = store.messages.len() as u64 + 1;
        self.deliver(&message);
        store.messages.insert(id, message);
        json!({ "messageId": format!("msg_{id}") })
    }

    /// The one place that looks at originals.
    fn deliver(&self, message: &Sealed) {
        let original = message.deliver();
        let mut request = Request::new(original.body.clone());
        *request.method_mut() = original.method.clone();
        *request.headers_mut() = original.headers.clone();
        *request.uri_mut() = original.destination.parse().unwrap_or_default();
        // Nobody listens any more when the service stops.
        let _ = self.outbox.send(request);
    }
}

/// `POST /v2/publish/{destination}`
async fn publish(State(app): State<App>, Extension(call): Extension<Call>, body: Bytes) -> Answer {
    app.admit(&call)?;
    let message = call.seal(body)?;
    Guard::new().check(&message)?;
    Ok(Json(app.accept(message)))
}

/// `POST /v2/batch`: each element has a rule of its own.
async fn batch(State(app): State<App>, Extension(call): Extension<Call>, body: Bytes) -> Answer {
    app.admit(&call)?;
    let calls = call.batch(&body)?.into_iter();
    // All of them, or none.
    let messages: Vec<Sealed> = calls.map(|call| call.seal()).collect::<Result<_, _>>()?;
    messages
        .iter()
        .try_for_each(|message| Guard::new().check(message))?;
    let told = messages.into_iter().map(|message| app.accept(message));
    Ok(Json(told.collect()))
}

/// `GET /v2/dlq`: here every delivery has failed.
async fn dead(State(app): State<App>, Extension(call): Extension<Call>) -> Answer {
    app.admit(&call)?;
    let store = app.store();
    let listed = store.messages.iter().map(|(id, message)| Listed {
        message_id: format!("msg_{id}"),
        shown: message.as_message(),
    });
    Ok(Json(json!({ "messages": listed.collect::<Vec<_>>() })))
}

/// `POST /v2/dlq/retry/{id}`: what is listed is redacted, what is delivered again is not.
async fn retry(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    Path(id): Path<u64>,
) -> Answer {
    app.admit(&call)?;
    let message = app.store().messages.get(&id).cloned();
    app.deliver(&message.ok_or_else(unknown)?);
    Ok(Json(json!({})))
}

/// `POST /v2/schedules/{destination}`: makes a schedule, or updates one with what was read back.
async fn schedule(State(app): State<App>, Extension(call): Extension<Call>, body: Bytes) -> Answer {
    app.admit(&call)?;
    let id = call.clear_headers().get("upstash-schedule-id");
    let id = id
        .and_then(|id| id.to_str().ok())
        .unwrap_or("schedule")
        .to_owned();
    let update = call.seal(body)?;
    let mut store = app.store();
    let kept = match store.schedules.get(&id) {
        Some(stored) => Guard::new().restore(stored, update)?,
        None => Guard::new().check(&update).map(|()| update)?,
    };
    store.schedules.insert(id.clone(), kept);
    Ok(Json(json!({ "scheduleId": id })))
}

/// `GET /v2/schedules`
async fn schedules(State(app): State<App>, Extension(call): Extension<Call>) -> Answer {
    app.admit(&call)?;
    let store = app.store();
    let shown = store.schedules.values().map(Sealed::as_schedule);
    Ok(Json(json!(shown.collect::<Vec<_>>())))
}

/// `POST /fire/{id}`: a schedule is due, and makes a message under its own rule.
async fn fire(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let message = app.store().schedules.get(&id).map(Sealed::fire);
    Ok(Json(app.accept(message.ok_or_else(unknown)?)))
}

/// `POST /hook`: the other side, where QStash delivers to.
async fn hook(
    State(app): State<App>,
    Extension(fingerprint): Extension<BodyFingerprint>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let token = headers
        .get("upstash-signature")
        .and_then(|token| token.to_str().ok());
    let signature = app
        .keys
        .verify(token.unwrap_or_default(), SystemTime::now())?;
    let cut_off = || Refused(StatusCode::BAD_REQUEST, "the body was cut off".to_owned());
    // Hashed while it came in; `Fingerprint::of(&body)` is the same.
    signature.require_body(fingerprint.get().ok_or_else(cut_off)?)?;
    Ok(Json(json!({ "bytes": body.len() })))
}

pub(crate) fn service(app: App) -> Publish<Router> {
    let router = Router::new()
        .route("/v2/publish/{*destination}", post(publish))
        .route("/v2/batch", post(batch))
        .route("/v2/dlq", get(dead))
        .route("/v2/dlq/retry/{id}", post(retry))
        .route("/v2/schedules", get(schedules))
        .route("/v2/schedules/{*destination}", post(schedule))
        .route("/fire/{id}", post(fire))
        .route("/hook", post(hook))
        // Loggers go here, into the router: what they see is safe to log.
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app);
    PublishLayer.layer(router)
}

#[tokio::main]
#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "a program when it is run, a module when it is tested"
)]
async fn main() -> std::io::Result<()> {
    let (outbox, deliveries) = mpsc::channel::<Request<Bytes>>();
    std::thread::spawn(move || {
        for request in deliveries {
            println!("delivering {} bytes", request.body().len());
        }
    });
    let key = |name| std::env::var(name).unwrap_or_default();
    let keys = SigningKeys::new(
        &key("QSTASH_CURRENT_SIGNING_KEY"),
        &key("QSTASH_NEXT_SIGNING_KEY"),
    )
    .map_err(std::io::Error::other)?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
    let service = service(App::new(outbox, keys, "dev"));
    axum::serve(
        listener,
        ServiceExt::<Request<Body>>::into_make_service(service),
    )
    .await
}
