//! The hunt as its users meet it: the real binary in planted trees, archives and histories.

mod baseline;
mod corpus;
mod documentation;
mod encoding;
mod git;
mod history;
mod memory;
#[path = "../cli/place.rs"]
#[allow(dead_code, reason = "it serves other tests, too")]
mod place;
mod precision;
mod recall;
mod report;
mod tree;
mod usage;
