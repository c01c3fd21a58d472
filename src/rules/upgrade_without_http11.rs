//! A protocol upgrade is forwarded in a version of HTTP that has none.

use super::{Context, On, Rule, speak_http11};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Affected, Certainty, HTTP2_TO_UPSTREAM, Header, Kind, Speech};
use crate::nginx::{Contexts, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "upgrade-without-http11",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/upgrade-without-http11.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for header in cx.model().upgrade_lines() {
        if header.is("upgrade") && header.is_sent() {
            upgrade(header, cx);
        }
    }
}

fn upgrade(header: Header<'_>, cx: &mut Context<'_>) {
    let scope = header.scope();
    let hops = scope.hops_under(id::PROXY_SET_HEADER);
    for speech in [Speech::Http10, Speech::Http2] {
        let proxies = hops.iter().filter(|hop| hop.kind() == Kind::Proxy);
        let wrong = proxies.map(|&hop| {
            let certainty = hop.scope().absence(Some(scope)).min(hop.version_certainty());
            (hop, hop.says(speech), certainty)
        });
        if let Some(passes) = Affected::of(wrong) {
            report(header, speech, &passes, cx);
        }
    }
}

fn report(header: Header<'_>, speech: Speech, passes: &Affected<'_>, cx: &mut Context<'_>) {
    let used = header.used();
    let target = cx.target();
    let version = speech.name().to_uppercase();
    let message =
        format!("`Upgrade` is forwarded over {version}, which has no upgrade of the protocol");
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .of_passes(target, passes)
        .show_passes(&passes.hops, |hop| {
            let by_default = if hop.decided_by().is_some() { "" } else { " by default" };
            format!("this pass speaks {version}{by_default}")
        });
    if speech == Speech::Http2 {
        for line in header.scope().headers(id::PROXY_SET_HEADER, "connection") {
            if line.is_sent() {
                let says = "HTTP/2 forbids `Connection` too: servers refuse a request that has it";
                draft = draft.label_once(line.used().location(), says);
            }
        }
        draft =
            draft.help("speak HTTP/1.1 where connections are upgraded, in a `location` of its own");
    } else {
        draft = draft.help("set `proxy_http_version 1.1`, the default from 1.29.7 on");
    }
    let safe = speech == Speech::Http10
        && passes.certainty == Certainty::Certain
        && header.scope().context() == Contexts::LOCATION
        && passes.hops.iter().all(|hop| hop.decided_by().is_none());
    let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
    let versions = (speech == Speech::Http2).then(|| VersionSet::since(HTTP2_TO_UPSTREAM));
    draft.fix("speak HTTP/1.1", applicability, versions, speak_http11(&passes.hops, used));
}
