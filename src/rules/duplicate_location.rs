//! Two locations of one block match the same.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::include::Used;
use crate::model::{LocationKind, Pattern, Scope};
use crate::nginx::{Contexts, id};
use crate::syntax::is_placeholder;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-location",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/duplicate-location.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let mut level = Vec::new();
    for scope in cx.model().scopes() {
        if [Contexts::SERVER, Contexts::LOCATION].contains(&scope.context())
            && !scope.is_innermost()
        {
            check_level(scope, &mut level, cx);
        }
    }
}

/// nginx compares what it makes a tree of: not what stands in a location with a regular expression
/// (`ngx_http_init_static_location_trees`).
fn is_compared(scope: Scope<'_>) -> bool {
    scope.chain().filter(|scope| scope.context() == Contexts::LOCATION).all(|scope| {
        let pattern = scope.block().and_then(|block| Pattern::of(block.directive()));
        pattern.is_none_or(|pattern| pattern.kind == LocationKind::Prefix)
    })
}

/// Whether two of them may have one name: most end with other bytes.
fn may_be_same<'m>(locations: impl Iterator<Item = Used<'m>>) -> bool {
    // What is quoted, ends with an escape, or has no name is looked at closely.
    let end = |used: Used<'m>| -> Option<[u8; 2]> {
        let mut words = used.directive().exemplar().args();
        let mut name = words.next_back()?.raw();
        if words.next().is_none() {
            let glued = [b"^~", &b"~*"[..], b"=", b"~"].into_iter();
            name = glued.filter_map(|sign| name.strip_prefix(sign)).next().unwrap_or(name);
        }
        match name {
            [] | [b'"' | b'\'', ..] | [.., b'\\', _] | [.., b'\\', _, _] => None,
            [one] => Some([0, *one]),
            [.., one, other] => Some([*one, *other]),
        }
    };
    let mut ends = [[0; 2]; 16];
    for (index, used) in locations.enumerate() {
        match end(used) {
            Some(end) if index < ends.len() && !ends[..index].contains(&end) => ends[index] = end,
            _ => return true,
        }
    }
    false
}

/// `ngx_http_join_exact_locations`: `/a` and `^~ /a` are the same, `/a` and `= /a` are not.
fn check_level<'m>(
    scope: Scope<'m>,
    level: &mut Vec<(Pattern<'m>, Used<'m>)>,
    cx: &mut Context<'_>,
) {
    let locations = scope.own(id::LOCATION);
    if !may_be_same(locations.clone()) || !is_compared(scope) {
        return;
    }
    level.clear();
    let blocks = locations.filter(|used| used.directive().is_block());
    let patterns = blocks.filter_map(|used| Some((Pattern::of(used.directive())?, used)));
    level.extend(
        patterns.filter(|(pattern, _)| {
            matches!(pattern.kind, LocationKind::Exact | LocationKind::Prefix)
        }),
    );
    level.sort_by(|(one, _), (other, _)| {
        (one.kind == LocationKind::Exact, &one.name)
            .cmp(&(other.kind == LocationKind::Exact, &other.name))
    });
    let same =
        |one: &Pattern<'_>, other: &Pattern<'_>| one.kind == other.kind && one.name == other.name;
    for equal in level.chunk_by(|(one, _), (other, _)| same(one, other)) {
        let [(_, first), others @ ..] = equal else { continue };
        for (pattern, used) in others {
            // Of two branches of a condition in a template, one is left out.
            let template = [first, used].iter().any(|one| one.directive().tree().is_template());
            if template || is_placeholder(pattern.word.raw()) {
                continue;
            }
            let around = if scope.context() == Contexts::SERVER { "server" } else { "location" };
            let shown = pattern.shown();
            let message = format!("this `{around}` has a `location {shown}` already");
            cx.report(*used, used.directive().span(), message)
                .label(first.location(), "it is here first")
                .help("put what they hold into one `location`");
        }
    }
}
