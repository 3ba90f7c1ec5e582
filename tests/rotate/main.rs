//! Rotations by the real program, against a server on this machine that can fail at every step.

mod account;
#[path = "../cli/place.rs"]
#[allow(dead_code, reason = "the rest is for the tests of other commands")]
mod place;
mod server;
mod stage;

mod answer;
mod canary;
mod check;
mod faults;
mod file;
mod good;
mod incident;
mod kill;
mod only_copy;
mod prompts;
