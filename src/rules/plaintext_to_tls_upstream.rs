//! Cleartext is spoken to a peer that takes only TLS.

use super::{Context, On, Rule, listen_in_words, peers_in_words, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Certainty, Evidence, Hop, Kind, Mismatch};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "plaintext-to-tls-upstream",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/plaintext-to-tls-upstream.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(clash) = hop.clash(Mismatch::PlaintextToTls) else { return };
    // `unused-upstream-tls` says it where more than a port tells that TLS is meant.
    if clash.certainty == Certainty::Likely && hop.has_unused_tls() {
        return;
    }
    let model = cx.model();
    let used = hop.used();
    let name = crate::model::shown(used.directive().name().raw());
    let message = format!(
        "`{name}` speaks cleartext to {}, which takes only TLS",
        peers_in_words(hop, clash)
    );
    let mut draft = cx.report_clash(hop, clash, message, |peer| match peer.evidence() {
        Evidence::Listener { ssl: Some(listen), .. } => Some((
            model.used(*listen).location(),
            format!(
                "`ssl` makes this socket, {}, take only TLS",
                listen_in_words(model, peer, *listen)
            ),
        )),
        _ => None,
    });
    let scheme = match hop.kind() {
        Kind::Proxy => "https://",
        Kind::Grpc => "grpcs://",
        Kind::Uwsgi => "suwsgi://",
        _ => {
            draft.help(format!("`{name}` cannot speak TLS: give the peer a cleartext listener"));
            return;
        }
    };
    draft = draft
        .help(format!("write `{scheme}` to speak TLS, or take away what makes the peer take TLS"));
    let Some(word) = used.directive().arg(0).filter(|word| !word.is_quoted()) else { return };
    let span = match hop.scheme() {
        (at, Some(_)) => at.span,
        (_, None) if word.raw().starts_with(b"$") => return,
        (_, None) => Span::at(word.span().start),
    };
    // A peer that takes cleartext would be broken.
    if hop.relies_on_scheme_port() || !clash.is_of_all(hop) {
        return;
    }
    let safe = clash.certainty == Certainty::Certain;
    let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
    let edits = vec![replace(used, span, scheme)];
    draft.fix(format!("speak TLS with `{scheme}`"), applicability, None, edits);
}
