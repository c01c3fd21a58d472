//! The headers of a protocol upgrade do not ask for what they are there for.

use super::{Context, On, Rule, insert_before, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Header, Kind, Speech, shown};
use crate::nginx::id;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-upgrade-header",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/wrong-upgrade-header.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for header in cx.model().upgrade_lines() {
        if header.is("upgrade") {
            upgrade(header, cx);
        } else {
            connection(header, cx);
        }
    }
}

/// `Upgrade` names no protocol that browsers ask for.
fn upgrade(header: Header<'_>, cx: &mut Context<'_>) {
    let (used, model) = (header.used(), cx.model());
    let values = header.values();
    let wrong = |text: &[u8]| !text.is_empty() && !text.eq_ignore_ascii_case(b"websocket");
    let mut wrong = values.iter().filter(|value| value.constant().is_some_and(wrong));
    let Some(first) = wrong.next() else { return };
    let text = shown(first.constant().unwrap_or_default());
    let message = match first.line {
        None => format!("`Upgrade` asks for the protocol `{text}`, whatever the client asks for"),
        Some(_) => format!("`Upgrade` may ask for the protocol `{text}`"),
    };
    let mut draft = cx.report(used, used.directive().span(), message);
    for line in std::iter::once(first).chain(wrong).filter_map(|value| value.line) {
        draft =
            draft.label_once(model.used(line).location(), "this value is no protocol of WebSocket");
    }
    draft =
        draft.help("write `$http_upgrade`: what the client asks for, nothing if it does not ask");
    // A `map` may give that name another value: then the line is not what is wrong.
    let word = used.directive().arg(1).filter(|word| !word.is(b"$http_upgrade"));
    if let Some(word) = word {
        let edits = vec![replace(used, word.span(), "$http_upgrade")];
        draft.fix("write `$http_upgrade`", Applicability::Unsafe, None, edits);
    }
}

/// `Connection: upgrade` announces an `Upgrade` that is not sent.
fn connection(header: Header<'_>, cx: &mut Context<'_>) {
    let (used, scope) = (header.used(), header.scope());
    let sets_upgrade = || scope.headers(id::PROXY_SET_HEADER, "upgrade").next().is_some();
    if !header.may_hold("upgrade") || sets_upgrade() {
        return;
    }
    // What was lost to an inner line is that line's fault, and a file may be one of several.
    let lost = scope.lost_headers(id::PROXY_SET_HEADER).iter().any(|lost| lost.is("upgrade"));
    let whole = scope.block().is_some() && scope.absence(scope.parent()).is_some();
    if lost || !whole {
        return;
    }
    let hops = scope.hops_under(id::PROXY_SET_HEADER);
    let hops: Vec<_> = hops.into_iter().filter(|hop| hop.kind() == Kind::Proxy).collect();
    // Over HTTP/2 the header is refused; where nothing is passed on, nothing is announced.
    if hops.iter().all(|hop| !hop.says(Speech::Http2).is_empty()) {
        return;
    }
    let message = "`Connection` announces an `Upgrade`, which is not sent";
    cx.report(used, used.directive().span(), message)
        .help("a connection is upgraded only where the `Upgrade` of the client is passed on too")
        .fix(
            "pass `Upgrade` on",
            Applicability::Unsafe,
            None,
            vec![insert_before(used, "proxy_set_header Upgrade $http_upgrade;")],
        );
}
