//! Connections to an upstream are to be kept, and no request can use one.

use std::collections::HashSet;

use super::{Context, On, Rule, keep_connection};
use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::model::{Certainty, Hop, Obstacle, Pool, Unused};
use crate::nginx::id;

/// The rule.
pub static RULE: Rule = Rule {
    name: "ineffective-upstream-keepalive",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/ineffective-upstream-keepalive.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let mut headers = HashSet::new();
    for pool in cx.model().pools().filter(|pool| !pool.may_have_more) {
        if pool.hops.is_empty() {
            // Only where everything was read does the absence of a pass mean anything.
            if cx.model().config().is_complete() {
                let message =
                    format!("`keepalive` has no effect: no pass leads to `{}`", pool.name());
                cx.report(pool.used, pool.used.directive().span(), message);
            }
            continue;
        }
        let Some(unused) = pool.unused() else { continue };
        match unused.obstacle() {
            // Of the upstreams that a header harms, the first speaks for all.
            Some(Obstacle::Close(header, _)) if !headers.insert(header.used().name()) => {}
            _ => report(&pool, &unused, cx),
        }
    }
}

fn report(pool: &Pool<'_>, unused: &Unused<'_>, cx: &mut Context<'_>) {
    let obstacle = unused.obstacle();
    let why = obstacle.map_or("each is closed after one request", reason);
    let message = format!("no request to `{}` can use a kept connection: {why}", pool.name());
    let target = cx.target();
    let used = match obstacle {
        Some(Obstacle::Close(header, _)) => header.used(),
        _ => pool.used,
    };
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .confidence(unused.certainty.into())
        .affects(target, &unused.versions);
    if unused.certainty == Certainty::Likely {
        draft = draft.level(Level::Info);
    }
    if used.name() != pool.used.name() {
        draft = draft.label(pool.used.location(), "the connections that are to be kept");
    }
    for (hop, unkept) in unused.hops.iter().take(MOST_PASSES) {
        if let Obstacle::Close(_, Some(line)) = &unkept.obstacle {
            draft = draft.label_once(line.location(), "this says `close`");
        }
        draft = draft.label_once(hop.used().location(), reason(&unkept.obstacle));
    }
    let help = match obstacle {
        Some(Obstacle::Fastcgi) => "set `fastcgi_keep_conn on`",
        Some(Obstacle::Protocol) => "take `keepalive` away: it is of no use here",
        _ => {
            "kept connections need `proxy_http_version 1.1` and, before 1.29.7, \
              `proxy_set_header Connection \"\"`"
        }
    };
    draft = draft.help(help);
    if pool.would_mix() {
        draft.help("first give each protocol that is spoken to it an `upstream` of its own");
        return;
    }
    let mends = unused.hops.iter().map(|(hop, unkept)| keep_connection(pool, *hop, unkept));
    let Some(mends) = mends.collect::<Option<Vec<_>>>() else { return };
    let mut edits: Vec<Edit> = Vec::new();
    for edit in mends.into_iter().flatten() {
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    let safe = unused.certainty == Certainty::Certain
        && unused.hops.iter().all(|(hop, unkept)| is_forgotten(*hop, &unkept.obstacle));
    let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
    draft.fix("keep the connections", applicability, None, edits);
}

/// Whether lines are missing that concern the block of the pass alone.
fn is_forgotten(hop: Hop<'_>, obstacle: &Obstacle<'_>) -> bool {
    let forgotten = match obstacle {
        Obstacle::DefaultClose | Obstacle::Http10(None) => id::PROXY_SET_HEADER,
        Obstacle::Fastcgi => id::FASTCGI_KEEP_CONN,
        _ => return false,
    };
    let source = hop.scope().source_of(forgotten);
    match obstacle {
        Obstacle::Fastcgi => source.is_none(),
        _ => source.is_none_or(|source| source.id() == hop.scope().id()),
    }
}

const fn reason(obstacle: &Obstacle<'_>) -> &'static str {
    match obstacle {
        Obstacle::Close(..) => "`Connection: close` goes with the request",
        Obstacle::DefaultClose => "nginx sends `Connection: close` by default",
        Obstacle::Fastcgi => "`fastcgi_keep_conn` is off",
        Obstacle::Http10(Some(_)) => "HTTP/1.0 closes the connection after each request",
        Obstacle::Http10(None) => "nginx speaks HTTP/1.0 by default, which closes the connection",
        Obstacle::Protocol => "the protocol has one request on a connection",
    }
}

/// So many passes are shown.
const MOST_PASSES: usize = 8;
