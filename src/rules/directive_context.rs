//! A directive in a block where it may not stand.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Confidence, Level};
use crate::model::{Misfit, MisfitKind};
use crate::nginx::{Contexts, Range, Version, VersionSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "directive-context",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/directive-context.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for misfit in cx.model().misfits(MisfitKind::Context) {
        misplaced(misfit, cx);
    }
}

fn misplaced(misfit: &Misfit, cx: &mut Context<'_>) {
    let model = cx.model();
    let used = model.used(misfit.used);
    let scope = model.scope(misfit.scope);
    let Some(id) = used.directive().id() else { return };
    let context = scope.context();
    let all: Vec<&Range> = model.ranges(id).collect();
    let target: Vec<&&Range> =
        all.iter().filter(|range| VersionSet::from(range.versions).meets(cx.target())).collect();
    let known = if target.is_empty() { all.iter().collect() } else { target };
    let all_of = known.iter().fold(Contexts::NONE, |all, range| all.union(range.contexts));
    // The blocks of the same part of nginx are what was meant, if there are any.
    let akin = |one: &Contexts| one.family() == context.family() && *one != Contexts::OTHER;
    let akin = all_of.iter().filter(akin).fold(Contexts::NONE, Contexts::union);
    let allowed = if akin.is_empty() { all_of } else { akin };
    let here: VersionSet = all
        .iter()
        .filter(|range| range.contexts.contains(context))
        .map(|range| range.versions)
        .filter(|versions| versions.until.is_none_or(|until| until > Version::ONE))
        .collect();
    let name = id.name();
    let place = context.in_words();
    let message = if here.is_empty() {
        format!("`{name}` may not stand in {place}")
    } else {
        format!("`{name}` may stand in {place} only {}", here.in_words())
    };
    // Where a file that nothing includes is meant to stand is a guess.
    let guessed = scope.block().is_none() && !model.config().has_root();
    let mut draft = cx
        .report(used, used.directive().name().span(), message)
        .affects(model.target(), &misfit.versions)
        .help(format!("it may stand in {}", allowed.in_words()))
        .symptom(format!("\"{name}\" directive is not allowed here"));
    if let Some(block) = scope.block() {
        draft = draft.label(block.location(), "it stands in this block");
    }
    if guessed {
        draft
            .confidence(Confidence::Likely)
            .help("if this file is included elsewhere, say where: `# ngxlint: context=…`");
    }
}
