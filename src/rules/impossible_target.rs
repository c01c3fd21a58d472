//! What a configuration uses, no release of nginx takes together.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Need, shown};
use crate::nginx::{Flavor, Status, deprecations};

/// The rule.
pub static RULE: Rule = Rule {
    name: "impossible-target",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/impossible-target.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    // What the forks have kept or taken over from later releases is not known.
    let is_nginx = [Flavor::Nginx, Flavor::Openresty, Flavor::Plus].contains(&model.flavor());
    let [first, others @ ..] = model.conflict() else { return };
    if !is_nginx {
        return;
    }
    let own = text(cx, first);
    let names: Vec<String> = others.iter().map(|one| format!("`{}`", text(cx, one))).collect();
    let message = match &names[..] {
        [other] => format!("no nginx release takes both `{own}` and {other}"),
        _ => format!("no nginx release takes `{own}` together with {}", names.join(" and ")),
    };
    let told = when(cx, first);
    let labels: Vec<_> =
        others.iter().map(|one| (model.used(one.used).location(), when(cx, one))).collect();
    let instead = instead(cx, first);
    let used = model.used(first.used);
    let mut draft = cx.report(used, used.directive().span(), message);
    let mut help = vec![told];
    for (at, what) in labels {
        help.push(what.clone());
        draft = draft.label(at, what);
    }
    draft = draft.help(help.join("; "));
    if let Some(instead) = instead {
        draft.help(instead);
    }
}

/// The directive as written, if that is short.
fn text(cx: &Context<'_>, need: &Need) -> String {
    let directive = cx.model().used(need.used).directive();
    let whole = &directive.tree().bytes()[directive.span().range()];
    let name = shown(directive.name().raw());
    match need.word {
        _ if whole.len() <= SHORT && !whole.contains(&b'\n') => shown(whole),
        Some(word) => format!("{name} … {word}"),
        None => name,
    }
}

/// Which releases take it.
fn when(cx: &Context<'_>, need: &Need) -> String {
    let text = text(cx, need);
    match need.versions.ranges() {
        [range] => match range.until {
            None => format!("`{text}` exists since {}", range.since),
            Some(until) => format!("`{text}` is gone since {until}"),
        },
        _ => format!("`{text}` is taken by {} only", need.versions),
    }
}

/// What nginx has in place of a directive that is gone.
fn instead(cx: &Context<'_>, need: &Need) -> Option<String> {
    let used = cx.model().used(need.used);
    let mut gone = deprecations(used.directive().id()?).iter();
    let gone = gone.find(|one| one.status == Status::Removed && one.parameter.is_none())?;
    let text = text(cx, need);
    Some(format!("in place of `{text}` write `{}`", gone.replacement?.replace("...", "…")))
}

/// So many bytes of a directive are shown.
const SHORT: usize = 40;
