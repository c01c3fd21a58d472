//! An `include` of something that cannot be read.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::include::FaultKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-include",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/missing-include.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let config = cx.model().config();
    for fault in config.faults() {
        let path = fault.path.display();
        let (message, help, why) = match &fault.kind {
            FaultKind::Absent => (
                format!("`{path}` does not exist"),
                "create it, or write a pattern: one that matches nothing is accepted",
                "2: No such file or directory",
            ),
            FaultKind::Dangling => (
                format!("`{path}` is a link that leads nowhere"),
                "mend the link, or take it away",
                "2: No such file or directory",
            ),
            FaultKind::Directory => (
                format!("`{path}` is a directory"),
                "include the files in it: `directory/*.conf`",
                "21: Is a directory",
            ),
            FaultKind::Unreadable(error) => {
                let message = format!("`{path}` cannot be read: {error}");
                (message, "let nginx read it", "13: Permission denied")
            }
            FaultKind::Cycle(_) => continue,
        };
        let used = config.used(fault.at);
        let call = if matches!(fault.kind, FaultKind::Directory) { "pread()" } else { "open()" };
        let symptom = format!("{call} \"{path}\" failed ({why})");
        let word = used.directive().arg(0).map_or(used.directive().span(), |word| word.span());
        cx.report(used, word, message).help(help).symptom(symptom);
    }
}
