//! A layer for services of tower: every request is read as a call before the service sees it.

use super::body::FingerprintedBody;
use super::call::Call;
use crate::error::{Error, ErrorKind};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::Body;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Puts what a service needs to know of a publish, enqueue, batch or schedule call into the request's
/// extensions: the [`Call`], and the [`BodyFingerprint`](super::BodyFingerprint) of its body.
///
/// Logging of requests behind this layer is safe by default: private headers are marked sensitive, so
/// that `Debug` does not show them, and the request's URI is the call's
/// [shown one](Call::shown_uri). What it was is in the call:
/// [`clear_destination`](Call::clear_destination), [`clear_token`](Call::clear_token). Requests for
/// other endpoints keep their path and their parameters, all but the token.
///
/// Put it around a router, not into one: what a router notes before its layers are called, as axum's
/// `OriginalUri` and the parameters of a path, would be in clear.
///
/// A call that cannot be read, as one whose rule is not understood, does not reach the service: the
/// answer is 400 with `{"error":"…"}`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PublishLayer;

impl<S> Layer<S> for PublishLayer {
    type Service = Publish<S>;

    fn layer(&self, service: S) -> Publish<S> {
        Publish { service }
    }
}

/// The service that [`PublishLayer`] makes.
#[derive(Clone, Copy, Debug)]
pub struct Publish<S> {
    service: S,
}

impl<S, B, R> Service<Request<B>> for Publish<S>
where
    S: Service<Request<FingerprintedBody<B>>, Response = Response<R>>,
    B: Body,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = PublishFuture<S::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match read(request) {
            Ok(request) => PublishFuture::Passed {
                future: self.service.call(request),
            },
            Err(error) => PublishFuture::Refused {
                response: Some(refusal(&error)),
            },
        }
    }
}

/// Reads a request as a call, and makes it safe to log.
fn read<B: Body>(request: Request<B>) -> Result<Request<FingerprintedBody<B>>, Error> {
    let (mut parts, body) = request.into_parts();
    let call = Call::read(&parts)?;
    parts.uri = call.safe_uri().parse().map_err(|_| {
        let what = "the call's URI cannot be shown; please report this";
        Error::new(ErrorKind::Internal, what)
    })?;
    call.mark_sensitive(&mut parts.headers);
    let body = FingerprintedBody::new(body);
    parts.extensions.insert(call);
    parts.extensions.insert(body.fingerprint());
    Ok(Request::from_parts(parts, body))
}

/// An answer in the form of QStash's own.
fn refusal<R: From<String>>(error: &Error) -> Response<R> {
    let json = serde_json::json!({ "error": error.to_string() });
    let mut response = Response::new(R::from(json.to_string()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

pin_project! {
    /// What [`Publish`] answers with: the service's answer, or a refusal.
    #[project = Projected]
    #[derive(Debug)]
    pub enum PublishFuture<F, R> {
        /// The service has the request.
        #[doc(hidden)]
        Passed { #[pin] future: F },
        /// The call could not be read.
        #[doc(hidden)]
        Refused { response: Option<Response<R>> },
    }
}

impl<F, R, E> Future for PublishFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            Projected::Passed { future } => future.poll(context),
            // Asked again after its end, a future may do anything but answer.
            Projected::Refused { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
        }
    }
}
