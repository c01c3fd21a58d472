//! A tree back to its text, piece by piece.

use super::node::NONE;
use super::tree::{Body, Tree, TriviaKind};
use crate::source::Span;

/// A run of bytes of a text, and what it is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: PieceKind,
}

/// What a piece is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Space, tab, CR and LF.
    Blank,
    /// A `;`, or a brace of a block.
    Punctuation,
    /// Lua code between braces.
    Raw,
    /// A comment, a template statement, a stray byte.
    Trivia(TriviaKind),
    /// A word with its quotes.
    Word,
}

/// The pieces of a text in order: none overlaps, none is empty, nothing is left out.
pub fn pieces(tree: &Tree) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tree.words.len() * 3);
    pieces.extend(tree.words().map(|word| Piece { span: word.span(), kind: PieceKind::Word }));
    pieces.extend(
        tree.trivia.iter().map(|one| Piece { span: one.span, kind: PieceKind::Trivia(one.kind) }),
    );
    for directive in tree.directives() {
        let mut punctuation = |span| pieces.push(Piece { span, kind: PieceKind::Punctuation });
        punctuation(directive.terminator());
        let close = tree.nodes.close(directive.node_id().index() as u32);
        if close != NONE {
            punctuation(Span::new(close, close + 1));
        }
        if let Body::Raw(span) = directive.body() {
            pieces.push(Piece { span, kind: PieceKind::Raw });
        }
    }
    pieces.retain(|piece| !piece.span.is_empty());
    pieces.sort_unstable_by_key(|piece| piece.span);
    let mut whole = Vec::with_capacity(pieces.len() * 2);
    let mut at = 0;
    for piece in pieces {
        if at < piece.span.start {
            whole.push(Piece { span: Span::new(at, piece.span.start), kind: PieceKind::Blank });
        }
        at = piece.span.end;
        whole.push(piece);
    }
    let end = tree.bytes.len() as u32;
    if at < end {
        whole.push(Piece { span: Span::new(at, end), kind: PieceKind::Blank });
    }
    whole
}

/// The text of a tree, put together from its pieces.
pub fn print(tree: &Tree) -> Vec<u8> {
    let mut text = Vec::with_capacity(tree.bytes.len());
    for piece in pieces(tree) {
        text.extend_from_slice(&tree.bytes[piece.span.range()]);
    }
    text
}
