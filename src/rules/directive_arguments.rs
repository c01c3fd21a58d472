//! A directive with a number of arguments that it does not take.

use super::{Context, On, Rule};
use crate::diagnostic::{Category, Level};
use crate::model::{Misfit, MisfitKind};
use crate::nginx::{Range, VersionSet};
use crate::syntax::is_placeholder;

/// The rule.
pub static RULE: Rule = Rule {
    name: "directive-arguments",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/directive-arguments.md"),
    check: On::Config(check),
};

fn check(cx: &mut Context<'_>) {
    for misfit in cx.model().misfits(MisfitKind::Arguments) {
        miscounted(misfit, cx);
    }
}

fn miscounted(misfit: &Misfit, cx: &mut Context<'_>) {
    let model = cx.model();
    let used = model.used(misfit.used);
    let directive = used.directive();
    let Some(id) = directive.id() else { return };
    // What a template puts there may be any number of words.
    if directive.args().any(|word| !word.raw().starts_with(b"${") && is_placeholder(word.raw())) {
        return;
    }
    let context = model.scope(misfit.scope).context();
    let fits =
        |range: &&Range| range.contexts.contains(context) && range.block == directive.is_block();
    let affected = |range: &&Range| VersionSet::from(range.versions).meets(&misfit.versions);
    let count = directive.args().len();
    let Some(range) = model.ranges(id).filter(fits).filter(affected).last() else { return };
    let name = id.name();
    let arguments = range.arguments;
    let plural = if arguments.accepts(1) && !arguments.accepts(2) { "" } else { "s" };
    let takes = match (arguments.accepts(0), arguments.accepts(1)) {
        (true, false) => "no argument".to_owned(),
        _ => format!("{arguments} argument{plural}"),
    };
    let but = match count {
        0 => "none is given".to_owned(),
        1 => "1 is given".to_owned(),
        more => format!("{more} are given"),
    };
    let mut draft = cx
        .report(used, directive.span(), format!("`{name}` takes {takes}, but {but}"))
        .affects(model.target(), &misfit.versions)
        .symptom(format!("invalid number of arguments in \"{name}\" directive"));
    let other: VersionSet = model
        .ranges(id)
        .filter(fits)
        .filter(|range| range.arguments.accepts(count))
        .map(|range| range.versions)
        .collect();
    if !other.is_empty() {
        let words = if count == 1 { "1 argument is" } else { &format!("{count} arguments are") };
        draft = draft.help(format!("{words} taken {}", other.in_words()));
    }
    if count > 1 && directive.args().any(|word| ends_a_line(directive.tree().bytes(), word.span()))
    {
        draft.help("it goes on over several lines: is a `;` missing?");
    }
}

/// Whether nothing but blank space follows on the line.
fn ends_a_line(bytes: &[u8], span: crate::source::Span) -> bool {
    let rest = &bytes[span.end as usize..];
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    line.len() < rest.len() && line.trim_ascii().is_empty()
}
