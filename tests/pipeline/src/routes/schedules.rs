//! Calls about schedules.

use super::Pipeline;
use crate::answer::{Answer, Refusal};
use crate::body;
use crate::deliver::Destination;
use crate::settings::{self, Settings};
use crate::show::ScheduleView;
use crate::store::schedules;
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::IntoResponse;
use qstash_redact::publish::{Call, Guard};
use serde_json::json;

/// `POST /v2/schedules/{destination}`: makes a schedule, or updates the one that is named.
pub(super) async fn put(State(pipeline): State<Pipeline>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let call = Call::read(&parts)?;
    settings::refuse_parameters(&parts.uri)?;
    let text = |name| settings::text(&parts.headers, name).map(|text| text.map(str::to_owned));
    let settings = Settings::read(&parts.headers)?;
    let queue = text("upstash-queue-name")?;
    let id = text("upstash-schedule-id")?;
    // Nothing fires by itself here, so that the expression is kept as it is.
    let cron = text("upstash-cron")?
        .ok_or_else(|| Refusal::bad_request("a schedule needs `Upstash-Cron`"))?;
    let given = call.seal(body::read(body).await?)?;
    let put = pipeline.store.run(move |transaction| {
        // What was read back and is written again holds placeholders; each is taken for the original
        // it stands for, or refused. The stored schedule cannot change meanwhile.
        let stored = match &id {
            Some(id) => schedules::find(transaction, id)?,
            None => None,
        };
        let sealed = match stored {
            Some(stored) => Guard::new().restore(&stored.sealed, given)?,
            None => {
                Guard::new().check(&given)?;
                given
            }
        };
        Destination::read(&sealed.deliver().destination).map_err(Refusal::bad_request)?;
        let queue = queue.as_deref();
        schedules::put(transaction, id, &sealed, &settings, queue, &cron)
    });
    Ok(Json(json!({ "scheduleId": put.await? })).into_response())
}

/// `GET /v2/schedules`
pub(super) async fn list(State(pipeline): State<Pipeline>) -> Answer {
    let schedules = pipeline.store.run(schedules::list).await?;
    let views: Vec<_> = schedules.iter().map(ScheduleView::of).collect();
    Ok(Json(views).into_response())
}

/// `GET /v2/schedules/{id}`
pub(super) async fn get(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> Answer {
    let get = pipeline
        .store
        .run(move |transaction| schedules::get(transaction, &id));
    Ok(Json(ScheduleView::of(&get.await?)).into_response())
}

/// `DELETE /v2/schedules/{id}`
pub(super) async fn delete(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> Answer {
    let delete = pipeline
        .store
        .run(move |transaction| schedules::delete(transaction, &id));
    delete.await?;
    Ok(().into_response())
}

/// `PATCH /v2/schedules/{id}/pause` and `…/resume`
pub(super) async fn pause(State(pipeline): State<Pipeline>, Path(path): Path<String>) -> Answer {
    let (id, is_paused) = match path.rsplit_once('/') {
        Some((id, "pause")) => (id.to_owned(), true),
        Some((id, "resume")) => (id.to_owned(), false),
        _ => return Err(Refusal::not_found("call")),
    };
    let pause = pipeline
        .store
        .run(move |transaction| schedules::pause(transaction, &id, is_paused));
    pause.await?;
    Ok(().into_response())
}

/// `POST /test/schedules/{id}/fire`: makes a message now.
pub(super) async fn fire(State(pipeline): State<Pipeline>, Path(id): Path<String>) -> Answer {
    let fire = pipeline
        .store
        .run(move |transaction| schedules::fire(transaction, &id));
    let id = fire.await?;
    pipeline.news.notify_one();
    Ok(Json(json!({ "messageId": id })).into_response())
}
