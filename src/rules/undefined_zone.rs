//! A zone, a thread pool or a log format that nobody declares.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Dangling, Zone, ZoneKind, shown};

/// The rule.
pub static RULE: Rule = Rule {
    name: "undefined-zone",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/undefined-zone.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    if !model.config().defines_all() {
        return;
    }
    for dangling in model.dangling_zones() {
        match &dangling {
            Dangling::Undefined(zone, near) => undefined(cx, zone, near.as_deref()),
            Dangling::Foreign(zone, declared) => foreign(cx, zone, declared),
            Dangling::Later(..) => {}
        }
    }
}

fn undefined(cx: &mut Context<'_>, zone: &Zone<'_>, near: Option<&str>) {
    let (name, noun) = (shown(&zone.name), zone.kind.noun());
    let by = zone.kind.declared_by().name();
    let message = if name.is_empty() {
        format!("there is no {noun} with an empty name")
    } else {
        format!("there is no {noun} `{name}`")
    };
    let draft = cx.report(zone.used, zone.span, message);
    let help = match (near, zone.kind) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, ZoneKind::Format(_)) if name.contains('=') => {
            format!("the name of a format stands before the parameters: `combined {name}`")
        }
        (None, ZoneKind::Zone(..)) if by == "zone" => {
            "state its size in one place: `zone NAME 64k;`".to_owned()
        }
        (None, _) => format!("declare it with `{by}`"),
    };
    draft.help(help);
}

fn foreign(cx: &mut Context<'_>, zone: &Zone<'_>, declared: &Zone<'_>) {
    let (name, by) = (shown(&zone.name), zone.kind.declared_by().name());
    let other = shown(declared.used.directive().name().raw());
    let message = format!("the zone `{name}` is one of `{other}`, and no `{by}` declares it");
    cx.report(zone.used, zone.span, message)
        .label(declared.used.locate(declared.span), "the zone of that name")
        .help(format!("use a zone that `{by}` declares: a zone belongs to one module"));
}
