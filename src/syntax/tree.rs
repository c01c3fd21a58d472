//! The tree of one text: an arena of directives and words in the order of the text.

use std::borrow::Cow;
use std::sync::Arc;

use crate::nginx::DirectiveId;
use crate::source::Span;

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
    pub(super) bytes: Arc<[u8]>,
    pub(super) nodes: Vec<Node>,
    pub(super) words: Vec<Span>,
    pub(super) trivia: Vec<Trivia>,
}

/// `words` and children are not stored: a directive's words end where those of the next begin,
/// and its subtree is the run of nodes up to `subtree_end`.
#[derive(Copy, Clone, Debug)]
pub(super) struct Node {
    pub(super) first_word: u32,
    /// [`NONE`] at top level.
    pub(super) parent: u32,
    pub(super) subtree_end: u32,
    /// Offset of the `;` or `{`; where that is missing, of the end of the last word.
    pub(super) terminator: u32,
    /// Offset of the `}`, [`NONE`] where there is none.
    pub(super) close: u32,
    pub(super) id: Option<DirectiveId>,
    pub(super) kind: NodeKind,
}

pub(super) const NONE: u32 = u32::MAX;

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum NodeKind {
    /// Ended by `;`.
    Simple,
    /// Ended by nothing: the `;` is missing.
    Unterminated,
    /// Followed by directives in braces.
    Block,
    /// Followed by Lua code in braces.
    Raw,
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

    /// Every directive in the order of the text, children behind their parents.
    pub fn directives(&self) -> impl ExactSizeIterator<Item = Directive<'_>> {
        (0..self.nodes.len() as u32).map(|index| Directive { tree: self, index })
    }

    /// The directives at top level.
    pub fn roots(&self) -> Siblings<'_> {
        Siblings { tree: self, next: 0, end: self.nodes.len() as u32 }
    }

    /// Comments, template statements and stray bytes in the order of the text.
    pub fn trivia(&self) -> &[Trivia] {
        &self.trivia
    }

    /// How many directives there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no directive.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
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
    fn node(self) -> Node {
        self.tree.nodes[self.index as usize]
    }

    fn word_range(self) -> std::ops::Range<usize> {
        let next = self.tree.nodes.get(self.index as usize + 1);
        let end = next.map_or(self.tree.words.len(), |next| next.first_word as usize);
        self.node().first_word as usize..end
    }

    /// Its id in this tree.
    pub const fn node_id(self) -> NodeId {
        NodeId(self.index)
    }

    /// The tree it belongs to.
    pub const fn tree(self) -> &'t Tree {
        self.tree
    }

    /// The catalogue's id of its name; `None` for unknown names and for the lines of `map`,
    /// `types` and the like, which are no directives.
    pub fn id(self) -> Option<DirectiveId> {
        self.node().id
    }

    /// The first word.
    pub fn name(self) -> Word<'t> {
        Word { bytes: &self.tree.bytes, span: self.tree.words[self.node().first_word as usize] }
    }

    /// The words behind the name.
    pub fn args(self) -> impl DoubleEndedIterator<Item = Word<'t>> + ExactSizeIterator {
        let bytes: &[u8] = &self.tree.bytes;
        let words = &self.tree.words[self.word_range()];
        words[1..].iter().map(move |&span| Word { bytes, span })
    }

    /// The word behind the name at `index`, from 0.
    pub fn arg(self, index: usize) -> Option<Word<'t>> {
        let words = &self.tree.words[self.word_range()];
        words.get(index + 1).map(|&span| Word { bytes: &self.tree.bytes, span })
    }

    /// From the name to the last word, without `;` or `{`.
    pub fn span(self) -> Span {
        let words = &self.tree.words[self.word_range()];
        words[0].to(words[words.len() - 1])
    }

    /// From the name to the `;` or `}`.
    pub fn whole_span(self) -> Span {
        let node = self.node();
        let end = match node.kind {
            NodeKind::Unterminated => node.terminator,
            NodeKind::Simple => node.terminator + 1,
            NodeKind::Block | NodeKind::Raw if node.close != NONE => node.close + 1,
            NodeKind::Block | NodeKind::Raw => self.tree.bytes.len() as u32,
        };
        Span::new(self.span().start, end)
    }

    /// The `;` or `{`; empty behind the last word where it is missing.
    pub fn terminator(self) -> Span {
        let node = self.node();
        let length = u32::from(node.kind != NodeKind::Unterminated);
        Span::new(node.terminator, node.terminator + length)
    }

    /// What follows the words.
    pub fn body(self) -> Body {
        let node = self.node();
        match node.kind {
            NodeKind::Simple | NodeKind::Unterminated => Body::None,
            NodeKind::Block => Body::Block,
            NodeKind::Raw => {
                let end =
                    if node.close == NONE { self.tree.bytes.len() as u32 } else { node.close };
                Body::Raw(Span::new(node.terminator + 1, end))
            }
        }
    }

    /// Whether braces follow.
    pub fn is_block(self) -> bool {
        matches!(self.node().kind, NodeKind::Block | NodeKind::Raw)
    }

    /// The directive whose braces this one stands in.
    pub fn parent(self) -> Option<Self> {
        let parent = self.node().parent;
        (parent != NONE).then_some(Self { tree: self.tree, index: parent })
    }

    /// The directives in its braces.
    pub fn children(self) -> Siblings<'t> {
        Siblings { tree: self.tree, next: self.index + 1, end: self.node().subtree_end }
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
            self.next = directive.node().subtree_end;
            directive
        })
    }
}

/// A word of a directive.
#[derive(Copy, Clone)]
pub struct Word<'t> {
    bytes: &'t [u8],
    span: Span,
}

impl<'t> Word<'t> {
    /// Where it stands, quotes included.
    pub const fn span(self) -> Span {
        self.span
    }

    /// The bytes as written, quotes included.
    pub fn raw(self) -> &'t [u8] {
        &self.bytes[self.span.range()]
    }

    /// Whether it begins with a quote, which nginx takes off.
    pub fn is_quoted(self) -> bool {
        matches!(self.raw().first(), Some(b'"' | b'\''))
    }

    /// What nginx takes it for: without its quotes; `\"`, `\'`, `\\`, `\t`, `\r` and `\n`
    /// translated, any other backslash kept.
    pub fn value(self) -> Cow<'t, [u8]> {
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
