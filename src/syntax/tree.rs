//! The tree of one text: an arena of directives and words in the order of the text.

use std::borrow::Cow;

use super::lexer;
use super::node::{Kept, NONE, NodeKind, Nodes};
use crate::nginx::DirectiveId;
use crate::source::{Bytes, Span};

/// Names a directive of one [`Tree`]; ascending in the order of the text.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The directive at `index` in the order of the text.
    pub const fn new(index: usize) -> Self {
        Self(index as u32)
    }

    /// The index this id was made from.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The directives, words, comments and left-over bytes of one text.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) bytes: Bytes,
    pub(super) nodes: Nodes,
    pub(super) words: Vec<Span>,
    pub(super) trivia: Vec<Trivia>,
    pub(super) is_template: bool,
    pub(super) notable: Notable,
}

/// What some word of a text is, so that not all need to be read again to find that none is.
#[derive(Copy, Clone, Debug, Default)]
pub(super) struct Notable {
    /// The length of the longest.
    pub(super) longest: usize,
    /// Whether one may hold a placeholder of a template.
    pub(super) marked: bool,
}

/// Bytes between directives that are no blank space.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Trivia {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: TriviaKind,
}

/// What stands between directives.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TriviaKind {
    /// A comment, from its `#` to the end of its line (without the LF).
    Comment,
    /// A statement of a template language on its own: `{% if … %}`, `<% end %>`, `{{ … }}`.
    Template,
    /// A brace or semicolon that ends nothing, reported as a problem.
    Stray,
    /// The byte order mark of UTF-8 at the beginning. nginx takes it for a part of the first word.
    Mark,
}

impl Tree {
    /// The text this tree was made from.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The directive of that id. Ids come only from the same tree.
    pub fn directive(&self, id: NodeId) -> Directive<'_> {
        Directive { tree: self, index: id.0 }
    }

    /// The last directive that begins before `offset`.
    pub fn before(&self, offset: u32) -> Option<Directive<'_>> {
        let index = self.nodes.count_before(offset, &self.words).checked_sub(1)?;
        Some(Directive { tree: self, index: index as u32 })
    }

    /// Every directive in the order of the text, children behind their parents.
    pub fn directives(&self) -> impl ExactSizeIterator<Item = Directive<'_>> {
        (0..self.nodes.len() as u32).map(|index| Directive { tree: self, index })
    }

    /// The directives named `include`, in the order of the text.
    pub fn includes(&self) -> impl Iterator<Item = Directive<'_>> {
        self.nodes.includes().iter().map(|&index| Directive { tree: self, index })
    }

    /// The directives at top level.
    pub fn roots(&self) -> Siblings<'_> {
        Siblings { tree: self, next: 0, end: self.nodes.len() as u32 }
    }

    /// Every word in the order of the text.
    pub fn words(&self) -> impl Iterator<Item = Word<'_>> {
        self.directives().flat_map(Directive::words)
    }

    /// Comments, template statements and stray bytes in the order of the text.
    pub fn trivia(&self) -> &[Trivia] {
        &self.trivia
    }

    /// Whether statements of a template language stand between its directives: of two branches of a
    /// condition, one is left out.
    pub const fn is_template(&self) -> bool {
        self.is_template
    }

    /// Whether something in it may be a placeholder of a template language, or `%NAME%`.
    pub const fn may_be_template(&self) -> bool {
        self.is_template || self.notable.marked
    }

    /// The length of its longest word.
    pub const fn longest_word(&self) -> usize {
        self.notable.longest
    }

    /// How many directives there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no directive.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 0
    }
}

/// A directive of a tree: a small view, to be copied.
#[derive(Copy, Clone)]
pub struct Directive<'t> {
    tree: &'t Tree,
    index: u32,
}

/// What follows a directive's words.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing, but `;`.
    None,
    /// Directives in braces.
    Block,
    /// Lua code in braces; the span is what stands between them.
    Raw(Span),
}

impl<'t> Directive<'t> {
    fn kind(self) -> NodeKind {
        self.tree.nodes.kind(self.index)
    }

