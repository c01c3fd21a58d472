//! No server name goes into the TLS handshake with a host that may need one.

use super::draft::{Draft, peers_in_words};
use super::{Context, On, Rule, set};
use crate::diagnostic::{Applicability, Category, Confidence, Level};
use crate::model::{Clash, Hop, Mismatch, NameDirectives, ServerName, shown};
use crate::nginx::Contexts;

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-upstream-sni",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/missing-upstream-sni.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(directives) = hop.kind().name_directives() else { return };
    let clash = hop.clash(Mismatch::NameMissing);
    let sends = hop.scope().flag(directives.send).is_some();
    if clash.is_none() && (sends || hop.server_names().is_empty()) {
        return;
    }
    // What was not read may send it.
    if hop.scope().absence(None).is_none() {
        return;
    }
    match clash {
        Some(clash) => certain(hop, clash, directives, cx),
        None => likely(hop, directives, cx),
    }
}

fn certain(hop: Hop<'_>, clash: &Clash, directives: NameDirectives, cx: &mut Context<'_>) {
    let name = shown(hop.used().directive().name().raw());
    let message = format!(
        "`{name}` sends no server name in the TLS handshake to {}, which refuses it without",
        peers_in_words(hop, clash)
    );
    let names = hop.server_names();
    let draft = cx.report_clash(hop, clash, message, |_| None);
    let safe = matches!(names.as_slice(), [ServerName::Full(_)]);
    mend(draft, hop, directives, safe, names.is_empty());
}

fn likely(hop: Hop<'_>, directives: NameDirectives, cx: &mut Context<'_>) {
    let model = cx.model();
    let verifies = hop.scope().flag(directives.verify).is_some();
    let mut names = hop.server_names();
    // The name of a block in place of a host's is another problem.
    names.retain(|name| !(verifies && matches!(name, ServerName::Upstream(..))));
    let is_full = |name: &&ServerName| matches!(name, ServerName::Full(_));
    let Some(first) = names.iter().find(is_full).or(names.first()) else { return };
    let level = if is_full(&first) { Level::Warning } else { Level::Info };
    let (ServerName::Full(text) | ServerName::Short(text) | ServerName::Upstream(text, _)) = first;
    let more = match names.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let used = hop.used();
    let name = shown(used.directive().name().raw());
    let message = format!("`{name}` sends no server name in the TLS handshake to `{text}`{more}");
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .confidence(Confidence::Likely)
        .level(level);
    if let Some(used) = hop.server_name_directive() {
        draft = draft.label(used.location(), "this name is verified, but not sent");
    }
    let mut blocks = names.iter().filter_map(|name| match name {
        ServerName::Upstream(_, block) => Some(model.used(*block)),
        _ => None,
    });
    let block = blocks.next();
    if let Some(block) = block {
        draft = draft.label(block.location(), "the `upstream` that is passed to");
    }
    mend(draft, hop, directives, false, block.is_some());
}

fn mend(draft: Draft<'_>, hop: Hop<'_>, directives: NameDirectives, safe: bool, nameless: bool) {
    let (send, name) = (directives.send.name(), directives.name.name());
    let also =
        if nameless { format!(", and `{name}` with the name of the host") } else { String::new() };
    let draft = draft.help(format!("write `{send} on`{also}"));
    // The directive may not stand in `if` and `limit_except`.
    let in_block = [Contexts::LOCATION, Contexts::STREAM_SERVER].contains(&hop.scope().context());
    let Some(edit) = set(hop.scope(), directives.send, "on", in_block.then(|| hop.used())) else {
        return;
    };
    if !nameless {
        let safe = safe && hop.scope().own(directives.send).next().is_none();
        let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
        draft.fix(format!("send the name with `{send} on`"), applicability, None, vec![edit]);
    }
}
