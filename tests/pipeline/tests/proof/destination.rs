//! Where messages go: takes, refuses, echoes, dawdles or answers garbage, and remembers what came.
//!
//! The first segment of a path says what is done, the second is the key under which it is remembered.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A message that came.
#[derive(Clone)]
pub struct Delivery {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Whether it was taken.
    pub is_taken: bool,
}

/// What is remembered.
#[derive(Default)]
struct Memory {
    deliveries: HashMap<String, Vec<Delivery>>,
    /// Under which keys something was taken.
    taken: HashSet<String>,
    healed: HashSet<String>,
    is_all_healed: bool,
}

/// A destination that runs until its runtime ends.
#[derive(Clone)]
pub struct Destination {
    memory: Arc<Mutex<Memory>>,
    pub url: String,
    /// Answers every request with the request itself, which is not HTTP.
    pub garbage_url: String,
}

/// A destination that is not there yet.
pub struct Down {
    address: SocketAddr,
    pub url: String,
}

impl Down {
    pub async fn come_up(&self) -> Destination {
        Destination::on(TcpListener::bind(self.address).await.unwrap()).await
    }
}

impl Destination {
    pub async fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap()).await
    }

    /// Reserves an address, at which nobody listens.
    pub async fn start_down() -> Down {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Down {
            address,
            url: format!("http://{address}"),
        }
    }

    async fn on(listener: TcpListener) -> Self {
        let garbage = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let destination = Self {
            memory: Arc::default(),
            url: url(&listener),
            garbage_url: url(&garbage),
        };
        let router = Router::new()
            .route("/control/deliveries/{key}", get(control_deliveries))
            .route("/control/heal/{key}", post(control_heal))
            .route("/{what}/{key}", any(take))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(destination.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        tokio::spawn(answer_garbage(garbage));
        destination
    }

    /// What came under `key`, in order.
    pub fn deliveries(&self, key: &str) -> Vec<Delivery> {
        self.memory()
            .deliveries
            .get(key)
            .cloned()
            .unwrap_or_default()
    }

    /// Takes from now on what was refused under `key`.
    pub fn heal(&self, key: &str) {
        self.memory().healed.insert(key.to_owned());
    }

    /// Takes from now on whatever was refused.
    pub fn heal_all(&self) {
        self.memory().is_all_healed = true;
    }

    /// How many of `keys` nothing was taken under.
    pub fn count_missing(&self, keys: &[String]) -> usize {
        let memory = self.memory();
        keys.iter()
            .filter(|key| !memory.taken.contains(*key))
            .count()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }
}

async fn take(
    State(destination): State<Destination>,
    Path((what, key)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let delivery = {
        let mut memory = destination.memory();
        let delivery = Delivery {
            method,
            uri,
            headers,
            body,
            is_taken: what == "ok" || memory.is_all_healed || memory.healed.contains(&key),
        };
        if delivery.is_taken {
            memory.taken.insert(key.clone());
        }
        let deliveries = memory.deliveries.entry(key).or_default();
        deliveries.push(delivery.clone());
        delivery
    };
    match &*what {
        _ if delivery.is_taken => StatusCode::OK.into_response(),
        "fail" => (StatusCode::INTERNAL_SERVER_ERROR, "not today").into_response(),
        "echo" => echo(&delivery),
        "slow" => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            StatusCode::OK.into_response()
        }
        "huge" => {
            // More than anybody keeps.
            let body = vec![b'x'; 8 * 1024 * 1024];
            (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Refuses a message with all that it held, in the body and in headers.
fn echo(delivery: &Delivery) -> Response {
    let mut text = format!("{} {}\n", delivery.method, delivery.uri).into_bytes();
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    for (name, value) in &delivery.headers {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
        if name != http::header::CONTENT_LENGTH {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    text.extend(&delivery.body);
    let encoded = STANDARD.encode(&delivery.body[..delivery.body.len().min(1000)]);
    let name = HeaderName::from_static("x-body");
    response
        .headers_mut()
        .insert(name, encoded.parse().unwrap());
    *response.body_mut() = Body::from(text);
    response
}

async fn answer_garbage(listener: TcpListener) {
    while let Ok((mut connection, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut request = vec![0; 64 * 1024];
            let length = connection.read(&mut request).await.unwrap_or_default();
            let _ = connection.write_all(&request[..length]).await;
        });
    }
}

async fn control_deliveries(
    State(destination): State<Destination>,
    Path(key): Path<String>,
) -> axum::Json<Value> {
    let deliveries = destination.deliveries(&key);
    let list = deliveries.iter().map(|delivery| {
        let headers: Vec<_> = delivery
            .headers
            .iter()
            .map(|(name, value)| json!([name.as_str(), STANDARD.encode(value)]))
            .collect();
        json!({
            "method": delivery.method.as_str(),
            "headers": headers,
            "body": STANDARD.encode(&delivery.body),
        })
    });
    axum::Json(list.collect())
}

async fn control_heal(State(destination): State<Destination>, Path(key): Path<String>) {
    destination.heal(&key);
}
