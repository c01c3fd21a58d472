//! How the directives of a tree are kept: in the order of the text, 16 bytes each, and what only
//! those with braces have beside them. There are many, and every pass over a configuration reads
//! them: the smaller, the quicker.

use crate::nginx::{self, DirectiveId};

/// Where there is nothing: no parent, no `}`.
pub(super) const NONE: u32 = u32::MAX;

/// The directives of one text. A directive's words are not kept, they end where those of the next
/// begin; nor are its children: its subtree is the run of directives up to its end. Nor is its `;`,
/// which follows the last word and what blank space and comments there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    all: Vec<Node>,
    blocks: Vec<Block>,
    includes: Vec<u32>,
}

#[derive(Copy, Clone, Debug)]
struct Node {
    first_word: u32,
    /// Of one without braces its parent, of a block its place in `blocks`.
    link: u32,
    /// The one that stands for all that are written alike.
    exemplar: u32,
    /// Any, where the name is not known.
    id: DirectiveId,
    is_known: bool,
    kind: NodeKind,
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
        first_word: u32,
        parent: u32,
        (open, exemplar): (u32, u32),
    ) {
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
        let (is_known, id) = (id.is_some(), id.unwrap_or(nginx::id::INCLUDE));
        self.all.push(Node { first_word, link, exemplar, id, is_known, kind });
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
        let node = &self.all[index as usize];
        node.is_known.then_some(node.id)
    }

    /// The one that stands for all that are written alike.
    pub(super) fn exemplar(&self, index: u32) -> u32 {
        self.all[index as usize].exemplar
    }

    /// The place of its first word among those of the text.
    pub(super) fn first_word(&self, index: u32) -> usize {
        self.all[index as usize].first_word as usize
    }

    /// The place of the first word behind it, if a directive follows.
    pub(super) fn next_word(&self, index: u32) -> Option<usize> {
        self.all.get(index as usize + 1).map(|next| next.first_word as usize)
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

    /// How many directives begin with a first word for which that holds: those of the text's
    /// beginning.
    pub(super) fn count_while(&self, comes_before: impl Fn(usize) -> bool) -> usize {
        self.all.partition_point(|node| comes_before(node.first_word as usize))
    }
}
