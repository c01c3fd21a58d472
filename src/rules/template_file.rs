//! A file is a template, still to be filled in.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::source::{Location, SourceId, Span};
use crate::syntax::{self, Tree, TriviaKind};

/// The rule.
pub static RULE: Rule = Rule {
    name: "template-file",
    category: Category::Correctness,
    level: Level::Info,
    page: include_str!("../../rules/template-file.md"),
    check: On::Source(check),
};

fn check(source: SourceId, cx: &mut Context<'_>) {
    let tree = cx.files().tree(source);
    if !tree.may_be_template() {
        return;
    }
    let Some(span) = first(tree) else { return };
    let shown = crate::model::shown(&tree.bytes()[span.range()]);
    let message = format!("this file is a template: `{shown}` is still to be filled in");
    cx.report_at(Location::new(source, span), message)
        .help("what does not depend on it is checked; check the file that comes of it too");
}

/// The first placeholder outside of comments.
fn first(tree: &Tree) -> Option<Span> {
    let statements = tree.trivia().iter().filter(|one| one.kind == TriviaKind::Template);
    let statement = statements.map(|one| one.span).next();
    let mut words = tree.words();
    let word = words.find_map(|word| {
        let (start, length) = placeholder(word.raw())?;
        let start = word.span().start + start as u32;
        Some(Span::new(start, start + length as u32))
    });
    statement.into_iter().chain(word).min()
}

/// Where a placeholder stands in a word, and how long it is.
fn placeholder(word: &[u8]) -> Option<(usize, usize)> {
    memchr::memchr3_iter(b'{', b'%', b'<', word).find_map(|at| {
        let rest = &word[at..];
        let length = match rest {
            [b'{', b'{', ..] => between(rest, b"}}"),
            [b'{', b'%', ..] => between(rest, b"%}"),
            [b'<', b'%', ..] => between(rest, b"%>"),
            [b'%', ..] => syntax::named_placeholder(rest).map(<[u8]>::len),
            _ => None,
        };
        Some((at, length?))
    })
}

/// Up to `close` on the same line. What JSON nests begins with a quote or a brace.
fn between(text: &[u8], close: &[u8]) -> Option<usize> {
    let inside = &text[2..];
    let length = memchr::memmem::find(inside, close)?;
    let line = &inside[..length];
    let first = line.trim_ascii_start().first();
    let json = matches!(first, Some(b'"' | b'\'' | b'{' | b'\\'));
    (!json && !line.contains(&b'\n')).then_some(2 + length + close.len())
}
