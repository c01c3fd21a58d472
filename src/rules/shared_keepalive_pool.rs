//! Connections that are kept for one protocol are taken for another.

use super::{Context, On, Rule, line_ending, replace};
use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::include::Used;
use crate::model::{LOCAL_KEEPALIVE, Pool, Scope, Wire, shown};
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
    if pool.hops.len() < 2 {
        return;
    }
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
        draft = draft.fix("write `local`", Applicability::Safe, versions, edits);
    }
    if let [(part, _)] = mixed.as_slice()
        && let Some(edits) = apart(&pool, part, wires[0].0)
    {
        let versions = Some(part.clone());
        draft.fix("give each an `upstream`", Applicability::Unsafe, versions, edits);
    }
}

/// A copy of the upstream for each protocol but one, and the passes that go there.
fn apart(pool: &Pool<'_>, part: &VersionSet, kept: Wire) -> Option<Vec<Edit>> {
    let block = pool.upstream.block()?;
    // A zone is one, and a copy of it none.
    if pool.upstream.own(id::ZONE).next().is_some() || block.instance() != pool.used.instance() {
        return None;
    }
    let name = block.directive().arg(0).filter(|word| !word.is_quoted())?;
    let bytes = block.directive().tree().bytes();
    let Span { start, end } = block.directive().whole_span();
    let line = bytes[..start as usize].iter().rev().take_while(|byte| byte.is_ascii_whitespace());
    let indent = line.take_while(|byte| **byte != b'\n').count();
    let indent = shown(&bytes[start as usize - indent..start as usize]);
    let (before, behind) = (
        &bytes[start as usize..name.span().start as usize],
        &bytes[name.span().end as usize..end as usize],
    );
    let mut edits = Vec::new();
    let mut made: Vec<Wire> = vec![kept];
    for &hop in &pool.hops {
        let Some(wire) = pool.wire(hop, part).filter(|wire| *wire != kept) else { continue };
        let copy = format!("{}_{}", pool.name(), wire.word());
        let used = hop.used();
        let word = used.directive().arg(0).filter(|word| !word.raw().contains(&b'$'))?;
        let text = word.raw();
        let host = memchr::memmem::find(text, b"://").map_or(0, |at| at + 3);
        let own = name.raw().len();
        text.get(host..host + own).filter(|one| one.eq_ignore_ascii_case(name.raw()))?;
        let from = word.span().start + host as u32;
        edits.push(replace(used, Span::new(from, from + own as u32), copy.as_str()));
        if !made.contains(&wire) {
            made.push(wire);
            let ending = line_ending(block);
            let text = format!("{ending}{ending}{indent}{}{copy}{}", shown(before), shown(behind));
            edits.push(replace(block, Span::at(end), text));
        }
    }
    Some(edits)
}
