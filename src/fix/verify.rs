//! Whether a changed text says what its edits say, and nothing else.
//!
//! Old and new text are split as nginx splits them. What no edit touches must be split alike: an
//! edit that leaves a quote open, or glues two words, changes what stands behind it, whatever its
//! own bytes are.

use super::Text;
use crate::diagnostic::Edit;
use crate::source::{Sources, Span};
use crate::syntax::{self, PieceKind, Tree};

/// Whether nothing but the edits is another thing in the new text, and it has no problem of syntax
/// that the old one had not.
pub(super) fn verify(sources: &Sources, text: &Text<'_>) -> bool {
    let old = syntax::parse(sources.source(text.source).bytes.clone());
    let new = syntax::parse(text.bytes.as_slice().into());
    new.problems.len() <= old.problems.len() && kept(&old.tree, text) == left(&new.tree, text)
}

/// What the edits leave of the old text: each piece with where it is to be in the new one.
fn kept(tree: &Tree, text: &Text<'_>) -> Vec<(u32, PieceKind, Vec<u8>)> {
    let mut kept = Vec::new();
    let mut edits = text.edits.iter().peekable();
    // Bytes that the edits so far have made the text longer by.
    let mut longer: i64 = 0;
    for piece in words(tree) {
        while let Some(edit) = edits.peek().filter(|edit| is_before(edit.at.span, piece.span)) {
            longer += edit.text.len() as i64 - edit.at.span.len() as i64;
            edits.next();
        }
        let near = near(piece.span, &text.edits, |edit| edit.at.span);
        let is_touched = |edit: &&&Edit| is_touched(piece, edit.at.span, &edit.text);
        let mut start = piece.span.start;
        let mut bytes = tree.bytes()[piece.span.range()].to_vec();
        let mut touching = near.iter().filter(is_touched).rev().peekable();
        if touching.peek().is_some() && !touching.clone().all(|edit| edit.text.is_empty()) {
            continue;
        }
        // What is only taken of it leaves the rest; of a comment perhaps the CR at its end.
        for edit in touching {
            let from = edit.at.span.start.max(piece.span.start) - piece.span.start;
            let to = edit.at.span.end.min(piece.span.end) - piece.span.start;
            bytes.drain(from as usize..to as usize);
            start = start.min(edit.at.span.start);
        }
        if !bytes.trim_ascii().is_empty() {
            kept.push(((i64::from(start) + longer) as u32, piece.kind, bytes));
        }
    }
    kept
}

/// Of things in the order of a text, none of which overlap, those that reach a span.
fn near<T>(span: Span, things: &[T], of: impl Fn(&T) -> Span) -> &[T] {
    let from = things.partition_point(|thing| of(thing).end < span.start);
    let rest = things.get(from..).unwrap_or_default();
    let count = rest.iter().take_while(|thing| of(thing).start <= span.end).count();
    rest.get(..count).unwrap_or_default()
}

/// Whether an edit moves what stands at `span`.
fn is_before(edit: Span, span: Span) -> bool {
    edit.end <= span.start
}

/// Whether an edit changes a piece: it takes of it, or puts bytes to the end or the start of a word
/// that are no ends of words.
fn is_touched(piece: syntax::Piece, edit: Span, text: &str) -> bool {
    let (kind, piece) = (piece.kind, piece.span);
    let ends = |byte: u8| b" \t\r\n;{}".contains(&byte);
    let first = text.bytes().next();
    let last = text.bytes().next_back();
    let glued = (piece.end == edit.start && first.is_some_and(|byte| !ends(byte)))
        || (piece.start == edit.end && last.is_some_and(|byte| !ends(byte)));
    (edit.start < piece.end && piece.start < edit.end)
        || (edit.is_empty() && piece.start < edit.start && edit.start < piece.end)
        || (kind == PieceKind::Word && glued)
}

/// What is in the new text beside the edits.
fn left(tree: &Tree, text: &Text<'_>) -> Vec<(u32, PieceKind, Vec<u8>)> {
    let mut inserted = Vec::new();
    let mut longer: i64 = 0;
    for edit in &text.edits {
        let start = (i64::from(edit.at.span.start) + longer) as u32;
        if !edit.text.is_empty() {
            inserted.push(Span::new(start, start + edit.text.len() as u32));
        }
        longer += edit.text.len() as i64 - edit.at.span.len() as i64;
    }
    let pieces = words(tree).filter(|piece| {
        let near = near(piece.span, &inserted, |span| *span);
        !near.iter().any(|span| span.start < piece.span.end && piece.span.start < span.end)
    });
    pieces
        .map(|piece| (piece.span.start, piece.kind, tree.bytes()[piece.span.range()].to_vec()))
        .collect()
}

/// The pieces of a text that say something.
fn words(tree: &Tree) -> impl Iterator<Item = syntax::Piece> {
    syntax::pieces(tree).into_iter().filter(|piece| piece.kind != PieceKind::Blank)
}
