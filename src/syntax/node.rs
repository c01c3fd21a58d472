//! How the directives of a tree are kept: in the order of the text, 16 bytes each, and what only
//! those with braces have beside them. There are many, and every pass over a configuration reads
//! them: the smaller, the quicker.

use crate::nginx::{self, DirectiveId};
use crate::source::Span;

/// Where there is nothing: no parent, no `}`.
pub(super) const NONE: u32 = u32::MAX;

/// The directives of one text. Of those that are written alike only the first has words of its own;
/// the others have the same ones further on. A directive's children are not kept: its subtree is the
/// run of directives up to its end. Nor is its `;`, which follows the last word and what blank space
/// and comments there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    all: Vec<Node>,
    blocks: Vec<Block>,
    includes: Vec<u32>,
}

#[derive(Copy, Clone, Debug)]
struct Node {
    /// Where its words begin: of one that has its own, the first among the words of the text; of
    /// others an offset.
    place: u32,
    /// Of one without braces its parent, of a block its place in `blocks`.
    link: u32,
    /// The one that stands for all that are written alike.
    exemplar: u32,
    id: Option<DirectiveId>,
    kind: NodeKind,
    words: Own,
}

/// What a directive has of words of its own: how many, where [`MANY`] stands for as many and more,
/// and, in the highest bit, whether they are [`Words::Own::plain`].
#[derive(Copy, Clone, Debug)]
struct Own(u8);

impl Own {
    const NONE: Self = Self(0);
    const PLAIN: u8 = 1 << 7;

    fn new(count: usize, plain: bool) -> Self {
        Self(count.min(MANY) as u8 | if plain { Self::PLAIN } else { 0 })
    }

    const fn count(self) -> usize {
        (self.0 & !Self::PLAIN) as usize
    }

    const fn is_plain(self) -> bool {
        self.0 & Self::PLAIN != 0
    }
}

/// What a directive says of its words when it is added.
#[derive(Copy, Clone, Debug)]
pub(super) enum Words {
    /// They are those of the directive of that index, at this offset.
    Alike(u32, u32),
    /// They are its own.
    Own {
        /// The first among those of the text.
        first: u32,
        /// How many they are.
        count: usize,
        /// Whether none is quoted or holds a backslash: they mean what is written.
        plain: bool,
    },
}

/// The words of a directive as they are kept.
#[derive(Copy, Clone, Debug)]
pub(super) struct Kept<'w> {
    /// Where those stand that are read, which may be those of its like before it.
    pub(super) spans: &'w [Span],
    /// How much further on its own stand (bytes).
    pub(super) shift: u32,
    /// As in [`Words::Own`].
    pub(super) plain: bool,
}

#[derive(Copy, Clone, Debug)]
struct Block {
    parent: u32,
    open: u32,
    close: u32,
    subtree_end: u32,
}

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

impl NodeKind {
    pub(super) const fn is_block(self) -> bool {
        matches!(self, Self::Block | Self::Raw)
    }
}

impl Nodes {
    pub(super) fn with_capacity(directives: usize) -> Self {
        Self { all: Vec::with_capacity(directives), ..Self::default() }
    }

    /// Adds a directive; a block opens at `open`, for others that means nothing.
    pub(super) fn push(
        &mut self,
        id: Option<DirectiveId>,
        kind: NodeKind,
        words: Words,
        parent: u32,
        open: u32,
    ) {
        let (place, exemplar, words) = match words {
            Words::Alike(exemplar, offset) => (offset, exemplar, Own::NONE),
            Words::Own { first, count, plain } => {
                (first, self.all.len() as u32, Own::new(count, plain))
            }
        };
        let link = if kind.is_block() {
            let subtree_end = self.all.len() as u32 + 1;
            self.blocks.push(Block { parent, open, close: NONE, subtree_end });
            self.blocks.len() as u32 - 1
        } else {
            parent
        };
        if id == Some(nginx::id::INCLUDE) {
            self.includes.push(self.all.len() as u32);
        }
        self.all.push(Node { place, link, exemplar, id, kind, words });
    }

    /// Ends a block at its `}`, behind the directives there are.
    pub(super) fn close_block(&mut self, index: u32, close: u32) {
        self.end_subtree(index);
        let block = self.all[index as usize].link;
        self.blocks[block as usize].close = close;
    }

    /// Ends a block that has no `}` behind the directives there are.
    pub(super) fn end_subtree(&mut self, index: u32) {
        let block = self.all[index as usize].link;
        self.blocks[block as usize].subtree_end = self.all.len() as u32;
    }

    /// Says of a block that Lua code stands in it.
    pub(super) fn make_raw(&mut self, index: u32) {
        self.all[index as usize].kind = NodeKind::Raw;
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those named `include`.
    pub(super) fn includes(&self) -> &[u32] {
        &self.includes
    }

    fn block(&self, index: u32) -> Option<&Block> {
        let node = &self.all[index as usize];
        node.kind.is_block().then(|| &self.blocks[node.link as usize])
    }

    pub(super) fn kind(&self, index: u32) -> NodeKind {
        self.all[index as usize].kind
    }

    pub(super) fn id(&self, index: u32) -> Option<DirectiveId> {
        self.all[index as usize].id
    }

    /// The one that stands for all that are written alike.
    pub(super) fn exemplar(&self, index: u32) -> u32 {
        self.all[index as usize].exemplar
    }

    /// Its words.
    pub(super) fn words<'w>(&self, index: u32, all: &'w [Span]) -> Kept<'w> {
        let node = &self.all[index as usize];
        let own = &self.all[node.exemplar as usize];
        let first = own.place as usize;
        let end = match own.words.count() {
            MANY => {
                let behind = &self.all[node.exemplar as usize + 1..];
                let next = behind.iter().find(|next| next.words.count() > 0);
                next.map_or(all.len(), |next| next.place as usize)
            }
            count => first + count,
        };
        let spans = &all[first..end];
        let shift = if node.words.count() == 0 { node.place - spans[0].start } else { 0 };
        Kept { spans, shift, plain: own.words.is_plain() }
    }

    /// Where its name begins.
    pub(super) fn start(&self, index: u32, all: &[Span]) -> u32 {
        self.all[index as usize].start(all)
    }

    /// [`NONE`] at top level.
    pub(super) fn parent(&self, index: u32) -> u32 {
        self.block(index).map_or(self.all[index as usize].link, |block| block.parent)
    }

    /// The first directive behind it and those in it.
    pub(super) fn subtree_end(&self, index: u32) -> u32 {
        self.block(index).map_or(index + 1, |block| block.subtree_end)
    }

    /// Offset of the `{`, [`NONE`] where there is none.
    pub(super) fn open(&self, index: u32) -> u32 {
        self.block(index).map_or(NONE, |block| block.open)
    }

    /// Offset of the `}`, [`NONE`] where there is none.
    pub(super) fn close(&self, index: u32) -> u32 {
        self.block(index).map_or(NONE, |block| block.close)
    }

    /// How many directives begin before an offset.
    pub(super) fn count_before(&self, offset: u32, all: &[Span]) -> usize {
        self.all.partition_point(|node| node.start(all) < offset)
    }
}

impl Node {
    fn start(&self, all: &[Span]) -> u32 {
        if self.words.count() == 0 { self.place } else { all[self.place as usize].start }
    }
}

/// Of so many words the number is not kept.
const MANY: usize = i8::MAX as usize;
