//! A protocol of a server that is switched on by a parameter of `listen` on its way out.

use super::{Context, On, Rule, insert_behind, remove_word, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::include::Used;
use crate::model::Scope;
use crate::nginx::{self, Contexts, Status, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "deprecated-listen-http2",
    category: Category::Deprecated,
    level: Level::Warning,
    page: include_str!("../../rules/deprecated-listen-http2.md"),
    check: On::Directive(&[id::LISTEN], check),
};

fn check(used: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let family = scope.context().family();
    let target = cx.target();
    for (index, alike) in used.directive().exemplar().args().enumerate().skip(1) {
        let value = alike.value();
        let Some(phase) = nginx::deprecations(id::LISTEN).iter().find(|phase| {
            phase.family == family
                && matches!(phase.status, Status::Deprecated | Status::Obsolete)
                && phase.parameter.is_some_and(|parameter| parameter.as_bytes() == value.as_ref())
                // Where part of the target lacks the replacement there is nothing to do yet.
                && target.is_within(&[phase.versions])
        }) else {
            continue;
        };
        let Some(word) = used.directive().arg(index) else { continue };
        if phase.status == Status::Obsolete {
            let since = phase.versions.since;
            cx.report(used, word.span(), format!("`listen … spdy` does nothing since {since}"))
                .help("write `http2`, which took its place")
                .fix(
                    "write `http2`",
                    Applicability::Safe,
                    None,
                    vec![replace(used, word.span(), "http2")],
                );
            continue;
        }
        let since = phase.versions.since;
        let message = format!("`listen … http2` is deprecated since {since}");
        let mut edits = vec![remove_word(used, word.span())];
        let listens = || scope.own(id::LISTEN);
        let says = |used: &Used<'_>| used.directive().args().any(|word| word.raw() == b"http2");
        let is_first = listens().find(says).is_some_and(|first| first.name() == used.name());
        if scope.own(id::HTTP2).next().is_none() && is_first {
            edits.push(insert_behind(used, "http2 on;"));
        }
        // The directive is for all that the server listens on.
        let all = listens()
            .all(|used| says(&used) || used.directive().args().any(|word| word.raw() == b"quic"));
        let applicability = if all { Applicability::Safe } else { Applicability::Unsafe };
        let draft = cx
            .report(used, word.span(), message)
            .help("take it away and write `http2 on;` into the `server`")
            .help("other servers on this address need their own `http2 on;`");
        // Where a `listen` may not stand, the directive may not either.
        if scope.context() == Contexts::SERVER {
            draft.fix("write `http2 on;`", applicability, None, edits);
        }
    }
}
