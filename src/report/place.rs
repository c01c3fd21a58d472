//! Lines and columns of the places in a report.

use std::cell::OnceCell;
use std::fmt;
use std::path::Path;

use super::text::visible_path;
use crate::source::{Before, LineIndex, Location, Position, SourceId, Sources};

/// The sources of a report with their line indexes, each made when it is first needed.
pub(super) struct Places<'r> {
    sources: &'r Sources,
    indexes: Vec<OnceCell<LineIndex>>,
}

impl<'r> Places<'r> {
    pub(super) fn new(sources: &'r Sources) -> Self {
        Self { sources, indexes: vec![OnceCell::new(); sources.len()] }
    }

    /// The path as one would type it.
    pub(super) fn path(&self, source: SourceId) -> &'r Path {
        &self.sources.source(source).name
    }

    /// The bytes of a source.
    pub(super) fn bytes(&self, source: SourceId) -> &'r [u8] {
        self.sources.bytes(source)
    }

    /// The bytes at a place.
    pub(super) fn text(&self, at: Location) -> &'r [u8] {
        self.sources.text(at)
    }

    /// The lines of a source.
    pub(super) fn index(&self, source: SourceId) -> &LineIndex {
        self.indexes[source.index()].get_or_init(|| LineIndex::new(self.bytes(source)))
    }

    /// What stands before a source that is only a part.
    pub(super) fn before(&self, source: SourceId) -> Before {
        self.sources.source(source).before
    }

    /// Line and column of an offset.
    pub(super) fn position(&self, source: SourceId, offset: u32) -> Position {
        let Position { line, column } = self.index(source).position(self.bytes(source), offset);
        Position { line: line.saturating_add(self.before(source).lines), column }
    }

    /// The two ends of a place; the second is never before the first.
    pub(super) fn ends(&self, at: Location) -> [Position; 2] {
        [at.span.start, at.span.end.max(at.span.start)].map(|end| self.position(at.source, end))
    }

    /// The two ends of a place, the columns counted in bytes.
    pub(super) fn ends_in_bytes(&self, at: Location) -> [Position; 2] {
        let (index, bytes) = (self.index(at.source), self.bytes(at.source).len() as u32);
        [at.span.start, at.span.end.max(at.span.start)].map(|end| {
            let (end, line) = (end.min(bytes), index.line(end));
            let column = end.saturating_sub(index.span(line).start) + 1;
            Position { line: line.saturating_add(self.before(at.source).lines), column }
        })
    }

    /// `path:line:column`, visible.
    pub(super) fn show(&self, at: Location) -> impl fmt::Display {
        let Position { line, column } = self.position(at.source, at.span.start);
        format!("{}:{line}:{column}", visible_path(self.path(at.source)))
    }
}
