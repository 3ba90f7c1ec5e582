//! Pages of lists: as many rows as are wanted and fit.

use crate::answer::Answer;

/// How many bytes of originals a page may hold; one row always fits.
const LIMIT: usize = 64 * 1024 * 1024;

/// A page of a list.
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins, if there may be one.
    pub cursor: Option<String>,
}

/// What pages are made of.
pub trait Item {
    /// Its place in the order of the list.
    fn place(&self) -> i64;
    /// How many bytes it takes, about.
    fn bytes(&self) -> usize;
}

impl<T: Item> Page<T> {
    /// Takes up to `count` of `items`, as long as they fit.
    pub(super) fn take(items: impl Iterator<Item = Answer<T>>, count: usize) -> Answer<Self> {
        let (mut page, mut bytes) = (Vec::new(), 0);
        let mut cursor = None;
        for item in items {
            let item = item?;
            bytes += item.bytes();
            if page.len() == count || !page.is_empty() && bytes > LIMIT {
                cursor = page.last().map(|last: &T| last.place().to_string());
                break;
            }
            page.push(item);
        }
        Ok(Self {
            items: page,
            cursor,
        })
    }
}
