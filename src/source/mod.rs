//! Where bytes come from and how a place in them is named.
//!
//! Everything later refers to text by [`SourceId`] and [`Span`]; lines and columns are computed
//! only where a finding is shown. Reading goes through a [`Loader`], so that the same road serves
//! a disk, a dump and a test.

mod line;
mod loader;
mod span;

pub use line::{LineIndex, Position};
pub use loader::{Disk, FileKind, Loader, Memory};
pub use span::{Location, SourceId, Span};

use std::path::PathBuf;
use std::sync::Arc;

/// One text that was read: a file, standard input, or a part of a dump.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as one would type it from the current directory; for standard input the name
    /// given for it; for a part of a dump the name the dump gives.
    pub name: PathBuf,
    /// The bytes, exactly as read.
    pub bytes: Arc<[u8]>,
}

/// Every text of one run, by [`SourceId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a text and names it.
    pub fn add(&mut self, name: PathBuf, bytes: Arc<[u8]>) -> SourceId {
        let id = SourceId::new(self.all.len());
        self.all.push(Source { name, bytes });
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
