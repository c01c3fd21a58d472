//! A line that sets a header drops all that the block would inherit.

use super::{Context, On, Rule, insert_before};
use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::model::{HTTP11_DEFAULT, Header, Hop, Scope, Speech, shown};
use crate::nginx::{DirectiveId, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lost-proxy-headers",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/lost-proxy-headers.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for directive in [id::GRPC_SET_HEADER, id::PROXY_SET_HEADER] {
        for scope in cx.model().blocks_with(directive) {
            block(directive, scope, cx);
        }
    }
}

fn block(directive: DirectiveId, scope: Scope<'_>, cx: &mut Context<'_>) {
    // Of the lines of a block, the first speaks for all.
    let Some(used) = scope.own(directive).next() else { return };
    let lost = scope.lost_headers(directive);
    if lost.is_empty() || scope.absence(scope.parent()).is_none() {
        return;
    }
    let hops = scope.hops_under(directive).into_iter();
    let hops: Vec<_> =
        hops.filter(|hop| hop.kind().header_directive() == Some(directive)).collect();
    let mut affects = VersionSet::none();
    let mut needed = Vec::new();
    for header in lost {
        let mut missed = VersionSet::none();
        for &hop in &hops {
            missed = missed.union(&missed_by(hop, header, cx.target()));
        }
        if !missed.is_empty() {
            affects = affects.union(&missed);
            needed.push(header);
        }
    }
    if needed.is_empty() {
        return;
    }
    let directive_name = shown(used.directive().name().raw());
    let mut names: Vec<String> =
        needed.iter().map(|header| format!("`{}`", shown(&header.name()))).collect();
    names.dedup();
    let message = format!("this `{directive_name}` drops the inherited {}", names.join(", "));
    let target = cx.target();
    let mut draft = cx.report(used, used.directive().span(), message).affects(target, &affects);
    for header in &needed {
        draft = draft.label_once(header.used().location(), "not in force in the inner block");
    }
    let edits: Vec<Edit> = vec![insert_before(used, &again(&needed))];
    draft
        .help(format!(
            "a block with a `{directive_name}` of its own inherits none: repeat those it needs"
        ))
        .fix("repeat the lines", Applicability::Unsafe, None, edits);
}

/// In which releases a pass misses a header that an inner line dropped.
fn missed_by(hop: Hop<'_>, lost: Header<'_>, target: &VersionSet) -> VersionSet {
    let plain = lost.plain();
    let is_empty = plain.as_ref().is_some_and(|value| value.constant() == Some(b""));
    let is_missed = if lost.is("host") {
        // What nginx sends by itself is right for a server out there, which is asked by its name.
        !lost.is_proxy_host() && hop.goes_inside()
    } else if lost.is("upgrade") {
        // A block with a `Connection` of its own decides that for itself.
        lost.is_sent() && hop.headers("connection").next().is_none()
    } else if lost.is("connection") && is_empty && !lost.is_sent() {
        let keeps = hop.upstreams().iter().any(|upstream| upstream.pool().is_some());
        let affected = hop.says(Speech::Http11).intersect(&VersionSet::before(HTTP11_DEFAULT));
        return if keeps { affected } else { VersionSet::none() };
    } else {
        lost.is("connection") && lost.is_sent() && plain.is_none_or(|value| !value.holds("close"))
    };
    if is_missed { target.clone() } else { VersionSet::none() }
}

/// The lines as they are written, one below the other.
fn again(lines: &[Header<'_>]) -> String {
    let text = |header: &Header<'_>| {
        let directive = header.used().directive();
        let bytes = directive.tree().bytes();
        format!("{};", shown(&bytes[directive.span().range()]))
    };
    lines.iter().map(text).collect::<Vec<_>>().join("\n")
}
