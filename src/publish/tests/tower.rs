//! Bodies that flow through, and the layer in front of a service.

use super::placeholder;
use crate::Fingerprint;
use crate::publish::{BodyFingerprint, Call, FingerprintedBody, PublishLayer};
use bytes::{Buf, Bytes};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::{Layer, ServiceExt, service_fn};

/// Frames one after the other; an `Err` fails.
struct Frames<D>(Vec<Result<Frame<D>, io::Error>>);

impl<D: Buf + Unpin> Body for Frames<D> {
    type Data = D;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<D>, io::Error>>> {
        let next = (!self.0.is_empty()).then(|| self.0.remove(0));
        Poll::Ready(next)
    }
}

fn data(text: &'static str) -> Result<Frame<Bytes>, io::Error> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

#[tokio::test]
async fn frames_pass_untouched_and_the_fingerprint_is_there_at_the_end() {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-trailer", "a".parse().unwrap());
    let chunk = Bytes::from_static(b"hel");
    let at = chunk.as_ptr();
    let frames = vec![
        Ok(Frame::data(chunk)),
        data(""),
        data("lo"),
        Ok(Frame::trailers(trailers.clone())),
    ];
    let mut body = FingerprintedBody::new(Frames(frames));
    let result = body.fingerprint();
    let mut texts = Vec::new();
    for _ in 0..3 {
        assert_eq!(result.get(), None);
        texts.push(body.frame().await.unwrap().unwrap().into_data().unwrap());
    }
    assert_eq!(texts, ["hel", "", "lo"]);
    // Not even copied.
    assert_eq!(texts[0].as_ptr(), at);
    let last = body
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_trailers()
        .unwrap();
    assert_eq!(last, trailers);
    assert_eq!(result.get(), Some(Fingerprint::of(b"hello")));
    assert_eq!(result.bytes(), Some(5));
    assert!(body.frame().await.is_none());
    drop(body);
    assert_eq!(result.wait().await, Some(Fingerprint::of(b"hello")));
}

#[tokio::test]
async fn a_body_that_says_it_has_ended_need_not_be_asked_again() {
    let mut body = FingerprintedBody::new(Full::new(Bytes::from_static(b"hello")));
    let result = body.fingerprint();
    assert_eq!(body.size_hint().exact(), Some(5));
    assert!(!body.is_end_stream());
    body.frame().await.unwrap().unwrap();
    assert!(body.is_end_stream());
    assert_eq!(result.get(), Some(Fingerprint::of(b"hello")));

    let empty = FingerprintedBody::new(Empty::<Bytes>::new());
    assert_eq!(empty.fingerprint().get(), Some(Fingerprint::of(b"")));
}

#[tokio::test]
async fn a_body_that_fails_or_is_left_has_no_fingerprint() {
    let failing = vec![data("hello"), Err(io::Error::other("reset"))];
    let body = FingerprintedBody::new(Frames(failing));
    let result = body.fingerprint();
    assert!(body.collect().await.is_err());
    assert_eq!((result.get(), result.is_cut_off()), (None, true));
    assert_eq!(result.wait().await, None);

    let mut body = FingerprintedBody::new(Frames(vec![data("hello")]));
    let result = body.fingerprint();
    body.frame().await.unwrap().unwrap();
    assert!(!result.is_cut_off());
    let waiting = tokio::spawn({
        let result = result.clone();
        async move { result.wait().await }
    });
    tokio::task::yield_now().await;
    drop(body);
    assert_eq!(waiting.await.unwrap(), None);
    assert!(result.is_cut_off() && result.bytes().is_none());
    assert_eq!(format!("{result:?}"), "BodyFingerprint(CutOff)");
}

#[tokio::test]
async fn data_in_several_pieces_is_hashed_as_a_whole() {
    let pieces = Bytes::from_static(b"hel").chain(Bytes::from_static(b"lo"));
    let body = FingerprintedBody::new(Frames(vec![Ok(Frame::data(pieces))]));
    let result = body.fingerprint();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "hello");
    assert_eq!(result.get(), Some(Fingerprint::of(b"hello")));
}

