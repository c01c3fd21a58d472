//! The name of an `upstream` block takes the place of a host's in TLS.

use super::draft::insert_behind;
use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Hop, shown};
use crate::nginx::Contexts;

/// The rule.
pub static RULE: Rule = Rule {
    name: "upstream-tls-name",
    category: Category::Protocol,
    level: Level::Warning,
    page: include_str!("../../rules/upstream-tls-name.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(directives) = hop.kind().name_directives() else { return };
    let sends = hop.scope().flag(directives.send);
    let verifies = hop.scope().flag(directives.verify);
    let Some(flag) = verifies.or(sends) else { return };
    let model = cx.model();
    let used = hop.used();
    for name in hop.upstream_names() {
        let text = &name.text;
        let what = match (sends, verifies) {
            (Some(_), Some(_)) => format!("sends and verifies `{text}`"),
            (None, _) => format!("verifies `{text}`"),
            (_, None) => format!("sends `{text}`"),
        };
        let pass = shown(used.directive().name().raw());
        let message =
            format!("`{pass}` {what} as the name of the TLS server: it is that of an `upstream`");
        let (of_name, of_flag) = (directives.name.name(), flag.directive().name().raw());
        let of_flag = shown(of_flag);
        let draft = cx
            .report(used, used.directive().span(), message)
            .label(model.used(name.block).location(), "the block")
            .label(flag.location(), format!("`{of_flag} on` asks for the name of the server"))
            .help(format!("write `{of_name}` with the name in the certificate of the servers"));
        let in_block = [Contexts::LOCATION, Contexts::STREAM_SERVER];
        if let Some(host) =
            name.host.as_deref().filter(|_| in_block.contains(&hop.scope().context()))
        {
            let text = format!("{of_name} {host};");
            let edits = vec![insert_behind(used, &text)];
            draft.fix(format!("write `{text}`"), Applicability::Unsafe, None, edits);
        }
    }
}
