//! Names of directives, looked up in the catalogue.

use super::{Parser, unquoted};
use crate::nginx::{self, DirectiveId};
use crate::source::Span;

/// Names that were looked up, each in a place that its ends and length choose.
pub(super) struct Names {
    met: [(Span, Option<DirectiveId>); 256],
}

impl Names {
    pub(super) const fn new() -> Self {
        Self { met: [(Span::at(0), None); 256] }
    }
}

impl Parser<'_> {
    /// [`Self::look_up`] for the name of a directive. The same names come again and again: to
    /// compare one with where it was met before is cheaper than to hash it.
    pub(super) fn recall(&mut self, word: Span) -> Option<DirectiveId> {
        let name = &self.bytes[word.range()];
        let end = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(*byte));
        let mixed = end(name.first()) ^ end(name.last()) << 2 ^ name.len() << 4;
        let place = mixed % self.names.met.len();
        let (met, id) = self.names.met[place];
        if self.bytes[met.range()] == *name {
            return id;
        }
        let id = self.look_up(word, false);
        self.names.met[place] = (word, id);
        id
    }

    pub(super) fn look_up(&self, word: Span, free_form: bool) -> Option<DirectiveId> {
        let id = nginx::lookup(unquoted(&self.bytes[word.range()]));
        id.filter(|&id| !free_form || id == nginx::id::INCLUDE)
    }
}
