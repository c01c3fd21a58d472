//! What holds of every text that is parsed.

use ngxlint::source::Span;
use ngxlint::syntax::{Directive, Parsed, PieceKind, notes, parse, pieces, print};

use super::hold;

/// The laws of a text.
///
/// # Errors
/// The law that it breaks.
pub(crate) fn laws(text: &[u8]) -> Result<(), String> {
    let Parsed { tree, problems } = parse(text.into());
    hold(print(&tree) == text, || "a byte is lost".into())?;
    let inside = |span: Span| span.start <= span.end && span.end as usize <= text.len();
    let mut at = 0;
    for piece in pieces(&tree) {
        hold(piece.span.start == at, || format!("a piece does not touch {piece:?}"))?;
        hold(piece.span.end > at && inside(piece.span), || format!("{piece:?} is empty"))?;
        at = piece.span.end;
        let bytes = &text[piece.span.range()];
        let is_blank = |byte: &u8| b" \t\r\n".contains(byte);
        let is_right = piece.kind != PieceKind::Blank || bytes.iter().all(is_blank);
        hold(is_right, || format!("{piece:?} is not blank"))?;
    }
    hold(at as usize == text.len(), || "the pieces end early".into())?;
    for directive in tree.directives() {
        let whole = directive.whole_span();
        let is_whole = inside(whole) && inside(directive.span());
        hold(is_whole && directive.span().end <= whole.end, || {
            format!("{whole:?} of a directive")
        })?;
        for child in directive.children() {
            let parent = child.parent().map(Directive::node_id);
            hold(parent == Some(directive.node_id()), || "a child of another".into())?;
            let child = child.whole_span();
            let is_within = whole.start < child.start && child.end <= whole.end;
            hold(is_within, || format!("{child:?} leaves {whole:?}"))?;
        }
    }
    let roots = tree.directives().filter(|one| one.parent().is_none()).count();
    hold(tree.roots().count() == roots, || "a directive without a parent is no root".into())?;
    for problem in &problems {
        let mut spans = [Some(problem.span), problem.noticed, problem.began].into_iter().flatten();
        hold(spans.all(inside), || format!("{problem:?} leaves the text"))?;
    }
    notes(&tree);
    Ok(())
}
