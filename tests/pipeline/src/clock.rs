//! Time as QStash tells it.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime};

/// Milliseconds since the beginning of 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Millis(u64);

impl Millis {
    /// The time now.
    pub fn now() -> Self {
        // A clock that stands before 1970 is as good as one that stands there.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self(0) + since.unwrap_or_default()
    }

    /// From seconds since the beginning of 1970.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * 1000)
    }
}

impl Add<Duration> for Millis {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0 + u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4))
    }
}

impl Sub for Millis {
    type Output = Duration;

    /// The time from `other` to this; none if `other` is later.
    fn sub(self, other: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(other.0))
    }
}

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.cast_signed().into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|millis| Self(millis.cast_unsigned()))
    }
}
