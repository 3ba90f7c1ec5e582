//! What holds for every input: each law takes any bytes and panics where it is broken.
//!
//! The fuzz targets, the committed seeds and the generated tests all ask for these same laws. They
//! use the public API alone, and oracles that share no code with the crate.

#![allow(
    unreachable_pub,
    reason = "the fuzz targets use this module as a crate"
)]
#![allow(dead_code, reason = "not every test asks for every law")]

#[cfg(feature = "hunt")]
pub mod archive;
pub mod case;
pub mod contract;
#[cfg(feature = "rotate")]
pub mod credentials;
pub mod export;
pub mod fields;
pub mod hash;
pub mod hunt;
pub mod oracle;
pub mod publish;
pub mod redact;
pub mod reference;
pub mod scan;
pub mod verify;
pub mod view;
