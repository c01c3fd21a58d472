//! A directive that nobody knows, or only a server or a module that is not there.

use std::collections::HashMap;

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Confidence, Level};
use crate::model::{Misfit, MisfitKind, Model, Scope, ScopeId};
use crate::nginx::{self, DirectiveId, Origin, VersionSet};
use crate::syntax::is_placeholder;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-directive",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/unknown-directive.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    let mut unknown: HashMap<ScopeId, usize> = HashMap::new();
    for misfit in model.misfits(MisfitKind::Unknown) {
        let nameless = model.used(misfit.used).directive().id().is_none();
        *unknown.entry(misfit.scope).or_default() += usize::from(nameless);
    }
    for misfit in model.misfits(MisfitKind::Unknown) {
        let scope = model.scope(misfit.scope);
        // A file that nothing includes may be the body of a `map`, or no configuration at all.
        let rootless = scope.block().is_none() && !model.config().has_root();
        if !rootless || scope.all().count() >= unknown[&misfit.scope] {
            report(misfit, scope, cx);
        }
    }
}

fn report(misfit: &Misfit, scope: Scope<'_>, cx: &mut Context<'_>) {
    let model = cx.model();
    let used = model.used(misfit.used);
    let word = used.directive().name();
    let value = word.value();
    let in_template = used.directive().args().any(|word| is_template(word.raw()));
    if is_placeholder(&value) || in_template || model.is_extra(&value) || has_mark(&value) {
        return;
    }
    if !model.modules().are_stated() && nginx::is_of_other_module(&value) {
        return;
    }
    let name = crate::model::shown(&value);
    let mut draft = cx
        .report(used, word.span(), format!("unknown directive `{name}`"))
        .symptom(format!("unknown directive \"{name}\""));
    if let Some(whose) = used.directive().id().and_then(owner) {
        draft.help(whose);
        return;
    }
    if let Some(near) = near(model, scope, &name) {
        draft = draft.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            Applicability::Unsafe,
            None,
            vec![replace(used, word.span(), near)],
        );
    }
    if model.modules().is_foreign() {
        draft
            .confidence(Confidence::Likely)
            .help("a module that ngxlint does not know is loaded, and may define it");
    }
}

fn is_template(word: &[u8]) -> bool {
    !word.starts_with(b"${") && is_placeholder(word)
}

/// Whether a byte order mark stands before the name: another rule says that.
fn has_mark(name: &[u8]) -> bool {
    name.starts_with(b"\xef\xbb\xbf")
}

/// Who has the directive, and how to say that it is there.
fn owner(id: DirectiveId) -> Option<String> {
    id.definitions().iter().find_map(|one| match one.origin {
        Origin::Fork(flavor) => Some(format!(
            "it is a directive of {flavor}: if that reads this, say `flavor = \"{flavor}\"`"
        )),
        Origin::Module(name) => Some(format!(
            "it is of the module `{name}`, which `modules` does not list and nothing loads"
        )),
        Origin::Nginx | Origin::Plus => None,
    })
}

/// The name that was probably meant: one that may stand here, in the target.
fn near(model: &Model<'_>, scope: Scope<'_>, name: &str) -> Option<&'static str> {
    let fits = |id: &DirectiveId| {
        model.ranges(*id).any(|range| {
            range.contexts.contains(scope.context())
                && VersionSet::from(range.versions).meets(model.target())
        })
    };
    let lower = name.to_lowercase().replace('-', "_");
    let limit = (lower.chars().count() / 4).max(1);
    let own = letters(&lower);
    DirectiveId::all()
        .filter(|id| id.name().len().abs_diff(lower.len()) <= limit)
        .filter(|id| {
            let differing = (letters(id.name()) ^ own).count_ones() as usize;
            !lower.is_ascii() || differing <= 2 * limit
        })
        .map(|id| (strsim::osa_distance(&lower, id.name()), id))
        .filter(|(distance, id)| *distance <= limit && fits(id))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, id)| id.name())
}

/// Which letters a word has: an edit changes two at most, and few words are left to count edits for.
fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |letters, byte| letters | 1 << (byte % 32))
}
