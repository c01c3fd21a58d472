//! A directive that the target, or a part of it, does not have.

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Misfit, MisfitKind};
use crate::nginx::{self, DirectiveId, Status, Version, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "directive-version",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/directive-version.md"),
    check: On::Config(check),
};

/// What distributions took into older releases: the directive, the release, whose it is.
const BACKPORTS: [(DirectiveId, Version, &str); 1] =
    [(id::MAX_HEADERS, Version::new(1, 22, 1), "Debian's 1.22.1 has it too")];

fn check(cx: &mut Context<'_>) {
    for misfit in cx.model().misfits(MisfitKind::Version) {
        absent(misfit, cx);
    }
}

fn absent(misfit: &Misfit, cx: &mut Context<'_>) {
    let model = cx.model();
    let used = model.used(misfit.used);
    let directive = used.directive();
    let Some(id) = directive.id() else { return };
    let name = id.name();
    let known: VersionSet = model.ranges(id).map(|range| range.versions).collect();
    let gone = nginx::deprecations(id).iter().filter(|one| {
        one.parameter.is_none() && matches!(one.status, Status::Removed | Status::Rejected)
    });
    let gone = gone.max_by_key(|one| one.versions.since);
    let words = known.in_words();
    let removed = known.bounds().and_then(|bounds| bounds.until);
    let affected = misfit.versions.bounds();
    let message = match (removed, affected) {
        (Some(until), Some(affected)) if affected.since >= until => {
            format!("`{name}` is gone since {until}")
        }
        _ => format!("`{name}` exists only {words}").replace("only since", "since"),
    };
    let mut draft = cx
        .report(used, directive.name().span(), message)
        .affects(model.target(), &misfit.versions)
        .symptom(format!("unknown directive \"{name}\""));
    let replacement = gone.and_then(|one| one.replacement);
    if let Some(other) = replacement {
        draft = draft.help(format!("write `{}` instead", other.replace("...", "…")));
    }
    let backports =
        BACKPORTS.iter().filter(|(of, release, _)| *of == id && misfit.versions.contains(*release));
    for (_, _, whose) in backports {
        draft = draft.help(*whose);
    }
    // A name for a name: the words stay as they are.
    let context = model.scope(misfit.scope).context();
    let fits = |other: &&str| {
        let ranges = nginx::lookup(other.as_bytes()).into_iter().flat_map(|id| model.ranges(id));
        let mut fitting = ranges.filter(|range| {
            range.contexts.contains(context)
                && range.arguments.accepts(directive.args().len())
                && range.block == directive.is_block()
        });
        fitting.next().is_some()
    };
    if let Some(other) = replacement.filter(fits) {
        let edits = vec![replace(used, directive.name().span(), other)];
        draft.fix(format!("write `{other}`"), Applicability::Unsafe, None, edits);
    }
}
