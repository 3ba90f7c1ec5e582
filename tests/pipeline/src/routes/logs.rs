//! The log of what happened to messages.

use super::Pipeline;
use crate::answer::Answer;
use crate::query::Query;
use crate::show::EventView;
use crate::store::events::{self, Wanted};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::Uri;
use serde::Serialize;

/// The largest page.
const PAGE: usize = 1000;

/// A page of events.
#[derive(Serialize)]
struct Events<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'e str>,
    events: Vec<EventView<'e>>,
}

/// `GET /v2/events`, and `GET /v2/logs`: the newest first.
pub(super) async fn list(State(pipeline): State<Pipeline>, uri: Uri) -> Answer {
    let known = [
        "count",
        "cursor",
        "messageId",
        "messageIds",
        "state",
        "queueName",
        "scheduleId",
    ];
    let query = Query::read(&uri, &known)?;
    let mut message_ids = query.all("messageId");
    message_ids.extend(query.all("messageIds"));
    let wanted = Wanted {
        message_ids,
        state: query.one("state"),
        queue: query.one("queueName"),
        schedule_id: query.one("scheduleId"),
        before: query.cursor()?,
    };
    let count = query.count(PAGE)?;
    let list = pipeline
        .store
        .run(move |transaction| events::list(transaction, &wanted, count));
    let page = list.await?;
    let views: Vec<_> = page
        .items
        .iter()
        .map(EventView::of)
        .collect::<Answer<_>>()?;
    let page = Events {
        cursor: page.cursor.as_deref(),
        events: views,
    };
    Ok(Json(page).into_response())
}
