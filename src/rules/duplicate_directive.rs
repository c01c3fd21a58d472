//! A line that nginx does not take twice, or that takes the place of another.

use super::{Context, Draft, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Duplicate, DuplicateKind, shown};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-directive",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/duplicate-directive.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for duplicate in model.duplicates() {
        report(cx, &duplicate);
    }
}

fn report(cx: &mut Context<'_>, duplicate: &Duplicate) {
    let model = cx.model();
    let (first, later) = (model.used(duplicate.first), model.used(duplicate.later));
    let name = shown(later.directive().name().raw());
    let other = shown(first.directive().name().raw());
    let message = match &duplicate.kind {
        DuplicateKind::Line => format!("`{name}` is given twice in one block"),
        DuplicateKind::Name(what) => {
            format!("`{name}` is given twice for `{}`", shown(what))
        }
        DuplicateKind::BuiltIn => "nginx has a log format `combined` itself".to_owned(),
        DuplicateKind::Off => format!("`{name} off` stands beside another `{name}`"),
        DuplicateKind::Place => format!("`{name}` and `{other}` exclude each other"),
        DuplicateKind::Use(zone) => {
            format!(
                "`{name}` declares the zone `{}`, which `{other}` has for another use",
                shown(zone)
            )
        }
        DuplicateKind::Size(zone) => {
            format!("the zone `{}` is declared with two sizes", shown(zone))
        }
        DuplicateKind::Path(path) => {
            format!("`{name}` keeps its files in `{}`, as another cache does", shown(path))
        }
        DuplicateKind::Method if other == "keepalive" => {
            format!("`{name}` takes the place of `keepalive`, which stands before it")
        }
        DuplicateKind::Method => {
            format!("`{name}` takes the place of `{other}`, which stands before it")
        }
    };
    let span = later.directive().span();
    let mut draft = cx.report(later, span, message).affects(model.target(), &duplicate.versions);
    // The page's first line is that of most kinds.
    draft = match duplicate.kind {
        DuplicateKind::Use(_) => draft.symptom("is already declared for a different use"),
        DuplicateKind::Path(_) => draft.symptom("the same path name"),
        DuplicateKind::Method => draft.symptom("load balancing method redefined"),
        _ => draft,
    };
    if duplicate.first != duplicate.later {
        draft = draft.label(first.location(), format!("the first `{other}`"));
    }
    advise(draft, duplicate, &name);
}

/// What to do.
fn advise(draft: Draft<'_>, duplicate: &Duplicate, name: &str) {
    let help = match &duplicate.kind {
        DuplicateKind::Line => "nginx takes one line of it in a block: keep the one that is meant",
        DuplicateKind::BuiltIn => "give it another name",
        DuplicateKind::Name(_) => "give the second another name, or remove it",
        DuplicateKind::Off => "`off` holds for itself: remove it, or the others",
        DuplicateKind::Place => "keep the one that is meant",
        DuplicateKind::Use(_) => "give each zone a name of its own",
        DuplicateKind::Size(_) => "write the same size in every place, or use two names",
        DuplicateKind::Path(_) => "give each cache a directory of its own",
        DuplicateKind::Method => {
            let help =
                format!("nginx warns and uses `{name}` alone; keep one method, before `keepalive`");
            draft.level(Level::Warning).help(help);
            return;
        }
    };
    draft.help(help);
}
