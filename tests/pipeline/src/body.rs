//! Bodies of calls, up to QStash's largest message.

use crate::answer::{Answer, Refusal};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// The largest body that is taken: 50 MB, QStash's largest message.
pub const LIMIT: usize = 52_428_800;

/// How much more is read of a body that is too large, so that its sender gets to read the answer.
const DRAINED: usize = LIMIT;

/// Reads a body as a whole.
pub async fn read(mut body: Body) -> Answer<Bytes> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::bad_request("the body ended early"))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if read.len() + data.len() > LIMIT {
            drop(read);
            drain(body).await;
            return Err(Refusal::too_large(LIMIT));
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}

async fn drain(mut body: Body) {
    let mut left = DRAINED;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => break,
        }
    }
}
