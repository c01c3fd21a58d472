//! A name is looked up while nginx runs, and nobody is there to ask.

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Lack, Unresolved, shown};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-resolver",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/missing-resolver.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    if !model.config().defines_all() {
        return;
    }
    let found = model.unresolved();
    if found.is_empty() {
        return;
    }
    // nginx refuses a variable that nobody makes: `undefined-variable` says that.
    let unknown = model.unknown_variables(cx.files());
    let refused = |used: crate::include::Use| {
        unknown.iter().flat_map(|one| &one.uses).any(|(at, _)| at.name() == used)
    };
    for Unresolved { hop, lack, hosts, certainty, by_client } in found {
        let used = hop.used();
        let Some(first) = hosts.first().filter(|_| !refused(used.name())) else { continue };
        let name = shown(used.directive().name().raw());
        let host = &first.host;
        let more = match hosts.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        let message = match lack {
            Lack::Resolver => {
                format!(
                    "`{name}` looks up `{host}`{more} at run time, and no `resolver` is in force"
                )
            }
            Lack::Port => format!("`{name}` gets no port for `{host}`{more}, and has no default"),
        };
        let mut draft =
            cx.report(used, used.directive().span(), message).confidence(certainty.into());
        if by_client {
            draft = draft.likely_level(Level::Warning);
        }
        for sought in &hosts {
            if let Some(line) = sought.given_by {
                let at = model.used(line).location();
                draft = draft.label(at, format!("this gives `{}`", sought.host));
            }
        }
        if lack == Lack::Port {
            draft
                .symptom("no port in upstream")
                .help("write the port, or the name of an `upstream`");
            continue;
        }
        draft = draft.help("write `resolver` with the address of a name server").help(
            "names that are known at the start go into `upstream` blocks, without a port here",
        );
        let word = used.directive().arg(0).filter(|word| !word.is_quoted());
        let Some(word) = word.filter(|_| first.given_by.is_none()) else { continue };
        let raw = shown(word.raw());
        if let Some(plain) = raw.strip_suffix("$request_uri").filter(|rest| !rest.contains('$')) {
            let edits = vec![replace(used, word.span(), plain)];
            let message = "pass the URI as it came, without a variable";
            draft.fix(message, Applicability::Unsafe, None, edits);
        } else if host.starts_with("localhost") && raw.contains("localhost") {
            let text = raw.replacen("localhost", "127.0.0.1", 1);
            let edits = vec![replace(used, word.span(), text)];
            draft.fix("write the address", Applicability::Unsafe, None, edits);
        }
    }
}
