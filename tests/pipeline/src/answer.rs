//! What a call is answered with when it is refused: `{"error":"…"}` and a status, and never a value.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qstash_redact::ErrorKind;
use serde_json::json;
use std::fmt::Display;

/// The answer of a handler.
pub type Answer<T = Response> = Result<T, Refusal>;

/// Why a call is refused.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    error: String,
}

impl Refusal {
    fn new(status: StatusCode, error: impl Display) -> Self {
        Self {
            status,
            error: error.to_string(),
        }
    }

    /// The call cannot be understood, or asks for what this pipeline does not do.
    pub fn bad_request(error: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// The token is missing or wrong.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "the bearer token is not valid")
    }

    /// There is no such thing; `what` is its kind, since its name came from the caller.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format_args!("{what} not found"))
    }

    /// The call was made from another state than the stored one.
    pub fn precondition_failed(error: impl Display) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, error)
    }

    /// The body is larger than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format_args!("the body is larger than {limit} bytes"),
        )
    }

    /// As many calls as the pipeline takes are under way.
    pub fn too_many() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too many calls at once: try again later",
        )
    }

    /// Something of ours failed; `what` names the part and goes to the log, without values.
    pub fn internal(what: &'static str, error: impl Display) -> Self {
        crate::log::line(format_args!("{what}: {error}"));
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format_args!("{what} failed"),
        )
    }
}

/// What the library refuses: its errors name places and never values.
impl From<qstash_redact::Error> for Refusal {
    fn from(error: qstash_redact::Error) -> Self {
        match error.kind() {
            // Made from what was shown, not from what is stored.
            ErrorKind::Placeholder => Self::new(StatusCode::PRECONDITION_FAILED, error),
            _ => Self::bad_request(error),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        // Only the code: a message of SQLite's can quote what stands in a row.
        match error.sqlite_error_code() {
            Some(code) => Self::internal("the store", format_args!("{code:?}")),
            None => Self::internal("the store", "an answer that was not expected"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.error }))).into_response()
    }
}
