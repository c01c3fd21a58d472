//! Connections that are kept for one protocol are taken for another.

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::include::Used;
use crate::model::{LOCAL_KEEPALIVE, Scope};
use crate::nginx::{VersionSet, id};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "shared-keepalive-pool",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/shared-keepalive-pool.md"),
    check: On::Directive(&[id::KEEPALIVE], check),
};

fn check(used: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let Some(pool) = scope.pool().filter(|pool| !pool.is_local && pool.used.name() == used.name())
    else {
        return;
    };
    let target = cx.target();
    let mixed = pool.mixed();
    let Some((_, wires)) = mixed.first() else { return };
    let affects = mixed.iter().fold(VersionSet::none(), |all, (part, _)| all.union(part));
    let names: Vec<String> = wires.iter().map(|(wire, _)| wire.in_words()).collect();
    let message = format!(
        "connections kept for one protocol are taken for another: `{}` is spoken to in {}",
        pool.name(),
        names.join(" and in ")
    );
    let mut draft = cx.report(used, used.directive().span(), message).affects(target, &affects);
    for (wire, hop) in wires {
        draft = draft.label_once(hop.used().location(), &format!("{} here", wire.in_words()));
    }
    draft = draft.help(
        "give each protocol an `upstream` of its own, or write `local` behind the number (from 1.29.7 \
         on)",
    );
    if let Some(word) = used.directive().arg(0) {
        let edits = vec![replace(used, Span::at(word.span().end), " local")];
        let versions = Some(VersionSet::since(LOCAL_KEEPALIVE));
        draft.fix("write `local`", Applicability::Safe, versions, edits);
    }
}
