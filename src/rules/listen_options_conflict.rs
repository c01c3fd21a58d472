//! Servers that share an address say different things about its socket.

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Confidence, Edit, Level};
use crate::model::{Differing, HTTP2_DIRECTIVE, Material, Model, Options};
use crate::nginx::VersionSet;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "listen-options-conflict",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/listen-options-conflict.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    let found = model.differing_listens();
    if found.is_empty() {
        return;
    }
    let missing = model.missing_material();
    let refused = missing.iter().filter(|one| one.what == Material::Certificate);
    let refused: Vec<_> = refused
        .flat_map(|one| [Some(one.used), one.other])
        .flatten()
        .map(|one| one.name())
        .collect();
    let is_below = model.target().meets(&VersionSet::before(HTTP2_DIRECTIVE));
    let only_http2 = if is_below { model.only_http2() } else { Vec::new() };
    for one in found {
        let [second, others @ ..] = one.later.as_slice() else { continue };
        let (first_says, second_says) = one.said;
        let different = first_says.different(second_says);
        // nginx does not start for want of a certificate: `missing-tls-material` says that.
        if different.ssl && one.all.iter().any(|(used, _)| refused.contains(used)) {
            continue;
        }
        // A socket that takes HTTP/2 alone is told of by `http2-only-listener`.
        let only = Options { http2: true, ..Options::default() };
        let mut told = only_http2.iter().flat_map(|one| &one.listens);
        if different == only && told.any(|told| one.all.iter().any(|(used, _)| used == told)) {
            continue;
        }
        let (first, second) = (model.used(one.first), model.used(*second));
        let words = |names: Vec<&str>| format!("`{}`", names.join("` and `"));
        let (has, lacks) =
            (second_says.names_beyond(first_says), first_says.names_beyond(second_says));
        let what = match (has.is_empty(), lacks.is_empty()) {
            (true, _) => format!("lacks {}, which another", words(lacks)),
            (_, true) => format!("has {}, which no other", words(has)),
            _ => format!("has {} and lacks {}, other than the one", words(has), words(lacks)),
        };
        let message =
            format!("this `listen` {what} on `{}` says: it holds for all of them", one.address);
        let mut draft = cx
            .report(second, second.directive().span(), message)
            .label(first.location(), "the first of them")
            .help("write the same parameters on each `listen` of one address");
        if !different.proxy_protocol {
            draft = draft.level(Level::Info);
        }
        if one.implicit {
            draft = draft.confidence(Confidence::Likely);
        }
        for other in others {
            draft = draft.label(model.used(*other).location(), "this one differs too");
        }
        let (edits, adds_http2) = edits(model, &one);
        if !one.implicit {
            let safe = !different.proxy_protocol;
            let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
            // From then on the parameter is on its way out.
            let versions = adds_http2.then(|| VersionSet::before(HTTP2_DIRECTIVE));
            draft.fix("write what holds on each of them", applicability, versions, edits);
        }
    }
}

/// Writes on each line what only others say, and whether `http2` is among that.
fn edits(model: &Model<'_>, one: &Differing) -> (Vec<Edit>, bool) {
    let all = one.all.iter().fold(Options::default(), |all, (_, says)| all.union(*says));
    let mut adds_http2 = false;
    let lacking = one.all.iter().filter_map(|(listen, says)| {
        let names = all.names_beyond(*says);
        adds_http2 |= names.contains(&"http2");
        let used = model.used(*listen);
        let end = used.directive().span().end;
        (!names.is_empty()).then(|| replace(used, Span::at(end), format!(" {}", names.join(" "))))
    });
    (lacking.collect(), adds_http2)
}
