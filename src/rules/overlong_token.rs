//! A word or a comment is longer than the buffer in which nginx reads it.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::source::{Location, SourceId, Span};
use crate::syntax::{TriviaKind, is_placeholder};

/// The rule.
pub static RULE: Rule = Rule {
    name: "overlong-token",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/overlong-token.md"),
    check: On::Source(check),
};

/// `NGX_CONF_BUFFER`
const BUFFER: usize = 4096;

fn check(source: SourceId, cx: &mut Context<'_>) {
    let tree = cx.files().tree(source);
    let text = tree.bytes();
    if text.len() <= BUFFER {
        return;
    }
    let words = (tree.longest_word() >= BUFFER - 2).then(|| tree.words());
    for word in words.into_iter().flatten() {
        let span = word.span();
        if span.range().len() < BUFFER - 2 || is_placeholder(word.raw()) {
            continue;
        }
        // nginx counts from behind an opening quote.
        let quoted = word.is_quoted();
        let start = span.start as usize + usize::from(quoted);
        let end = span.end as usize;
        // It must read what ends the word, and the byte behind that, if it is blank.
        let blank = text.get(end).is_some_and(|byte| b" \t\r\n".contains(byte));
        let needed = end + usize::from(blank) - start;
        // A quote that is never closed is a matter of syntax.
        let closed = !quoted || word.raw().last() == word.raw().first();
        if closed && needed >= BUFFER && text.len() > start + BUFFER {
            let (most, what) = match (quoted, blank) {
                (false, _) => (BUFFER - 1 - usize::from(blank), "word"),
                (true, _) => (BUFFER - 2 - usize::from(blank), "text in quotes"),
            };
            let length = word.raw().len() - 2 * usize::from(quoted);
            report(
                source,
                span,
                cx,
                &format!("this {what} has {length} bytes, {most} at most are read"),
            );
        }
    }
    for trivia in tree.trivia().iter().filter(|one| one.kind == TriviaKind::Comment) {
        let length = trivia.span.range().len();
        if length >= BUFFER && text.len() > trivia.span.start as usize + BUFFER {
            let most = BUFFER - 1;
            let message = format!("this comment has {length} bytes, {most} at most are read");
            report(source, trivia.span, cx, &message);
        }
    }
}

fn report(source: SourceId, span: Span, cx: &mut Context<'_>, message: &str) {
    // The whole of it would fill a screen.
    let head = Span::new(span.start, span.start + 1);
    let draft = cx.report_at(Location::new(source, head), message);
    draft
        .help("nginx reads a file in pieces of 4,096 bytes, and a word may not be longer than one");
}
