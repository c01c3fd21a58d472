//! A variable that nobody makes.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Confidence, Level};
use crate::model::Unknown;
use crate::nginx::{Family, Origin, VariableRange, VersionRange};

/// The rule.
pub static RULE: Rule = Rule {
    name: "undefined-variable",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/undefined-variable.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    if !model.config().defines_all() {
        return;
    }
    for unknown in model.unknown_variables(cx.files()) {
        report(cx, &unknown);
    }
}

fn report(cx: &mut Context<'_>, unknown: &Unknown<'_>) {
    let model = cx.model();
    let Some((&(used, span), others)) = unknown.uses.split_first() else { return };
    let name = &unknown.name;
    let stream = if unknown.family == Family::Stream { " in `stream`" } else { "" };
    let message = match unknown.known_to {
        Some(fact) if fact.origin == Origin::Nginx => match fact.ranges.last() {
            Some(VariableRange { versions: VersionRange { until: Some(until), .. }, .. }) => {
                format!("the variable `${name}` is gone since nginx {until}")
            }
            Some(range) => {
                let since = range.versions.since;
                format!("the variable `${name}` is there only since nginx {since}")
            }
            None => format!("there is no variable `${name}`"),
        },
        Some(fact) if fact.origin == Origin::Plus => {
            format!("only NGINX Plus has the variable `${name}`")
        }
        Some(fact) if matches!(fact.origin, Origin::Fork(_) | Origin::Module(_)) => {
            format!("the variable `${name}` is one of {}, which is not there", fact.module)
        }
        _ => format!("there is no variable `${name}`{stream}"),
    };
    let mut draft = cx.report(used, span, message).affects(model.target(), &unknown.versions);
    if name.bytes().any(|byte| byte.is_ascii_uppercase())
        && !name.bytes().any(|byte| byte.is_ascii_lowercase())
    {
        // It may be filled in before nginx reads the file, as `envsubst` does.
        draft = draft.confidence(Confidence::Likely);
    }
    for (other, at) in others.iter().take(MOST) {
        draft = draft.label(other.locate(*at), "used here too");
    }
    let help = match &unknown.near {
        _ if unknown.known_to.is_some() => return,
        Some(near) => format!("did you mean `${near}`?"),
        None if name == "memcached_key" => {
            "`memcached_pass` asks for the key that it says: `set $memcached_key $uri;`".to_owned()
        }
        None => format!("make it with `set`, `map` or a group `(?<{name}>…)`"),
    };
    draft.help(help);
}

/// How many further uses are shown.
const MOST: usize = 9;
