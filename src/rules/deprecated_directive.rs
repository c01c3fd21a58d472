//! A directive that nginx still takes, but warns of.

use super::{Context, On, Rule, remove, replace};
use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::include::Used;
use crate::model::{Misfit, MisfitKind, Scope};
use crate::nginx::{self, Contexts, Status, VersionSet};
use crate::source::Span;
use crate::syntax::Word;

/// The rule.
pub static RULE: Rule = Rule {
    name: "deprecated-directive",
    category: Category::Deprecated,
    level: Level::Warning,
    page: include_str!("../../rules/deprecated-directive.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for misfit in cx.model().misfits(MisfitKind::Deprecated) {
        fading(misfit, cx);
    }
}

fn fading(misfit: &Misfit, cx: &mut Context<'_>) {
    let model = cx.model();
    let used = model.used(misfit.used);
    let directive = used.directive();
    let Some(id) = directive.id() else { return };
    let meets = |one: &&nginx::Deprecation| {
        one.parameter.is_none()
            && matches!(one.status, Status::Deprecated | Status::Obsolete)
            && VersionSet::from(one.versions).meets(&misfit.versions)
    };
    let Some(phase) = nginx::deprecations(id).iter().rfind(meets) else { return };
    let target = model.target();
    // What older releases of the target still need is right where it is.
    let at_hand = match phase.replacement {
        None => target.is_subset(&misfit.versions),
        Some(other) => {
            let first = other.split(' ').next().unwrap_or(other);
            nginx::lookup(first.as_bytes()).is_some_and(|other| {
                let since = model.ranges(other).map(|range| range.versions).collect();
                target.is_subset(&since)
            })
        }
    };
    if !at_hand {
        return;
    }
    let name = id.name();
    let since = phase.versions.since;
    let message = match phase.status {
        Status::Obsolete => format!("`{name}` is ignored since {since}"),
        _ => format!("`{name}` is deprecated since {since}"),
    };
    let help = match phase.replacement {
        Some(other) => format!("write `{}` instead", other.replace("...", "…")),
        None => "delete the line".to_owned(),
    };
    let symptom = match phase.status {
        Status::Obsolete => format!("the \"{name}\" directive is obsolete"),
        _ => format!("the \"{name}\" directive is deprecated"),
    };
    let draft = cx
        .report(used, directive.span(), message)
        .affects(target, &misfit.versions)
        .help(help)
        .symptom(symptom);
    let scope = model.scope(misfit.scope);
    let versions = Some(misfit.versions.clone());
    if phase.status == Status::Obsolete {
        draft.fix(
            "delete the line, which does nothing",
            Applicability::Safe,
            versions,
            remove(used).map(|edit| vec![edit]),
        );
    } else if id == nginx::id::SSL {
        if let Some(edits) = by_listen(used, scope) {
            let what = "write `ssl` into each `listen` of the server";
            // Of several servers on one socket the default one decides, wherever it stands.
            let alone = model.config().is_complete()
                && !model.servers_with_company().contains(&misfit.scope);
            let applicability = if alone { Applicability::Safe } else { Applicability::Unsafe };
            draft.fix(what, applicability, versions, edits);
        }
    } else if let Some(other) = phase.replacement.and_then(|name| nginx::lookup(name.as_bytes()))
        && model.is_alias(id, other)
        && scope.own(other).next().is_none()
    {
        let edits = vec![replace(used, directive.name().span(), other.name())];
        let what = format!("write `{}`", other.name());
        draft.fix(what, Applicability::Safe, versions, edits);
    }
}

/// `ssl on` makes everything that its server listens on take TLS. `None` where it is for several
/// servers, or the address is not written.
fn by_listen(used: Used<'_>, scope: Scope<'_>) -> Option<Vec<Edit>> {
    let is_on = used.directive().arg(0)?.is(b"on");
    if !is_on || ![Contexts::SERVER, Contexts::MAIL_SERVER].contains(&scope.context()) {
        return None;
    }
    let listens: Vec<Used<'_>> = scope.own(nginx::id::LISTEN).collect();
    // QUIC has TLS of its own.
    let has_tls = |word: Word<'_>| word.is(b"ssl") || word.is(b"quic");
    let says = |listen: &Used<'_>| listen.directive().args().any(has_tls);
    let lacking = listens.iter().filter(|listen| !says(listen)).map(|listen| {
        let end = Span::at(listen.directive().span().end);
        replace(*listen, end, " ssl")
    });
    let edits = lacking.chain([remove(used)?]).collect();
    (!listens.is_empty()).then_some(edits)
}
