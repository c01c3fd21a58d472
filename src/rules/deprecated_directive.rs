//! A directive that nginx still takes, but warns of.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Misfit, MisfitKind};
use crate::nginx::{self, Status, VersionSet};

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
    cx.report(used, directive.span(), message)
        .affects(target, &misfit.versions)
        .help(help)
        .symptom(symptom);
}
