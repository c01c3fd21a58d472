//! TLS is spoken to a peer that takes only cleartext.

use super::{Context, On, Rule, listen_in_words, peers_in_words, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Evidence, Hop, Kind, Mismatch};

/// The rule.
pub static RULE: Rule = Rule {
    name: "tls-to-plaintext-upstream",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/tls-to-plaintext-upstream.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(clash) = hop.clash(Mismatch::TlsToPlaintext) else { return };
    // That the port is missing is told at the servers.
    if hop.is_for_default_port(clash) {
        return;
    }
    let model = cx.model();
    let used = hop.used();
    let name = crate::model::shown(used.directive().name().raw());
    let message = format!(
        "`{name}` speaks TLS to {}, which takes only cleartext",
        peers_in_words(hop, clash)
    );
    let mut draft = cx.report_clash(hop, clash, message, |peer| match peer.evidence() {
        Evidence::Listener { default, implicit: false, .. } => Some((
            model.used(*default).location(),
            format!("this listener, {}, has no `ssl`", listen_in_words(model, peer, *default)),
        )),
        _ => None,
    });
    if let Some(flag) = hop.decided_by().filter(|_| hop.kind() == Kind::Stream) {
        draft = draft
            .label(flag.location(), "this makes nginx speak TLS")
            .help("take `proxy_ssl on` away, or make the listener take TLS");
        if let Some(word) = flag.directive().arg(0) {
            let edits = vec![replace(flag, word.span(), "off")];
            draft.fix("speak cleartext", Applicability::Unsafe, None, edits);
        }
        return;
    }
    let (at, scheme) = hop.scheme();
    let cleartext = match scheme {
        Some("https://") => "http://",
        Some("grpcs://") => "grpc://",
        Some("suwsgi://") => "uwsgi://",
        _ => return,
    };
    draft = draft.help(format!("write `{cleartext}`, or make the peer take TLS"));
    // A peer that takes TLS would be broken.
    if !clash.is_of_all(hop) {
        return;
    }
    // Never safe: whoever wrote TLS may have meant it, and the listener lacks its `ssl`.
    let edits = vec![replace(used, at.span, cleartext)];
    draft.fix(format!("speak cleartext with `{cleartext}`"), Applicability::Unsafe, None, edits);
}
