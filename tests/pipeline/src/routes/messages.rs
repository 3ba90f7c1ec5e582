//! Calls about one message.

use super::Pipeline;
use crate::answer::Answer;
use crate::show::MessageView;
use crate::store::messages;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;

/// `GET /v2/messages/{id}`
pub(super) async fn get(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> Answer {
    let get = pipeline
        .store
        .run(move |transaction| messages::get(transaction, &id));
    Ok(Json(MessageView::of(&get.await?)).into_response())
}
