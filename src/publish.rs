//! The life of a redacted message where messages are published: read, shown, stored and delivered.
//!
//! [`Call`] reads a publish, enqueue, batch or schedule call as it comes in: the rule, the headers that
//! go to the destination, and what may be shown of the call itself. [`Call::seal`] puts the original
//! and its rule into a [`Sealed`], which shows its redacted view to everybody but the one who
//! [delivers](Sealed::deliver).
//!
//! ```
//! use qstash_redact::publish::Call;
//!
//! let request = http::Request::post("/v2/publish/https://example.com/hook")
//!     .header("Authorization", "Bearer qstash-token")
//!     .header("Upstash-Redact-Fields", "body, header[Authorization]")
//!     .header("Upstash-Forward-Authorization", "Bearer my-token")
//!     .body(())?;
//! let (parts, ()) = request.into_parts();
//!
//! let message = Call::read(&parts)?.seal("hello")?;
//! assert_eq!(message.deliver().headers["authorization"], "Bearer my-token");
//! let shown = serde_json::to_string(&message)?;
//! assert!(shown.contains(r#""header":{"Authorization":["REDACTED:89561152c3f595f9"#));
//! assert!(shown.contains(r#""body":"REDACTED:2cf24dba5fb0a30e"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base64;
mod batch;
#[cfg(feature = "tower")]
mod body;
mod call;
mod guard;
mod headers;
#[cfg(feature = "tower")]
mod layer;
mod lookalike;
mod query;
mod rows;
mod rule;
mod sealed;
mod show;
#[cfg(feature = "signature")]
mod signature;
mod target;

pub use batch::BatchCall;
#[cfg(feature = "tower")]
pub use body::{BodyFingerprint, FingerprintedBody};
pub use call::Call;
pub use guard::Guard;
pub use headers::RedactedHeaders;
#[cfg(feature = "tower")]
pub use layer::{Publish, PublishFuture, PublishLayer};
pub use sealed::{Callback, Original, Sealed};
pub use show::Shown;
#[cfg(feature = "signature")]
pub use signature::{Signature, SignedBy, SigningKeys};
pub use target::Endpoint;

#[cfg(test)]
mod tests;
