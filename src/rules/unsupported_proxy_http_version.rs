//! A version of HTTP that `proxy_http_version` does not take.

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::include::Used;
use crate::model::{HTTP2_TO_UPSTREAM, Scope};
use crate::nginx::{self, Family, Flavor, VersionSet, id};
use crate::syntax::is_placeholder;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unsupported-proxy-http-version",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/unsupported-proxy-http-version.md"),
    check: On::Directive(&[id::PROXY_HTTP_VERSION], check),
};

fn check(used: Used<'_>, _: Scope<'_>, cx: &mut Context<'_>) {
    let alike = used.directive().exemplar();
    let (Some(word), 1) = (alike.arg(0), alike.args().len()) else { return };
    let value = word.value();
    let is_angies = cx.model().flavor() == Flavor::Angie && value.as_ref() == b"3";
    if is_placeholder(&value) || is_angies {
        return;
    }
    let fact = nginx::word(id::PROXY_HTTP_VERSION, Family::Http, &value);
    let accepted = fact.map_or(&[][..], |fact| fact.ranges);
    let target = cx.target();
    if target.is_within(accepted) {
        return;
    }
    let Some(word) = used.directive().arg(0) else { return };
    let refused = target.minus(&accepted.iter().copied().collect());
    let shown = crate::model::shown(&value);
    let http2 = VersionSet::since(HTTP2_TO_UPSTREAM);
    let message = match value.as_ref() {
        b"2" => "`proxy_http_version 2` exists since 1.29.4".to_owned(),
        [b'$', ..] => "`proxy_http_version` takes no variable".to_owned(),
        _ => format!("`proxy_http_version` takes no `{shown}`"),
    };
    let means_http2 = [b"2.0".as_slice(), b"h2", b"h2c", b"http2", b"http/2", b"http/2.0"]
        .contains(&value.to_ascii_lowercase().as_slice());
    let takes = if target.is_subset(&http2) {
        "`1.0`, `1.1` or `2`"
    } else if target.meets(&http2) {
        "`1.0`, `1.1` or, from 1.29.4 on, `2`"
    } else {
        "`1.0` or `1.1`"
    };
    let mut draft = cx
        .report(used, word.span(), message)
        .affects(target, &refused)
        .symptom(format!("invalid value \"{shown}\""))
        .help(format!("write {takes}"));
    if value.as_ref() == b"2" {
        draft = draft.help("before 1.29.4 only `grpc_pass` speaks HTTP/2 to an upstream");
    }
    if means_http2 {
        let edits = vec![replace(used, word.span(), "2")];
        draft.fix("write `2`", Applicability::Safe, Some(http2), edits);
    } else {
        let edits = vec![replace(used, word.span(), "1.1")];
        let fact = nginx::word(id::PROXY_HTTP_VERSION, Family::Http, b"1.1");
        let takes = fact.map(|fact| fact.ranges.iter().copied().collect());
        draft.fix("write `1.1`", Applicability::Unsafe, takes, edits);
    }
}
