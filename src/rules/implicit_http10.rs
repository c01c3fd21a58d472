//! A pass relies on the default version of HTTP, which was HTTP/1.0 for long.

use super::{Context, On, Rule, insert_behind};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Certainty, Hop, Kind, Speech};
use crate::nginx::Contexts;

/// The rule.
pub static RULE: Rule = Rule {
    name: "implicit-http10",
    category: Category::Protocol,
    level: Level::Allow,
    page: include_str!("../../rules/implicit-http10.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    if hop.kind() != Kind::Proxy || hop.decided_by().is_some() {
        return;
    }
    let affects = hop.says(Speech::Http10);
    let Some(certainty) = hop.version_certainty().filter(|_| !affects.is_empty()) else { return };
    let used = hop.used();
    let target = cx.target();
    let draft = cx
        .report(used, used.directive().span(), "`proxy_pass` speaks HTTP/1.0 by default")
        .confidence(certainty.into())
        .affects(target, &affects)
        .help("set `proxy_http_version 1.1`, the default from 1.29.7 on");
    // The directive may not stand in `if` and `limit_except`.
    if hop.scope().context() == Contexts::LOCATION {
        let applicability = match certainty {
            Certainty::Certain => Applicability::Safe,
            Certainty::Likely => Applicability::Unsafe,
        };
        let edits = vec![insert_behind(used, "proxy_http_version 1.1;")];
        draft.fix("speak HTTP/1.1", applicability, None, edits);
    }
}
