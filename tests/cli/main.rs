//! The program as its users meet it: the real binary, real files, pipes, signals and terminals.

mod bad_input;
mod compressed;
mod ends;
mod files;
mod fingerprint;
mod out_dir;
mod place;
mod sanitize;
mod secrets;
mod signals;
mod terminal;
mod usage;
mod verify;