#[tokio::test]
async fn fifty_megabytes_flow_through_piece_by_piece() {
    const PIECE: usize = 64 << 10;
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let pieces = (0..800).map(|_| Ok(Frame::data(piece.clone())));
    let mut body = FingerprintedBody::new(Frames(pieces.collect()));
    let result = body.fingerprint();
    while let Some(frame) = body.frame().await {
        // Every piece is still the same one: nothing was kept or copied.
        assert_eq!(frame.unwrap().data_ref().unwrap().as_ptr(), piece.as_ptr());
    }
    assert_eq!(result.bytes(), Some(52_428_800));
    assert_eq!(result.get(), Some(Fingerprint::of(&vec![b'x'; 52_428_800])));
}

#[test]
fn debug_shows_no_data() {
    let body = FingerprintedBody::new(Full::new(Bytes::from_static(b"s3cret")));
    let shown = format!("{body:?} {:?}", body.size_hint());
    assert!(
        shown.starts_with("FingerprintedBody { bytes: 0, .. }"),
        "{shown}"
    );
    let _: SizeHint = body.size_hint();
}

/// Answers with all that may be logged, once the body has been read.
async fn show(
    request: Request<FingerprintedBody<Full<Bytes>>>,
) -> Result<Response<String>, Infallible> {
    let (parts, body) = request.into_parts();
    let logged = format!("{parts:?}");
    let call = parts.extensions.get::<Call>().unwrap().clone();
    let fingerprint = parts.extensions.get::<BodyFingerprint>().unwrap().clone();
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(fingerprint.get(), Some(Fingerprint::of(&body)));
    let message = call.clone().seal(body);
    let shown = format!("{logged} {call:?} {message:?}");
    Ok(Response::builder()
        .header("x-token", call.clear_token().unwrap_or_default())
        .header("x-destination", call.clear_destination())
        .header("x-uri", parts.uri.to_string())
        .body(shown)
        .unwrap())
}

#[tokio::test]
async fn behind_the_layer_logging_is_safe_and_the_originals_are_there() {
    let request = Request::post("/v2/publish/https://u:s3cret@h/c?s3cret=1&qstash_token=s3cret")
        .header("upstash-redact-fields", "body,header[X-Key]")
        .header("upstash-forward-x-key", "s3cret")
        .header("upstash-callback", "https://h?s3cret")
        .header("cookie", "s3cret")
        .body(Full::new(Bytes::from_static(b"s3cret body")))
        .unwrap();
    let response = PublishLayer
        .layer(service_fn(show))
        .oneshot(request)
        .await
        .unwrap();
    let destination = "https://u:s3cret@h/c?s3cret=1";
    assert_eq!(response.headers()["x-destination"], destination);
    assert_eq!(response.headers()["x-token"], "s3cret");
    let uri = format!(
        "/v2/publish/{}?qstash_token={}",
        placeholder(destination),
        placeholder("s3cret")
    );
    assert_eq!(response.headers()["x-uri"], uri);
    let shown = response.into_body();
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains(&placeholder("s3cret body")));
}

#[tokio::test]
async fn other_requests_keep_what_they_need() {
    let request = Request::get("/v2/dlq?cursor=1-a%20b&qstash_token=s3cret&count=10")
        .header("authorization", "bearer t0ken")
        .body(Full::default())
        .unwrap();
    let response = PublishLayer
        .layer(service_fn(show))
        .oneshot(request)
        .await
        .unwrap();
    let uri = format!(
        "/v2/dlq?cursor=1-a%20b&qstash_token={}&count=10",
        placeholder("s3cret")
    );
    assert_eq!(response.headers()["x-uri"], uri);
    assert_eq!(response.headers()["x-token"], "t0ken");
    assert!(!response.body().contains("t0ken") && !response.body().contains("s3cret"));
}

#[tokio::test]
async fn a_rule_that_is_not_understood_never_reaches_the_service() {
    let service = service_fn(|_: Request<FingerprintedBody<Full<Bytes>>>| async {
        unreachable!("the service was called");
        #[expect(unreachable_code, reason = "names the types")]
        Ok::<Response<String>, Infallible>(Response::default())
    });
    for request in [
        Request::post("/v2/publish/a").header("upstash-redact-fields", "bodi"),
        Request::post("/v2/publish/a?upstash-redact-fields=header[A"),
        Request::post("/v2/publish/a").header("upstash-forward-upstash-redact-fields", "body"),
    ] {
        let request = request.body(Full::default()).unwrap();
        let response = PublishLayer.layer(service).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers()["content-type"], "application/json");
        let answer: serde_json::Value = serde_json::from_str(response.body()).unwrap();
        assert!(
            answer["error"]
                .as_str()
                .is_some_and(|error| !error.is_empty())
        );
    }
}
