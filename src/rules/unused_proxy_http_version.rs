//! `proxy_http_version` in a location that passes requests with another module.

use super::{Context, On, Rule, remove};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Kind, shown};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-proxy-http-version",
    category: Category::Protocol,
    level: Level::Info,
    page: include_str!("../../rules/unused-proxy-http-version.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for (line, pass) in cx.model().unused_proxy_versions() {
        let name = shown(pass.used().directive().name().raw());
        let message = format!("`proxy_http_version` has no effect here: `{name}` does not read it");
        let speaks = match pass.kind() {
            Kind::Grpc => "this always speaks HTTP/2".to_owned(),
            _ => format!("this is what requests go to; `{name}` speaks no HTTP"),
        };
        cx.report(line, line.directive().span(), message)
            .label(pass.used().location(), speaks)
            .help("take it away")
            .fix("take it away", Applicability::Safe, None, remove(line).map(|edit| vec![edit]));
    }
}
