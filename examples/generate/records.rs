//! The records of QStash's shapes, a writer for each.

pub(crate) mod log;
pub(crate) mod message;
pub(crate) mod request;
pub(crate) mod schedule;
pub(crate) mod workflow;

/// URLs that deliveries and callbacks go to; most carry nothing private.
const URLS: [&str; 6] = [
    "https://api.example.com/hooks/%w",
    "https://api.example.com/%w/%d",
    "https://shop.example.com/api/%w",
    "https://hooks.example.net/%h?token=fake-%k",
    "https://user:fake-%h@legacy.example.org/%w",
    "https://app.example.com/%w#fake-%h",
];

/// A time between attempts, as QStash's expression.
const RETRY_DELAY: &str = "min(86400000, pow(2, retried) * %d)";
