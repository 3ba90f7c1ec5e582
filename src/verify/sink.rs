//! Where findings go: counted, then handed to the caller.

use super::path::{Path, Step};
use super::report::{Finding, Place, Report, Status};
use super::tree::Value;

pub(super) struct Sink<'s> {
    pub(super) report: Report,
    found: &'s mut dyn FnMut(Finding<'_>),
}

/// A value and the number of its record, if it is in one.
pub(super) type Spot<'t> = (Value<'t>, Option<u64>);

impl<'s> Sink<'s> {
    pub(super) fn new(found: &'s mut dyn FnMut(Finding<'_>)) -> Self {
        Self {
            report: Report::default(),
            found,
        }
    }

    pub(super) fn add(
        &mut self,
        status: Status,
        why: &'static str,
        path: &[Step<'_>],
        original: Option<Spot<'_>>,
        redacted: Option<Spot<'_>>,
    ) {
        self.report.add(status);
        (self.found)(Finding {
            status,
            why,
            path: Path::Steps(path),
            original: original.map(place),
            redacted: redacted.map(place),
        });
    }
}

fn place((value, record): Spot<'_>) -> Place {
    let position = value.position();
    Place {
        record,
        line: position.line,
        offset: position.offset,
    }
}
