//! What a hunt came by, in numbers.

use super::walk::Passed;
use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) files: u64,
    /// Files in archives.
    pub(super) members: u64,
    /// Bytes of files, stdin and objects, unpacked.
    pub(super) bytes: u64,
    pub(super) repositories: u64,
    pub(super) commits: u64,
    /// Versions of files in histories.
    pub(super) blobs: u64,
    /// Findings that are reported.
    pub(super) found: u64,
    /// Findings that the baseline accepts.
    pub(super) accepted: u64,
    /// What should have been searched and was not, or not to its end.
    pub(super) unread: u64,
    pub(super) ignored: u64,
    pub(super) links: u64,
    pub(super) special: u64,
    /// Files that are packed in a way that is not opened.
    pub(super) sealed: u64,
    /// Repositories whose history was not asked for.
    pub(super) histories: u64,
    /// Repositories that have only the newest part of their history.
    pub(super) shallow: u64,
}

impl Totals {
    pub(super) fn pass(&mut self, passed: Passed) {
        *match passed {
            Passed::Ignored => &mut self.ignored,
            Passed::Link => &mut self.links,
            Passed::Special => &mut self.special,
        } += 1;
    }

    /// The numbers by their names.
    pub(super) fn named(&self) -> [(&'static str, u64); 15] {
        [
            ("files", self.files),
            ("members", self.members),
            ("bytes", self.bytes),
            ("repositories", self.repositories),
            ("commits", self.commits),
            ("blobs", self.blobs),
            ("found", self.found),
            ("accepted", self.accepted),
            ("not_searched", self.unread),
            ("ignored", self.ignored),
            ("links", self.links),
            ("special", self.special),
            ("sealed", self.sealed),
            ("histories_not_searched", self.histories),
            ("shallow", self.shallow),
        ]
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.members += other.members;
        self.bytes += other.bytes;
        self.repositories += other.repositories;
        self.commits += other.commits;
        self.blobs += other.blobs;
        self.found += other.found;
        self.accepted += other.accepted;
        self.unread += other.unread;
        self.ignored += other.ignored;
        self.links += other.links;
        self.sealed += other.sealed;
        self.special += other.special;
        self.histories += other.histories;
        self.shallow += other.shallow;
    }
}
