//! The hunt as its users meet it: the real binary in planted trees, archives and histories.

mod corpus;
mod encoding;
mod git;
mod history;
#[path = "../cli/place.rs"]
#[allow(dead_code, reason = "it serves other tests, too")]
mod place;
mod recall;
