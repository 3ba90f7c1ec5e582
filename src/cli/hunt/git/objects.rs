//! Streams the objects of a repository out of git.
//!
//! `rev-list` lists what can be reached, each object once and with a path, the newest commit first;
//! `cat-file --batch-check` says which of it are blobs; `cat-file --batch` has the contents; `fsck`
//! lists what nothing refers to any more. All of them run at once, and nothing is held here but what
//! is on its way.

use super::command::{Running, ask};
use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many objects are on their way at once.
const UNDER_WAY: usize = 256;

/// The longest line that git may print: a path and what is before it, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// What references and reflogs refer to, of all worktrees.
const REACHABLE: &[&str] = &[
    "rev-list",
    "--objects",
    "--in-commit-order",
    "--missing=print",
    "--all",
    "--reflog",
];

/// What is staged and not what HEAD, or nothing, has.
const STAGED: &[&str] = &[
    "diff-index",
    "--cached",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "-z",
];

const TYPES: &[&str] = &[
    "cat-file",
    "--buffer",
    "--batch-check=%(objectname) %(objecttype) %(rest)",
];

const CONTENTS: &[&str] = &["cat-file", "--batch"];

const UNREACHABLE: &[&str] = &[
    "fsck",
    "--unreachable",
    "--connectivity-only",
    "--no-dangling",
    "--no-progress",
];

/// An object whose contents are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Item {
    pub(in super::super) id: String,
    pub(in super::super) kind: Kind,
    /// The newest commit that has it, if any has.
    pub(in super::super) commit: Option<String>,
    /// The path of a blob in that commit; empty where it has none.
    pub(in super::super) path: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Blob,
    Commit,
    Tag,
}

/// Who is told what there is.
pub(in super::super) trait Historian {
    /// The contents of an object, of `size` bytes. What is not read is passed over.
    fn object(&mut self, item: &Item, size: u64, contents: &mut dyn Read);

    /// An object that is not in this copy of the repository.
    fn missing(&mut self, id: &str);

    /// Whether to go on.
    fn goes_on(&self) -> bool;
}

/// What is told of on the way from the lists to the contents.
enum News {
    Wanted(Item),
    Missing(String),
}

/// Goes through the repository in `directory`. An error says that git could not be run or has
/// broken off; everything before it was told.
pub(in super::super) fn search(directory: &Path, historian: &mut impl Historian) -> io::Result<()> {
    let mut reachable = Running::start(directory, REACHABLE, Stdio::null())?;
    let listed = reachable.stdout()?;
    let mut types = Running::start(directory, TYPES, listed.into())?;
    let lines = BufReader::new(types.stdout()?);
    stream(directory, historian, |wanted| list_reachable(lines, wanted))?;
    if !historian.goes_on() {
        return Ok(());
    }
    ended_well(types.end()? && reachable.end()?)?;
    for worktree in worktrees(directory)? {
        staged(directory, &worktree, historian)?;
    }
    let mut unreachable = Running::start(directory, UNREACHABLE, Stdio::null())?;
    let lines = BufReader::new(unreachable.stdout()?);
    stream(directory, historian, |wanted| {
        list_unreachable(lines, wanted)
    })?;
    if !historian.goes_on() {
        return Ok(());
    }
    ended_well(unreachable.end()?)
}

