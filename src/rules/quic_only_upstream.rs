//! A connection is opened to a peer that listens for QUIC alone.

use super::draft::{insert_behind, peers_in_words};
use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Evidence, Hop, Mismatch, Scope, shown};
use crate::nginx::id;

/// The rule.
pub static RULE: Rule = Rule {
    name: "quic-only-upstream",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/quic-only-upstream.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(clash) = hop.clash(Mismatch::QuicOnly) else { return };
    let model = cx.model();
    let name = shown(hop.used().directive().name().raw());
    let message = format!(
        "`{name}` opens a TCP connection to {}, which takes only QUIC",
        peers_in_words(hop, clash)
    );
    let draft = cx
        .report_clash(hop, clash, message, |peer| match peer.evidence() {
            Evidence::Listener { default, .. } => Some((
                model.used(*default).location(),
                format!("nothing listens for TCP on `{}`, only this for QUIC", peer.shown()),
            )),
            _ => None,
        })
        .help("add a `listen` without `quic` on the same port: nginx speaks QUIC to no upstream");
    let mut listens: Vec<_> = hop
        .peers_of(clash)
        .filter_map(|peer| match peer.evidence() {
            Evidence::Listener { default, .. } => {
                let holds =
                    |scope: &Scope<'_>| scope.own(id::LISTEN).any(|one| one.name() == *default);
                let server = model.scopes().find(holds)?;
                // Nothing that listens is of use without one.
                server.effective(id::SSL_CERTIFICATE).next()?;
                Some((*default, peer.tls() == Some(true)))
            }
            _ => None,
        })
        .collect();
    listens.sort_unstable();
    listens.dedup();
    let [(listen, tls)] = listens.as_slice() else { return };
    let listen = model.used(*listen);
    let Some(address) = listen.directive().arg(0) else { return };
    let ssl = if *tls { " ssl" } else { "" };
    let text = format!("listen {}{ssl};", shown(address.raw()));
    let edits = vec![insert_behind(listen, &text)];
    draft.fix("listen for TCP on the same port too", Applicability::Unsafe, None, edits);
}
