//! What a `location` matches (`ngx_http_core_location`).

use std::borrow::Cow;

use super::scope::Scope;
use crate::nginx::Contexts;
use crate::syntax::{Directive, Word};

/// How a `location` matches.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Paths that begin with it, with `^~` or without.
    Prefix,
    /// One path: `=`.
    Exact,
    /// What a regular expression takes: `~`, `~*`.
    Regex,
    /// Nothing: others name it, `@`.
    Named,
}

/// What a `location` matches.
#[derive(Clone)]
pub struct Pattern<'t> {
    /// How.
    pub kind: Kind,
    /// What stands behind the modifier.
    pub name: Cow<'t, [u8]>,
    /// The word that ends with the name.
    pub word: Word<'t>,
    /// The modifier.
    modifier: &'static str,
}

impl<'t> Pattern<'t> {
    /// Of a `location`; `None` if it has no modifier that nginx knows, or no words at all.
    pub fn of(directive: Directive<'t>) -> Option<Self> {
        let first = directive.arg(0)?;
        if let Some(word) = directive.arg(1) {
            let modifier = MODIFIERS.iter().find(|(text, _)| text.as_bytes() == &*first.value());
            let (modifier, kind) = *modifier?;
            return Some(Self { kind, name: word.value(), word, modifier });
        }
        let value = first.value();
        let glued = MODIFIERS.iter().find(|(text, _)| value.starts_with(text.as_bytes()));
        let named = if value.starts_with(b"@") { Kind::Named } else { Kind::Prefix };
        let (modifier, kind) = glued.copied().unwrap_or(("", named));
        let name = match value {
            Cow::Borrowed(value) => Cow::Borrowed(&value[modifier.len()..]),
            Cow::Owned(value) => Cow::Owned(value[modifier.len()..].to_vec()),
        };
        Some(Self { kind, name, word: first, modifier })
    }

    /// Whether no regular expression beside it is tried: `^~`.
    pub(super) fn is_final(&self) -> bool {
        self.modifier == "^~"
    }

    /// Whether it is a regular expression for letters of either case: `~*`.
    pub(super) fn ignores_case(&self) -> bool {
        self.modifier == "~*"
    }

    /// The modifier and the name, for a message.
    pub fn shown(&self) -> String {
        let name = super::shown(&self.name);
        if self.modifier.is_empty() { name } else { format!("{} {name}", self.modifier) }
    }
}

impl Scope<'_> {
    /// What the `location` blocks around it match, the innermost first, as one text; `None` where it
    /// stands in none.
    pub fn location_path(self) -> Option<Vec<u8>> {
        let locations = self.chain().filter(|scope| scope.context() == Contexts::LOCATION);
        let names = locations.filter_map(|scope| {
            let block = scope.block()?;
            Some(Pattern::of(block.directive())?.name.into_owned())
        });
        let names: Vec<Vec<u8>> = names.collect();
        (!names.is_empty()).then(|| names.join(&b' '))
    }
}

/// The longer before what it begins with.
const MODIFIERS: [(&str, Kind); 4] =
    [("=", Kind::Exact), ("^~", Kind::Prefix), ("~*", Kind::Regex), ("~", Kind::Regex)];
