//! Values collected now whose digests come back later.

use super::queue::Queue;
use super::{Backend, Digest};
use std::fmt;

/// Collects values, each with a tag, and hashes them together.
///
/// A placeholder is always as long as any other, so its place can be written first and filled in
/// later: push the value with its place as the tag, then [`drain`](Self::drain) many records at once.
/// Nothing is copied, and a batch that is used again allocates nothing more.
///
/// ```
/// use qstash_redact::sha256::{self, Batch};
///
/// let mut batch = Batch::new();
/// batch.push(b"Bearer my-token", 'a');
/// batch.push(b"application/json", 'b');
/// batch.drain(|tag, digest| match tag {
///     'a' => assert_eq!(digest, sha256::hash(b"Bearer my-token")),
///     _ => assert_eq!(digest, sha256::hash(b"application/json")),
/// });
/// assert!(batch.is_empty());
/// ```
pub struct Batch<'a, T> {
    values: Vec<(&'a [u8], T)>,
    queue: Queue<'a>,
    bytes: usize,
    backend: Option<Backend>,
}

impl<'a, T: Copy> Batch<'a, T> {
    /// An empty batch; allocates nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            values: Vec::new(),
            queue: Queue::new(),
            bytes: 0,
            backend: None,
        }
    }

    /// An empty batch that is hashed by this backend, whichever is installed.
    #[must_use]
    pub const fn on(backend: Backend) -> Self {
        let mut batch = Self::new();
        batch.backend = Some(backend);
        batch
    }

    /// Adds a value; its digest comes back with `tag`.
    #[inline]
    pub fn push(&mut self, value: &'a [u8], tag: T) {
        self.bytes += value.len();
        self.values.push((value, tag));
    }

    /// How many values wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no value waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many bytes the waiting values have together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Hashes all values, in any order, and leaves the batch empty; its allocations stay.
    pub fn drain(&mut self, mut each: impl FnMut(T, Digest)) {
        let values = &self.values;
        self.backend.unwrap_or_else(Backend::current).hash_queued(
            values.iter().map(|(value, _)| *value),
            &mut self.queue,
            |position, digest| each(values[position].1, digest),
        );
        self.values.clear();
        self.bytes = 0;
    }

    /// Forgets all values and keeps the allocations for values that live elsewhere.
    ///
    /// Whoever owns both a batch and the buffers it borrows from keeps a `Batch<'static, T>` at rest:
    ///
    /// ```
    /// use qstash_redact::sha256::Batch;
    ///
    /// let mut rest: Batch<'static, u32> = Batch::new();
    /// for chunk in [&b"one"[..], b"two"] {
    ///     let buffer = chunk.to_vec();
    ///     let mut batch = rest.recycle();
    ///     batch.push(&buffer, 0);
    ///     batch.drain(|_, digest| assert_ne!(digest, [0; 32]));
    ///     rest = batch.recycle();
    /// }
    /// ```
    #[must_use]
    pub fn recycle<'b>(self) -> Batch<'b, T> {
        Batch {
            values: emptied(self.values),
            queue: self.queue.recycle(),
            bytes: 0,
            backend: self.backend,
        }
    }
}

/// The same allocation for slices that live elsewhere: the standard library collects in place.
fn emptied<'b, T>(mut values: Vec<(&[u8], T)>) -> Vec<(&'b [u8], T)> {
    values.clear();
    values.into_iter().map(|(_, tag)| (&[][..], tag)).collect()
}

impl<T: Copy> Default for Batch<'_, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Batch<'_, T> {
    /// Shows how much waits, never the values.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Batch")
            .field("values", &self.values.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recycled_batch_keeps_its_allocations() {
        let mut batch = Batch::new();
        let values: Vec<_> = (0..200).map(|len| vec![b'x'; len * 9]).collect();
        for (tag, value) in values.iter().enumerate() {
            batch.push(value, tag);
        }
        batch.drain(|_, _| {});
        let (values_at, queue_at) = (batch.values.as_ptr(), batch.queue.entries_at());
        let capacity = batch.values.capacity();
        let batch: Batch<'static, usize> = batch.recycle();
        assert_eq!(batch.values.as_ptr().addr(), values_at.addr());
        assert_eq!(batch.values.capacity(), capacity);
        assert_eq!(batch.queue.entries_at(), queue_at);
    }
}
