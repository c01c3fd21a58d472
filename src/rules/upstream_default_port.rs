//! A server of an upstream names no port, and port 80 is not what is meant.

use super::draft::replace;
use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::shown;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "upstream-default-port",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/upstream-default-port.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for found in model.default_ports() {
        let server = model.used(found.server);
        let Some(word) = server.directive().arg(0) else { continue };
        let message = format!(
            "`{}` names no port, so {} is spoken to its port 80",
            shown(&word.value()),
            found.spoken
        );
        let mut draft = cx.report(server, word.span(), message);
        for pass in &found.passes {
            let pass = model.used(*pass);
            let name = shown(pass.directive().name().raw());
            let message = format!("`{name}` speaks {} to it", found.spoken);
            draft = draft.label(pass.location(), message);
        }
        draft = draft.help("write the port behind the host: the scheme of the pass gives it none");
        if found.tls && !found.is_beside_80 && !word.is_quoted() {
            let edits = vec![replace(server, Span::at(word.span().end), ":443")];
            draft.fix("connect to port 443", Applicability::Unsafe, None, edits);
        }
    }
}
