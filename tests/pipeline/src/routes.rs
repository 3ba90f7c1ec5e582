//! The calls of QStash's API that are known here.

mod dlq;
mod logs;
mod messages;
mod publish;
mod schedules;

use crate::answer::{Answer, Refusal};
use crate::log;
use crate::store::Store;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderValue, Method, header};
use qstash_redact::Fingerprint;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Notify, Semaphore};

/// How many calls are served at once; more are told to come again.
const AT_ONCE: usize = 4096;

/// What every call works on.
#[derive(Clone)]
pub struct Pipeline {
    /// Messages, schedules and what happened to them.
    pub store: Store,
    /// Says that there is something to deliver.
    pub news: Arc<Notify>,
    token: Fingerprint,
    places: Arc<Semaphore>,
}

impl Pipeline {
    /// A pipeline on `store`, for callers with `token`.
    pub fn new(store: Store, token: &str, news: Arc<Notify>) -> Self {
        Self {
            store,
            news,
            token: Fingerprint::of(token.as_bytes()),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The calls.
    pub fn router(self) -> Router {
        Router::new()
            .route("/v2/publish/{*destination}", post(publish::publish))
            .route("/v2/enqueue/{queue}/{*destination}", post(publish::enqueue))
            .route("/v2/batch", post(publish::batch))
            .route("/v2/messages/{id}", get(messages::get))
            .route("/v2/dlq", get(dlq::list).delete(dlq::delete_many))
            .route("/v2/dlq/retry", post(dlq::retry))
            .route("/v2/dlq/{id}", get(dlq::get).delete(dlq::delete))
            .route("/v2/schedules", get(schedules::list))
            .route(
                "/v2/schedules/{*id}",
                get(schedules::get)
                    .delete(schedules::delete)
                    .post(schedules::put)
                    .patch(schedules::pause),
            )
            .route("/v2/events", get(logs::list))
            .route("/v2/logs", get(logs::list))
            // Not QStash's: stands for a clock that says that it is time.
            .route("/test/schedules/{id}/fire", post(schedules::fire))
            .fallback(|| async { Refusal::not_found("call") })
            .method_not_allowed_fallback(|| async { Refusal::not_found("call") })
            // Bodies have a limit of their own.
            .layer(DefaultBodyLimit::disable())
            .layer(middleware::from_fn_with_state(self.clone(), serve))
            .with_state(self)
    }

    fn admit(&self, request: &Request) -> Answer<tokio::sync::OwnedSemaphorePermit> {
        let authorization = request.headers().get(header::AUTHORIZATION);
        let token = authorization.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        // Fingerprints compare in the same time wherever they differ.
        if token.map(Fingerprint::of) != Some(self.token) {
            return Err(Refusal::unauthorized());
        }
        let places = Arc::clone(&self.places);
        places.try_acquire_owned().map_err(|_| Refusal::too_many())
    }
}

/// Serves one call: whoever is not admitted gets nowhere, and each call is one line in the log.
async fn serve(State(pipeline): State<Pipeline>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // The pattern of the path, not the path: that holds destinations, and those hold secrets.
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = match pipeline.admit(&request) {
        Ok(_place) => as_refusal(next.run(request).await),
        Err(refusal) => refusal.into_response(),
    };
    log::line(format_args!(
        "{} {} {} {} ms",
        known(&method),
        path.as_ref().map_or("-", MatchedPath::as_str),
        response.status().as_u16(),
        begun.elapsed().as_millis()
    ));
    response
}

/// Says in QStash's form what the framework refused by itself.
fn as_refusal(response: Response) -> Response {
    let is_ours = response.headers().get(header::CONTENT_TYPE)
        == Some(&HeaderValue::from_static("application/json"));
    if response.status().is_client_error() && !is_ours {
        return Refusal::bad_request("the call cannot be read").into_response();
    }
    response
}

/// The name of a method that is known here; any other was made up by the caller.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET | Method::POST | Method::PATCH | Method::DELETE => method.as_str(),
        _ => "-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::StatusCode;
    use tower::ServiceExt;

    #[tokio::test]
    async fn who_finds_no_place_is_told_to_come_again() {
        let directory = std::env::temp_dir();
        let path = directory.join(format!("pipeline-places-{}", std::process::id()));
        let mut pipeline = Pipeline::new(Store::open(&path).unwrap(), "token", Arc::default());
        for (places, status) in [(1, StatusCode::OK), (0, StatusCode::TOO_MANY_REQUESTS)] {
            pipeline.places = Arc::new(Semaphore::new(places));
            let request = Request::get("/v2/dlq").header(header::AUTHORIZATION, "Bearer token");
            let request = request.body(Body::empty()).unwrap();
            let response = pipeline.clone().router().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status);
        }
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(directory.join(format!("{}{suffix}", path.display())));
        }
    }
}
