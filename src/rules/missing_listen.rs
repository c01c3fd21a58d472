//! A server of stream or mail that listens nowhere.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::nginx::{Contexts, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-listen",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/missing-listen.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    // What was not read may have it.
    if !model.config().is_whole() {
        return;
    }
    for scope in model.scopes() {
        let part = match scope.context() {
            Contexts::STREAM_SERVER => "stream",
            Contexts::MAIL_SERVER => "mail",
            _ => continue,
        };
        let Some(block) = scope.block().filter(|_| scope.own(id::LISTEN).next().is_none()) else {
            continue;
        };
        if block.directive().tree().is_template() {
            continue;
        }
        let message = format!("a `server` in `{part}` has no `listen`, and none is assumed");
        cx.report(block, block.directive().span(), message)
            .help("add a `listen` with the port; only in `http` is 80 assumed");
    }
}
