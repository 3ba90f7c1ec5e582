//! Calls to the pipeline, whose answers are remembered.

use crate::process::TOKEN;
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a single thing may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there was no answer.
pub type Failed = Box<dyn Error + Send + Sync>;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The identifier of the message that was made.
    pub fn message_id(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()["messageId"].as_str().unwrap().to_owned()
    }

    /// Checks that this is a refusal as QStash's are.
    pub fn is_refusal(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        let json = self.json();
        assert!(
            json["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty())
        );
        assert_eq!(json.as_object().unwrap().len(), 1);
    }
}

/// Calls a pipeline. All answers to all clones are remembered in one place.
#[derive(Clone)]
pub struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    answers: Arc<Mutex<Vec<u8>>>,
}

impl Caller {
    pub fn new(url: &str) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
            url: url.to_owned(),
            answers: Arc::default(),
        }
    }

    /// The same for another run of the pipeline.
    pub fn at(&self, url: &str) -> Self {
        Self {
            answers: Arc::clone(&self.answers),
            ..Self::new(url)
        }
    }

    /// All answers so far, headers included.
    pub fn answers(&self) -> Vec<u8> {
        self.answers.lock().unwrap().clone()
    }

    /// Makes a call; an error if there was no answer.
    pub async fn try_call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, Failed> {
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = format!("{}{path}", self.url).parse().unwrap();
        let mut map = HeaderMap::new();
        map.insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
        for (name, value) in headers {
            map.insert(
                name.parse::<http::HeaderName>().unwrap(),
                value.parse().unwrap(),
            );
        }
        *request.headers_mut() = map;
        let (parts, body) = self.client.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        let mut answers = self.answers.lock().unwrap();
        answers.extend(format!("{:?}", parts.headers).into_bytes());
        answers.extend(&body);
        Ok(Answer {
            status: parts.status.as_u16(),
            body,
        })
    }

    /// Makes a call that must be answered.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_call(method, path, headers, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, &[], "").await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    /// Waits until the message is dead, and gives its letter.
    pub async fn dead_letter(&self, message_id: &str) -> Value {
        let path = format!("/v2/dlq?messageId={message_id}");
        eventually("a dead letter", || async {
            self.get(&path).await["messages"].as_array_mut()?.pop()
        })
        .await
    }
}

/// Waits until `find` finds something.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut find: impl FnMut() -> F,
) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = find().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until nothing is left of what `count_left` counts. A slow machine has all the time that it takes:
/// what fails is to stand still.
pub async fn until_none_is_left<F: Future<Output = usize>>(
    what: &str,
    mut count_left: impl FnMut() -> F,
) {
    let (mut least, mut moved) = (usize::MAX, Instant::now());
    loop {
        let left = count_left().await;
        if left == 0 {
            return;
        }
        if left < least {
            (least, moved) = (left, Instant::now());
        }
        assert!(moved.elapsed() < PATIENCE, "stuck at {left} left: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