/// The directories that have an index: of the repository itself, and of its other worktrees.
fn worktrees(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = vec![directory.to_owned()];
    match directory.join("worktrees").read_dir() {
        Ok(others) => {
            for other in others {
                all.push(other?.path());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    all.retain(|worktree| worktree.join("index").is_file());
    Ok(all)
}

/// Goes through what is staged in a worktree.
fn staged(directory: &Path, worktree: &Path, historian: &mut impl Historian) -> io::Result<()> {
    let head = match ask(
        worktree,
        &["rev-parse", "--verify", "--quiet", "HEAD^{tree}"],
    )? {
        Some(head) => head,
        // There is no commit yet: the empty tree stands for it.
        None => ask(worktree, &["hash-object", "-t", "tree", "--stdin"])?.unwrap_or_default(),
    };
    let head = String::from_utf8_lossy(&head).trim().to_owned();
    let mut arguments = STAGED.to_vec();
    arguments.push(&head);
    let mut differing = Running::start(worktree, &arguments, Stdio::null())?;
    let entries = BufReader::new(differing.stdout()?);
    stream(directory, historian, |wanted| list_staged(entries, wanted))?;
    if !historian.goes_on() {
        return Ok(());
    }
    ended_well(differing.end()?)
}

fn ended_well(well: bool) -> io::Result<()> {
    if well {
        Ok(())
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// Fetches the contents of what `list` lists, and tells of them.
fn stream(
    directory: &Path,
    historian: &mut impl Historian,
    list: impl FnOnce(&mut dyn FnMut(News) -> io::Result<()>) -> io::Result<()> + Send,
) -> io::Result<()> {
    let mut git = Running::start(directory, CONTENTS, Stdio::piped())?;
    let mut asked = git.stdin()?;
    let mut contents = BufReader::with_capacity(256 << 10, git.stdout()?);
    let (sender, receiver) = sync_channel(UNDER_WAY);
    thread::scope(|scope| {
        let lister = scope.spawn(move || {
            list(&mut |news| {
                if let News::Wanted(item) = &news {
                    writeln!(asked, "{}", item.id)?;
                }
                tell(&sender, news)
            })
        });
        let told = tell_all(&receiver, &mut contents, historian);
        // Frees the lister if it is still at work.
        drop(receiver);
        drop(git);
        let listed = lister
            .join()
            .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        match told {
            Err(error) => Err(error),
            Ok(false) => Ok(()),
            Ok(true) => listed,
        }
    })
}

fn tell(sender: &SyncSender<News>, news: News) -> io::Result<()> {
    sender
        .send(news)
        .map_err(|_| io::ErrorKind::BrokenPipe.into())
}

/// Says whether it went through to the end.
fn tell_all(
    receiver: &Receiver<News>,
    contents: &mut impl BufRead,
    historian: &mut impl Historian,
) -> io::Result<bool> {
    for news in receiver {
        match news {
            News::Missing(id) => historian.missing(&id),
            News::Wanted(item) => tell_one(&item, contents, historian)?,
        }
        if !historian.goes_on() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads `<id> <type> <size>`, the contents, and a line break.
fn tell_one(
    item: &Item,
    contents: &mut impl BufRead,
    historian: &mut impl Historian,
) -> io::Result<()> {
    let head = line(contents)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut words = head.split(|byte| *byte == b' ');
    if words.next() != Some(item.id.as_bytes()) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let size = words
        .nth(1)
        .and_then(|word| str::from_utf8(word).ok()?.parse().ok());
    let Some(size) = size else {
        historian.missing(&item.id);
        return Ok(());
    };
    let mut body = contents.take(size);
    historian.object(item, size, &mut body);
    io::copy(&mut body, &mut io::sink())?;
    let mut end = [0];
    contents.read_exact(&mut end)
}

/// Lines of `<id> <type> <path>`, and of `?<id> missing`. What a commit has that newer ones have not
/// follows it.
fn list_reachable(
    mut lines: impl BufRead,
    wanted: &mut dyn FnMut(News) -> io::Result<()>,
) -> io::Result<()> {
    let mut commit = None;
    while let Some(line) = line(&mut lines)? {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let (Some(id), kind) = (words.next(), words.next().unwrap_or_default()) else {
            continue;
        };
        let id = String::from_utf8_lossy(id).into_owned();
        let kind = match kind {
            b"blob" => Kind::Blob,
            b"commit" => {
                commit = Some(id.clone());
                Kind::Commit
            }
            b"tag" => Kind::Tag,
            b"tree" => continue,
            _ => {
                wanted(News::Missing(id.trim_start_matches('?').to_owned()))?;
                continue;
            }
        };
        let path = words.next().unwrap_or_default();
        // What a tag refers to comes between: it is no commit's, and has no path.
        let is_of_commit = kind == Kind::Commit || kind == Kind::Blob && !path.is_empty();
        wanted(News::Wanted(Item {
            id,
            kind,
            commit: commit.clone().filter(|_| is_of_commit),
            path: path.to_vec(),
        }))?;
    }
    Ok(())
}

/// Lines of `unreachable <type> <id>`.
fn list_unreachable(
    mut lines: impl BufRead,
    wanted: &mut dyn FnMut(News) -> io::Result<()>,
) -> io::Result<()> {
    while let Some(line) = line(&mut lines)? {
        let text = String::from_utf8_lossy(&line).into_owned();
        let mut words = text.split(' ');
        let (what, kind, id) = (words.next(), words.next(), words.next());
        let kind = match kind {
            Some("blob") => Kind::Blob,
            Some("commit") => Kind::Commit,
            Some("tag") => Kind::Tag,
            _ => continue,
        };
        if let (Some("unreachable"), Some(id)) = (what, id) {
            wanted(News::Wanted(Item {
                id: id.to_owned(),
                kind,
                commit: None,
                path: Vec::new(),
            }))?;
        }
    }
    Ok(())
}

/// Entries of `:<mode> <mode> <id> <id> <status>` and a path.
fn list_staged(
    mut entries: impl BufRead,
    wanted: &mut dyn FnMut(News) -> io::Result<()>,
) -> io::Result<()> {
    while let Some(entry) = until(0, &mut entries)? {
        let path = until(0, &mut entries)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&entry).into_owned();
        let mut words = text.split(' ').skip(1);
        let (mode, id) = (
            words.next().unwrap_or_default(),
            words.nth(1).unwrap_or_default(),
        );
        // Files and links are blobs; what was removed has no mode, a submodule no contents.
        if mode.starts_with("10") || mode.starts_with("12") {
            wanted(News::Wanted(Item {
                id: id.to_owned(),
                kind: Kind::Blob,
                commit: None,
                path,
            }))?;
        }
    }
    Ok(())
}

/// The next line, without its break.
fn line(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    until(b'\n', reader)
}

/// What comes before `end`.
fn until(end: u8, reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if reader.take(MAX_LINE).read_until(end, &mut line)? == 0 {
        return Ok(None);
    }
    if line.pop() != Some(end) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(Some(line))
}
