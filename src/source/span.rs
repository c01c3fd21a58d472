//! Names for places in texts.

use std::ops::Range;

/// Names one text of a [`Sources`](super::Sources).
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    /// The id of the text at `index`. Texts are few; more than 2³² of them cannot be held.
    pub const fn new(index: usize) -> Self {
        Self(index as u32)
    }

    /// The index this id was made from.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A half-open run of bytes, `start..end`, in one text.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte; never before `start`.
    pub end: u32,
}

impl Span {
    /// The span `start..end`.
    pub const fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// The empty span at `offset`.
    pub const fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// The span as a range to index bytes with.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span that begins so many bytes further on.
    pub const fn moved(self, by: u32) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }

    /// Whether `offset` lies in the span.
    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }
}

/// A span in a named text.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The text.
    pub source: SourceId,
    /// The place in it.
    pub span: Span,
}

impl Location {
    /// The span `span` of `source`.
    pub const fn new(source: SourceId, span: Span) -> Self {
        Self { source, span }
    }
}
