//! One attempt: the originals go out over HTTP, and what comes back is read up to a limit.

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;

/// How much of an answer's body is kept.
const KEPT: usize = 1024 * 1024;

/// What a destination answered.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, in clear.
    pub headers: HeaderMap,
    /// The first of the body's bytes, in clear.
    pub body: Bytes,
}

/// Sends messages to their destinations.
#[derive(Clone)]
pub struct Sender {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Sender {
    /// A sender that keeps connections open between messages.
    pub fn new() -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
        }
    }

    /// Sends a request. An error says what went wrong in words that hold nothing of the
    /// request or of the answer.
    pub async fn send(
        &self,
        request: Request<Full<Bytes>>,
        timeout: Duration,
    ) -> Result<Reply, &'static str> {
        match tokio::time::timeout(timeout, self.exchange(request)).await {
            Ok(reply) => reply,
            Err(_) => Err("the destination did not answer in time"),
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Reply, &'static str> {
        // An error of the client can quote the answer, so only its kind is passed on.
        let answer = self.client.request(request).await.map_err(|error| {
            if error.is_connect() {
                "no connection to the destination"
            } else {
                "the destination's answer is not HTTP, or ended early"
            }
        })?;
        let (parts, mut rest) = answer.into_parts();
        let mut body = Vec::new();
        while let Some(frame) = rest.frame().await {
            let frame = frame.map_err(|_| "the destination's answer ended early")?;
            if let Ok(data) = frame.into_data() {
                body.extend_from_slice(&data[..data.len().min(KEPT - body.len())]);
            }
            if body.len() == KEPT {
                break;
            }
        }
        Ok(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.into(),
        })
    }
}
