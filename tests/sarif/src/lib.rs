//! Nothing but tests: see `tests/valid.rs`.
