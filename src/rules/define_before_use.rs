//! Something that is used before it is defined.

use super::{Context, On, Rule, report_faults};
use crate::diagnostic::{Category, Level};
use crate::model::{Dangling, FaultKind, shown};
use crate::nginx::{Contexts, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "define-before-use",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/define-before-use.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    report_faults(cx, FaultKind::Order);
    let model = cx.model();
    for dangling in model.dangling_zones() {
        let Dangling::Later(zone, declared) = dangling else { continue };
        let name = shown(&zone.name);
        let message = format!("the log format `{name}` is defined further down");
        cx.report(zone.used, zone.span, message)
            .label(declared.location(), "defined here")
            .help("nginx looks for the format where it reads the log: put `log_format` before it");
    }
    late_modules(cx);
}

/// `load_module` behind the first block that needs the modules (`ngx_load_module`).
fn late_modules(cx: &mut Context<'_>) {
    let model = cx.model();
    for scope in model.scopes().filter(|scope| scope.context() == Contexts::MAIN) {
        let blocks = [id::EVENTS, id::HTTP, id::MAIL, id::STREAM];
        let block = |line| blocks.contains(&line).then_some(());
        let blocks: Vec<_> = scope.pick(block).map(|(used, ())| used).collect();
        for used in scope.own(id::LOAD_MODULE) {
            let before = |block: &&crate::include::Used<'_>| {
                model.config().precedes(block.name(), used.name())
            };
            let Some(block) = blocks.iter().find(before) else { continue };
            let name = shown(block.directive().name().raw());
            let message = format!("`load_module` stands behind `{name}`");
            cx.report(used, used.directive().span(), message)
                .label(block.location(), format!("`{name}` begins here"))
                .help("load every module at the top of the file");
        }
    }
}