    fn kept(self) -> Kept<'t> {
        self.tree.nodes.words(self.index, &self.tree.words)
    }

    fn word(self, kept: Kept<'t>, read: Span) -> Word<'t> {
        let Kept { shift, plain, .. } = kept;
        Word { bytes: &self.tree.bytes, read, shift, plain }
    }

    /// Its words, the name first.
    pub(super) fn words(self) -> impl DoubleEndedIterator<Item = Word<'t>> + ExactSizeIterator {
        let kept = self.kept();
        kept.spans.iter().map(move |&read| self.word(kept, read))
    }

    /// Its id in this tree.
    pub const fn node_id(self) -> NodeId {
        NodeId(self.index)
    }

    /// The tree it belongs to.
    pub const fn tree(self) -> &'t Tree {
        self.tree
    }

    /// The directive that stands for all that are written alike, with the same words, and with
    /// braces or without: one before it, or itself.
    pub fn exemplar(self) -> Self {
        Self { tree: self.tree, index: self.tree.nodes.exemplar(self.index) }
    }

    /// The catalogue's id of its name; `None` for unknown names and for the lines of `map`,
    /// `types` and the like, which are no directives.
    pub fn id(self) -> Option<DirectiveId> {
        self.tree.nodes.id(self.index)
    }

    /// The first word.
    pub fn name(self) -> Word<'t> {
        let kept = self.kept();
        self.word(kept, kept.spans[0])
    }

    /// The words behind the name.
    pub fn args(self) -> impl DoubleEndedIterator<Item = Word<'t>> + ExactSizeIterator {
        let kept = self.kept();
        kept.spans[1..].iter().map(move |&read| self.word(kept, read))
    }

    /// The word behind the name at `index`, from 0.
    pub fn arg(self, index: usize) -> Option<Word<'t>> {
        let kept = self.kept();
        kept.spans.get(index + 1).map(|&read| self.word(kept, read))
    }

    /// From the name to the last word, without `;` or `{`.
    pub fn span(self) -> Span {
        let Kept { spans, shift, .. } = self.kept();
        spans[0].to(spans[spans.len() - 1]).moved(shift)
    }

    /// The bytes from the name to the last word.
    pub fn text(self) -> &'t [u8] {
        let spans = self.kept().spans;
        &self.tree.bytes[spans[0].to(spans[spans.len() - 1]).range()]
    }

    /// From the name to the `;` or `}`.
    pub fn whole_span(self) -> Span {
        let end = match self.kind() {
            NodeKind::Unterminated | NodeKind::Simple => self.terminator().end,
            NodeKind::Block | NodeKind::Raw => match self.tree.nodes.close(self.index) {
                NONE => self.tree.bytes.len() as u32,
                close => close + 1,
            },
        };
        Span::new(self.span().start, end)
    }

    /// The `;` or `{`; empty behind the last word where it is missing.
    pub fn terminator(self) -> Span {
        let words_end = self.span().end;
        let start = match self.kind() {
            NodeKind::Unterminated => return Span::at(words_end),
            NodeKind::Simple => {
                let behind = &self.tree.bytes[words_end as usize..];
                words_end + lexer::to_semicolon(behind) as u32
            }
            NodeKind::Block | NodeKind::Raw => self.tree.nodes.open(self.index),
        };
        Span::new(start, start + 1)
    }

    /// What follows the words.
    pub fn body(self) -> Body {
        match self.kind() {
            NodeKind::Simple | NodeKind::Unterminated => Body::None,
            NodeKind::Block => Body::Block,
            NodeKind::Raw => {
                let end = match self.tree.nodes.close(self.index) {
                    NONE => self.tree.bytes.len() as u32,
                    close => close,
                };
                Body::Raw(Span::new(self.terminator().end, end))
            }
        }
    }

    /// Whether braces follow.
    pub fn is_block(self) -> bool {
        self.kind().is_block()
    }

    /// The directive whose braces this one stands in.
    pub fn parent(self) -> Option<Self> {
        let parent = self.tree.nodes.parent(self.index);
        (parent != NONE).then_some(Self { tree: self.tree, index: parent })
    }

    /// The directives in its braces.
    pub fn children(self) -> Siblings<'t> {
        Siblings {
            tree: self.tree,
            next: self.index + 1,
            end: self.tree.nodes.subtree_end(self.index),
        }
    }
}

/// The directives of one level, in order.
#[derive(Clone)]
pub struct Siblings<'t> {
    tree: &'t Tree,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Siblings<'t> {
    type Item = Directive<'t>;

    fn next(&mut self) -> Option<Directive<'t>> {
        (self.next < self.end).then(|| {
            let directive = Directive { tree: self.tree, index: self.next };
            self.next = self.tree.nodes.subtree_end(self.next);
            directive
        })
    }
}

/// A word of a directive. It is read where the first of those stands that are written alike: that
/// place is read more often, so that it is near.
#[derive(Copy, Clone)]
pub struct Word<'t> {
    bytes: &'t [u8],
    read: Span,
    /// How much further on it stands itself.
    shift: u32,
    /// Whether it surely means what is written.
    plain: bool,
}

impl<'t> Word<'t> {
    /// Where it stands, quotes included.
    pub const fn span(self) -> Span {
        self.read.moved(self.shift)
    }

    /// The bytes as written, quotes included.
    pub fn raw(self) -> &'t [u8] {
        &self.bytes[self.read.range()]
    }

    /// Whether it begins with a quote, which nginx takes off.
    pub fn is_quoted(self) -> bool {
        !self.plain && matches!(self.raw().first(), Some(b'"' | b'\''))
    }

    /// Whether nginx takes it for `text`, whatever the case of letters.
    pub fn is(self, text: &[u8]) -> bool {
        let raw = self.raw();
        // Quotes and backslashes only ever make it longer.
        let may_say_else = || {
            !self.plain
                && raw.len() > text.len()
                && (matches!(raw.first(), Some(b'"' | b'\'')) || raw.contains(&b'\\'))
        };
        raw.eq_ignore_ascii_case(text)
            || (may_say_else() && self.value().eq_ignore_ascii_case(text))
    }

    /// What nginx takes it for: without its quotes; `\"`, `\'`, `\\`, `\t`, `\r` and `\n`
    /// translated, any other backslash kept.
    pub fn value(self) -> Cow<'t, [u8]> {
        if self.plain {
            return Cow::Borrowed(self.raw());
        }
        let inner = match self.raw() {
            [quote @ (b'"' | b'\''), inner @ .., last] if quote == last => inner,
            [b'"' | b'\'', inner @ ..] => inner,
            raw => raw,
        };
        match memchr::memchr(b'\\', inner) {
            None => Cow::Borrowed(inner),
            Some(first) => Cow::Owned(unescape(inner, first)),
        }
    }
}

fn unescape(raw: &[u8], first: usize) -> Vec<u8> {
    let mut value = raw[..first].to_vec();
    let mut rest = &raw[first..];
    while let [byte, tail @ ..] = rest {
        let translated = match (byte, tail.first()) {
            (b'\\', Some(&escaped @ (b'"' | b'\'' | b'\\'))) => Some(escaped),
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'r')) => Some(b'\r'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            _ => None,
        };
        value.push(translated.unwrap_or(*byte));
        rest = if translated.is_some() { &tail[1..] } else { tail };
    }
    value
}
