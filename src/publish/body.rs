//! A body that is hashed while it flows through.

use crate::fingerprint::Fingerprint;
use crate::sha256::Hasher;
use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

pin_project! {
    /// Passes a body's frames on untouched, data and trailers, and fills a [`BodyFingerprint`] when it
    /// has ended. Nothing is buffered, whatever the body's size.
    ///
    /// Data that is no [`Bytes`] already is made so, frame by frame.
    pub struct FingerprintedBody<B> {
        #[pin]
        body: B,
        running: Running,
    }
}

/// What is hashed so far; dropped before the end, it says that the body was cut off.
struct Running {
    hasher: Option<Hasher>,
    bytes: u64,
    result: BodyFingerprint,
}

/// The fingerprint of a body that flows through a [`FingerprintedBody`]: there when the body has
/// ended.
///
/// A body that fails, or that nobody reads to its end, has none. Clones share the result, so that one
/// can wait while another is kept.
#[derive(Clone, Default)]
pub struct BodyFingerprint(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    progress: Progress,
    waiting: Vec<Waker>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Progress {
    #[default]
    Flowing,
    Ended {
        fingerprint: Fingerprint,
        bytes: u64,
    },
    CutOff,
}

impl BodyFingerprint {
    /// The fingerprint, if the body has ended.
    #[must_use]
    pub fn get(&self) -> Option<Fingerprint> {
        match self.lock().progress {
            Progress::Ended { fingerprint, .. } => Some(fingerprint),
            Progress::Flowing | Progress::CutOff => None,
        }
    }

    /// How many bytes the body had, if it has ended.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        match self.lock().progress {
            Progress::Ended { bytes, .. } => Some(bytes),
            Progress::Flowing | Progress::CutOff => None,
        }
    }

    /// Whether the body failed or was dropped before its end, so that there will be no fingerprint.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(self.lock().progress, Progress::CutOff)
    }

    /// Waits until the body has ended; `None` if it was cut off.
    pub async fn wait(&self) -> Option<Fingerprint> {
        poll_fn(|context| {
            let mut state = self.lock();
            match state.progress {
                Progress::Ended { fingerprint, .. } => Poll::Ready(Some(fingerprint)),
                Progress::CutOff => Poll::Ready(None),
                Progress::Flowing => {
                    let waker = context.waker();
                    if !state.waiting.iter().any(|waiting| waiting.will_wake(waker)) {
                        state.waiting.push(waker.clone());
                    }
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn settle(&self, progress: Progress) {
        let mut state = self.lock();
        state.progress = progress;
        let waiting = std::mem::take(&mut state.waiting);
        // Whoever wakes up may ask at once.
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is locked, and a state is written as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for BodyFingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = self.lock().progress;
        formatter
            .debug_tuple("BodyFingerprint")
            .field(&progress)
            .finish()
    }
}

impl<B: Body> FingerprintedBody<B> {
    /// Wraps a body.
    pub fn new(body: B) -> Self {
        let mut running = Running {
            hasher: Some(Hasher::new()),
            bytes: 0,
            result: BodyFingerprint::default(),
        };
        // Nobody has to poll a body that says it is empty.
        if body.is_end_stream() {
            running.end();
        }
        Self { body, running }
    }

    /// Where the fingerprint will be.
    #[must_use]
    pub fn fingerprint(&self) -> BodyFingerprint {
        self.running.result.clone()
    }
}

impl Running {
    fn update(&mut self, data: &[u8]) {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(data);
            self.bytes += data.len() as u64;
        }
    }

    fn end(&mut self) {
        if let Some(hasher) = self.hasher.take() {
            self.result.settle(Progress::Ended {
                fingerprint: Fingerprint::from_bytes(hasher.finish()),
                bytes: self.bytes,
            });
        }
    }

    fn cut_off(&mut self) {
        if self.hasher.take().is_some() {
            self.result.settle(Progress::CutOff);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cut_off();
    }
}

impl<B: Body> Body for FingerprintedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let frame = match ready!(this.body.as_mut().poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                this.running.cut_off();
                return Poll::Ready(Some(Err(error)));
            }
            None => {
                this.running.end();
                return Poll::Ready(None);
            }
        };
        // What is `Bytes` already is handed on as it is.
        let frame = frame.map_data(|mut data| data.copy_to_bytes(data.remaining()));
        if let Some(data) = frame.data_ref() {
            this.running.update(data);
        }
        // Behind these, a reader may not ask again.
        if frame.is_trailers() || this.body.is_end_stream() {
            this.running.end();
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> fmt::Debug for FingerprintedBody<B> {
    /// Shows how much was seen, never of what.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FingerprintedBody")
            .field("bytes", &self.running.bytes)
            .finish_non_exhaustive()
    }
}
