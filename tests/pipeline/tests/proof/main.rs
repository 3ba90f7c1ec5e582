//! The proof: the pipeline as a process of its own, driven from outside.

mod call;
mod canary;
mod clients;
mod destination;
mod faults;
mod killed;
mod limits;
mod process;
mod secrets;
