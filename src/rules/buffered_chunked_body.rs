//! Request bodies are buffered though that is switched off: HTTP/1.0 has no chunked ones.

use super::{Context, On, Rule, speak_http11};
use crate::diagnostic::{Applicability, Category, Level};
use crate::include::Used;
use crate::model::{Affected, Certainty, Kind, Scope, Speech};
use crate::nginx::id;

/// The rule.
pub static RULE: Rule = Rule {
    name: "buffered-chunked-body",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/buffered-chunked-body.md"),
    check: On::Directive(&[id::PROXY_REQUEST_BUFFERING], check),
};

fn check(used: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let value = used.directive().arg(0).map(|word| word.value());
    if !value.is_some_and(|value| value.eq_ignore_ascii_case(b"off")) {
        return;
    }
    let hops = scope.hops_under(id::PROXY_REQUEST_BUFFERING).into_iter();
    let wrong = hops.filter(|hop| hop.kind() == Kind::Proxy).map(|hop| {
        let certainty = hop.scope().absence(Some(scope)).min(hop.version_certainty());
        (hop, hop.says(Speech::Http10), certainty)
    });
    let Some(passes) = Affected::of(wrong) else { return };
    let message = "a request body that comes in chunks is buffered all the same: HTTP/1.0 has none";
    let target = cx.target();
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .of_passes(target, &passes)
        .show_passes(&passes.hops, |hop| {
            let by_default = if hop.decided_by().is_some() { "" } else { " by default" };
            format!("this pass speaks HTTP/1.0{by_default}")
        })
        .help("set `proxy_http_version 1.1`, the default from 1.29.7 on");
    if passes.certainty == Certainty::Likely {
        draft = draft.level(Level::Info);
    }
    let by_default = passes.hops.iter().all(|hop| hop.decided_by().is_none());
    let safe = by_default && passes.certainty == Certainty::Certain;
    let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
    draft.fix("speak HTTP/1.1", applicability, None, speak_http11(&passes.hops, used));
}
