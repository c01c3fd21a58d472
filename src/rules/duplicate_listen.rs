//! A `listen` that another one excludes.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::Exclusion;

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-listen",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/duplicate-listen.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    let model = cx.model();
    for second in model.second_listens() {
        if !model.target().meets(&second.versions) {
            continue;
        }
        let (used, first) = (model.used(second.used), model.used(second.first));
        let address = &second.address;
        let again = used.location() == first.location();
        let (message, label, help) = match second.why {
            Exclusion::Server if again => (
                format!("a `server` listens on `{address}` twice: the file is included again"),
                "",
                "include it once in a `server`",
            ),
            Exclusion::Server => (
                format!("a `server` listens on `{address}` twice"),
                "for the first time here",
                "write all parameters into one `listen`",
            ),
            Exclusion::Default => (
                format!("`{address}` has a default server already"),
                "this server is the default",
                "take `default_server` away from one of them",
            ),
            Exclusion::Options => (
                format!("the options of the socket on `{address}` are set already"),
                "they are set here",
                "set them in one `listen` of the address alone: they hold for all its servers",
            ),
            Exclusion::Address => (
                format!("another server listens on `{address}` already"),
                "here",
                "give one of them another address or port",
            ),
        };
        let mut draft = cx
            .report(used, used.directive().span(), message)
            .affects(model.target(), &second.versions)
            .help(help);
        if !again {
            draft.label(first.location(), label);
        } else if second.why != Exclusion::Server {
            draft = draft.help("the file with this line is included several times");
        }
    }
}
