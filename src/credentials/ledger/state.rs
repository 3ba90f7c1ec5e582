//! The state of one credential, folded from its records.

use super::{Event, Marks};
use crate::credentials::check::Check;
use crate::credentials::name::Kind;

/// How far the rotation of one credential has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing is known.
    #[default]
    Untouched,
    /// It was read, and nothing was sent.
    Read {
        /// What the service showed; empty if it shows none.
        old: Marks,
    },
    /// The call that rotates may have been carried out or not.
    Sent {
        /// What the service showed before.
        old: Marks,
    },
    /// It was carried out, by the service's word; the new credentials are to be read.
    Accepted {
        /// What the service showed before.
        old: Marks,
    },
    /// It was not carried out: the old credentials are in use.
    NotRotated {
        /// What the service showed before.
        old: Marks,
        /// Whether the call's answer was lost, so that it may have been carried out since.
        lost: bool,
    },
    /// New credentials are known and not yet stored.
    Rotated {
        /// The old ones.
        old: Marks,
        /// The new ones.
        new: Marks,
    },
    /// The old credentials may be dead, and nobody knows the new ones.
    NewUnknown {
        /// The old ones.
        old: Marks,
    },
    /// New credentials are stored.
    Stored {
        /// The old ones.
        old: Marks,
        /// The new ones.
        new: Marks,
        /// What was found out about the old ones.
        checks: Vec<Check>,
        /// Of signing keys: whether the next key is in use everywhere.
        confirmed: bool,
    },
}

impl State {
    /// The old credentials that are known.
    #[must_use]
    pub fn old(&self) -> Option<&Marks> {
        match self {
            Self::Untouched => None,
            Self::Read { old }
            | Self::Sent { old }
            | Self::Accepted { old }
            | Self::NotRotated { old, .. }
            | Self::Rotated { old, .. }
            | Self::NewUnknown { old }
            | Self::Stored { old, .. } => Some(old),
        }
    }

    /// The new credentials that are known.
    #[must_use]
    pub fn new_marks(&self) -> Option<&Marks> {
        match self {
            Self::Rotated { new, .. } | Self::Stored { new, .. } => Some(new),
            _ => None,
        }
    }

    /// The state after `event`; `None` where it cannot happen.
    pub(in crate::credentials) fn after(self, kind: Kind, event: &Event) -> Option<Self> {
        Some(match (self, event) {
            // A rotation begins by reading, and anew only when the one before has ended.
            (
                Self::Untouched | Self::Read { .. } | Self::NotRotated { .. },
                Event::Read { old },
            ) => Self::Read { old: old.clone() },
            (Self::Accepted { .. } | Self::NewUnknown { .. }, Event::Read { old })
                if kind != Kind::SigningKeys =>
            {
                Self::Read { old: old.clone() }
            }
            (Self::Stored { confirmed, .. }, Event::Read { old })
                if confirmed || kind != Kind::SigningKeys =>
            {
                Self::Read { old: old.clone() }
            }
            (Self::Read { old }, Event::Sending { .. }) => Self::Sent { old },
            (Self::Sent { old }, Event::Refused { .. }) => Self::NotRotated { old, lost: false },
            (Self::Sent { old }, Event::Unchanged) => Self::NotRotated { old, lost: true },
            (Self::Sent { old }, Event::Accepted) => Self::Accepted { old },
            // What reading shows, or the answer to a call that named no id, can come at any time.
            (state, Event::Rotated { new, .. }) => Self::Rotated {
                old: state.old().cloned().unwrap_or_default(),
                new: new.clone(),
            },
            (
                Self::Sent { old } | Self::Accepted { old } | Self::Rotated { old, .. },
                Event::NewUnknown,
            ) => Self::NewUnknown { old },
            (Self::Rotated { old, new }, Event::Stored) => Self::Stored {
                old,
                new,
                checks: Vec::new(),
                confirmed: false,
            },
            (
                Self::Stored {
                    old,
                    new,
                    mut checks,
                    confirmed,
                },
                Event::Checked { checks: more },
            ) => {
                checks.extend(more.iter().cloned());
                Self::Stored {
                    old,
                    new,
                    checks,
                    confirmed,
                }
            }
            (
                Self::Stored {
                    old, new, checks, ..
                },
                Event::Confirmed,
            ) if kind == Kind::SigningKeys => Self::Stored {
                old,
                new,
                checks,
                confirmed: true,
            },
            // An old secret can be tried whenever there was one.
            (state, Event::Checked { .. }) if state.old().is_some() => state,
            _ => return None,
        })
    }
}
