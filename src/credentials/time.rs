//! When something happened: seconds in UTC, written as RFC 3339 has it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A second in UTC, from 1970 to 9999, such as `2026-11-22T18:37:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(u64);

/// The last second of the year 9999.
const LAST: u64 = 253_402_300_799;

impl Time {
    /// So many seconds after the beginning of 1970; what is later than the year 9999 is its end.
    #[must_use]
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.min(LAST))
    }

    /// The seconds since the beginning of 1970.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        self.0
    }

    /// Reads what [`Display`](fmt::Display) writes, and no other form.
    pub(super) fn read(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| -> Option<u64> {
            let digits = text.get(from..to)?;
            let good = digits.bytes().all(|byte| byte.is_ascii_digit());
            good.then(|| digits.parse().ok())?
        };
        let days = days_since_1970(number(0, 4)?, number(5, 7)?, number(8, 10)?)?;
        let seconds = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
        let time = Self::from_unix_seconds(days * 86400 + seconds);
        // Whatever is not spelled as it is written, the 30th of February too, is another text.
        (time.to_string() == text).then_some(time)
    }

    /// Reads a date of HTTP, such as `Sun, 22 Nov 2026 18:37:00 GMT`. The day of the week is not
    /// checked, and the forms that HTTP has given up are not read.
    pub(super) fn read_http(text: &str) -> Option<Self> {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let rest = text.split_once(", ")?.1.strip_suffix(" GMT")?;
        let (date, time) = rest.rsplit_once(' ')?;
        let mut parts = date.splitn(3, ' ');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let month = 1 + MONTHS.iter().position(|name| *name == month)?;
        Self::read(&format!("{year}-{month:02}-{day}T{time}Z"))
    }
}

impl From<SystemTime> for Time {
    /// A clock before 1970 is taken to be at its beginning.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::from_unix_seconds(since.as_secs())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0 / 86400);
        let second = self.0 % 86400;
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }
}

/// Years are counted from March, so that the day that not every year has comes last. 400 years have
/// 146,097 days; 719,468 of them lie between the March of year 0 and 1970.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let (month_from_march, year) = match month {
        1..=2 => (month + 9, year.checked_sub(1)?),
        3..=12 => (month - 3, year),
        _ => return None,
    };
    let day_of_year = (153 * month_from_march + 2) / 5 + day.checked_sub(1)?;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    days.checked_sub(719_468)
}

/// The other way: year, month and day.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year_of_cycle = (day - day / 1460 + day / 36524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, carry) = match month_from_march {
        0..=9 => (month_from_march + 3, 0),
        _ => (month_from_march - 9, 1),
    };
    (cycle * 400 + year_of_cycle + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_dates_as_calendars_do() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Time::from_unix_seconds(seconds).to_string(), text);
        }
    }

    #[test]
    fn reads_no_other_spelling() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T18:37:00",
            "2026-11-22T18:37:00+00:00",
            "2026-11-22 18:37:00Z",
            "2026-11-22T18:37:60Z",
            "2026-11-22T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-22T18:37:00Zx",
            "+026-11-22T18:37:00Z",
            "２026-11-22T18:37:00Z",
        ] {
            assert_eq!(Time::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(seconds in 0..=LAST) {
            let time = Time::from_unix_seconds(seconds);
            prop_assert_eq!(Time::read(&time.to_string()), Some(time));
        }
    }
}
