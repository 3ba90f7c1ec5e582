//! Calls about dead letters.

use super::Pipeline;
use crate::answer::{Answer, Refusal};
use crate::body;
use crate::query::Query;
use crate::show::DeadView;
use crate::store::dlq::{self, Wanted};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::Uri;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The largest page, and the most that one call changes.
const PAGE: usize = 100;

const KNOWN: [&str; 6] = [
    "count",
    "cursor",
    "dlqIds",
    "messageId",
    "queueName",
    "scheduleId",
];

fn wanted(query: &Query) -> Answer<Wanted> {
    Ok(Wanted {
        ids: query.all("dlqIds"),
        message_ids: query.all("messageId"),
        queue: query.one("queueName"),
        schedule_id: query.one("scheduleId"),
        behind: query.cursor()?,
    })
}

/// A page of dead letters.
#[derive(Serialize)]
struct Messages<'d> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'d str>,
    messages: Vec<DeadView<'d>>,
}

/// `GET /v2/dlq`
pub(super) async fn list(State(pipeline): State<Pipeline>, uri: Uri) -> Answer {
    let query = Query::read(&uri, &KNOWN)?;
    let (wanted, count) = (wanted(&query)?, query.count(PAGE)?);
    let list = pipeline
        .store
        .run(move |transaction| dlq::list(transaction, &wanted, count));
    let page = list.await?;
    let views: Vec<_> = page.items.iter().map(DeadView::of).collect::<Answer<_>>()?;
    let page = Messages {
        cursor: page.cursor.as_deref(),
        messages: views,
    };
    Ok(Json(page).into_response())
}

/// `GET /v2/dlq/{id}`
pub(super) async fn get(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> Answer {
    let get = pipeline
        .store
        .run(move |transaction| dlq::get(transaction, &id));
    Ok(Json(DeadView::of(&get.await?)?).into_response())
}

/// `DELETE /v2/dlq/{id}`
pub(super) async fn delete(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> Answer {
    let delete = pipeline.store.run(move |transaction| {
        let dead = dlq::get(transaction, &id)?;
        dlq::delete(transaction, &dead)
    });
    delete.await?;
    Ok(().into_response())
}

/// The body of a call that deletes some, as the Python client sends it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Selection {
    dlq_ids: Vec<String>,
}

/// `DELETE /v2/dlq`, which says in its query or in its body what to delete.
pub(super) async fn delete_many(
    State(pipeline): State<Pipeline>,
    uri: Uri,
    request_body: Body,
) -> Answer {
    let query = Query::read(&uri, &KNOWN)?;
    let (mut wanted, count) = (wanted(&query)?, query.count(PAGE)?);
    let text = body::read(request_body).await?;
    if !text.is_empty() {
        let selection: Selection = serde_json::from_slice(&text)
            .map_err(|_| Refusal::bad_request("the body is no `{\"dlqIds\":[…]}`"))?;
        wanted.ids.extend(selection.dlq_ids);
    }
    if uri.query().is_none() && wanted.ids.is_empty() {
        return Err(Refusal::bad_request("say which dead letters to delete"));
    }
    let delete = pipeline.store.run(move |transaction| {
        let page = dlq::list(transaction, &wanted, count)?;
        for dead in &page.items {
            dlq::delete(transaction, dead)?;
        }
        Ok((page.items.len(), page.cursor))
    });
    let (deleted, cursor) = delete.await?;
    Ok(Json(json!({ "deleted": deleted, "cursor": cursor })).into_response())
}

/// `POST /v2/dlq/retry`
pub(super) async fn retry(State(pipeline): State<Pipeline>, uri: Uri) -> Answer {
    let query = Query::read(&uri, &KNOWN)?;
    let (wanted, count) = (wanted(&query)?, query.count(PAGE)?);
    if uri.query().is_none() {
        return Err(Refusal::bad_request("say which dead letters to retry"));
    }
    let retry = pipeline.store.run(move |transaction| {
        let page = dlq::list(transaction, &wanted, count)?;
        let told = page
            .items
            .iter()
            .map(|dead| Ok(json!({ "messageId": dlq::retry(transaction, dead)? })))
            .collect::<Answer<Vec<_>>>()?;
        Ok((told, page.cursor))
    });
    let (responses, cursor) = retry.await?;
    pipeline.news.notify_one();
    Ok(Json(json!({ "responses": responses, "cursor": cursor })).into_response())
}
