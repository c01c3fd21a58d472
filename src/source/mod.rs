//! Where bytes come from and how a place in them is named.
//!
//! Everything later refers to text by [`SourceId`] and [`Span`]; lines and columns are computed
//! only where a finding is shown. Reading goes through a [`Loader`], so that the same road serves
//! a disk, a dump and a test.

mod bytes;
mod line;
mod loader;
mod replace;
mod span;

pub use bytes::Bytes;
pub use line::{LineIndex, Position};
pub use loader::{Disk, FileKind, Loader, Memory, Walk};
pub use span::{Location, SourceId, Span};

use std::path::PathBuf;

/// One text that was read: a file, standard input, or a part of a dump.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as one would type it from the current directory; for standard input the name
    /// given for it; for a part of a dump the name the dump gives.
    pub name: PathBuf,
    /// The bytes, exactly as read.
    pub bytes: Bytes,
    /// What stands before them, where only a part was kept.
    pub before: Before,
}

impl Source {
    /// The line (from 1) that holds `offset`, counted: for one place, an index is not worth it.
    pub fn line(&self, offset: u32) -> u32 {
        let before = self.bytes.get(..offset as usize).unwrap_or(&self.bytes);
        self.before.lines + memchr::memchr_iter(b'\n', before).count() as u32 + 1
    }
}

/// What stands before a part of a text.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Before {
    /// How many lines.
    pub lines: u32,
    /// How many bytes.
    pub bytes: u64,
}

/// Every text of one run, by [`SourceId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a text and names it.
    pub fn add(&mut self, name: PathBuf, bytes: Bytes) -> SourceId {
        self.add_part(name, bytes, Before::default())
    }

    /// Adds a part of a text that is too large to be kept, from the start of a line on.
    pub fn add_part(&mut self, name: PathBuf, bytes: Bytes, before: Before) -> SourceId {
        let id = SourceId::new(self.all.len());
        self.all.push(Source { name, bytes, before });
        id
    }

    /// The text of that id. Ids come only from [`Sources::add`] of the same collection.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.all[id.index()]
    }

    /// The bytes of that id.
    pub fn bytes(&self, id: SourceId) -> &[u8] {
        &self.source(id).bytes
    }

    /// The bytes at a location; empty where the span lies outside the text.
    pub fn text(&self, at: Location) -> &[u8] {
        self.bytes(at.source).get(at.span.range()).unwrap_or_default()
    }

    /// All texts with their ids, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(index, source)| (SourceId::new(index), source))
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
