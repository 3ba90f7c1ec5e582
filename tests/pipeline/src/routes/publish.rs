//! Calls that make messages: publish, enqueue and batch.

use super::Pipeline;
use crate::answer::{Answer, Refusal};
use crate::body;
use crate::deliver::Destination;
use crate::settings::{self, Settings};
use crate::store::NewMessage;
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use qstash_redact::publish::{Call, Guard, Sealed};
use serde_json::{Value, json};

/// A message that a call asks for.
struct Ordered {
    sealed: Sealed,
    settings: Settings,
    queue: Option<String>,
}

impl Ordered {
    /// Takes what is in order; whatever can be wrong is found here, before anything is stored.
    fn new(sealed: Sealed, settings: Settings, queue: Option<String>) -> Answer<Self> {
        Guard::new().check(&sealed)?;
        Destination::read(&sealed.deliver().destination).map_err(Refusal::bad_request)?;
        Ok(Self {
            sealed,
            settings,
            queue,
        })
    }
}

/// `POST /v2/publish/{destination}`
pub(super) async fn publish(State(pipeline): State<Pipeline>, request: Request) -> Answer {
    let order = read(request, None).await?;
    Ok(one(store(&pipeline, vec![order]).await?))
}

/// `POST /v2/enqueue/{queue}/{destination}`
pub(super) async fn enqueue(
    State(pipeline): State<Pipeline>,
    Path((queue, _destination)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let order = read(request, Some(queue)).await?;
    Ok(one(store(&pipeline, vec![order]).await?))
}

/// `POST /v2/batch`: all of its messages, or none.
pub(super) async fn batch(State(pipeline): State<Pipeline>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let call = Call::read(&parts)?;
    settings::refuse_parameters(&parts.uri)?;
    let orders: Vec<Ordered> = call
        .batch(&body::read(body).await?)?
        .into_iter()
        .map(|element| {
            let settings = Settings::read(element.call.clear_headers())?;
            let queue = element.queue.clone();
            Ordered::new(element.seal()?, settings, queue)
        })
        .collect::<Answer<_>>()?;
    Ok(Json(store(&pipeline, orders).await?).into_response())
}

/// Reads a call that makes one message.
async fn read(request: Request, queue: Option<String>) -> Answer<Ordered> {
    let (parts, body) = request.into_parts();
    // What the headers say can be refused before the body is read.
    let call = Call::read(&parts)?;
    settings::refuse_parameters(&parts.uri)?;
    let settings = Settings::read(&parts.headers)?;
    Ordered::new(call.seal(body::read(body).await?)?, settings, queue)
}

/// Stores all messages or none, and says for each what its caller is told.
async fn store(pipeline: &Pipeline, orders: Vec<Ordered>) -> Answer<Vec<Value>> {
    let store = pipeline.store.run(move |transaction| {
        let insert = |order: &Ordered| {
            let message = NewMessage {
                sealed: &order.sealed,
                settings: &order.settings,
                queue: order.queue.as_deref(),
                schedule_id: None,
            };
            Ok(json!({ "messageId": message.insert(transaction)? }))
        };
        orders.iter().map(insert).collect()
    });
    let told = store.await?;
    pipeline.news.notify_one();
    Ok(told)
}

/// What the caller is told who asked for one message.
fn one(mut told: Vec<Value>) -> Response {
    Json(told.pop()).into_response()
}
