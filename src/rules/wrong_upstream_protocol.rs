//! Another application protocol is spoken to a peer than its own.

use super::draft::{peers_in_words, replace};
use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Applications, Clash, Hop, Kind, Mismatch, Tls, shown};
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "wrong-upstream-protocol",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/wrong-upstream-protocol.md"),
    check: On::Hop(check),
};

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(clash) = hop.clash(Mismatch::WrongApplication) else { return };
    let model = cx.model();
    let name = shown(hop.used().directive().name().raw());
    let said = hop.speech().within(&clash.affects).into_iter().find_map(|(_, speech)| *speech);
    let said = said.map_or("", |speech| speech.title());
    let peers = peers_in_words(hop, clash);
    let other = clash.shown_by.map(|other| model.used(other));
    let takes = taken(hop, clash);
    let message = match &other {
        Some(other) => {
            let other = shown(other.directive().name().raw());
            format!("`{name}` speaks {said} to {peers}, to which `{other}` speaks another protocol")
        }
        None => format!("`{name}` speaks {said} to {peers}, which speaks {}", takes.title()),
    };
    let mut draft = cx.report_clash(hop, clash, message, |_| None);
    draft = match &other {
        Some(other) => draft
            .label(other.location(), "the same peer in another protocol")
            .help("a peer speaks one of them: give each protocol a port of its own"),
        None => draft.help(format!("write {}", pass_for(takes))),
    };
    if let Some(edits) = by_proxy_pass(hop, clash) {
        draft.fix("speak HTTP with `proxy_pass`", Applicability::Unsafe, None, edits);
    }
}

/// What the peers of a clash take.
fn taken(hop: Hop<'_>, clash: &Clash) -> Applications {
    let mut all = Applications::default();
    for peer in hop.peers_of(clash) {
        for (_, accepts) in peer.accepts().within(&clash.affects) {
            all = all.union(accepts.applications);
        }
    }
    all
}

/// The directive that speaks it.
fn pass_for(takes: Applications) -> &'static str {
    let passes = [
        (Applications::HTTP1, "`proxy_pass http://…` (`https://` over TLS)"),
        (Applications::HTTP2.union(Applications::GRPC), "`grpc_pass`"),
        (Applications::FASTCGI, "`fastcgi_pass`"),
        (Applications::UWSGI, "`uwsgi_pass`"),
        (Applications::SCGI, "`scgi_pass`"),
        (Applications::MEMCACHED, "`memcached_pass`"),
    ];
    let found = passes.into_iter().find(|(one, _)| takes.meets(*one));
    found.map_or("the address of a peer that speaks the protocol of the pass", |(_, pass)| pass)
}

/// The mend for a peer that speaks HTTP. What its `*_param` lines said is lost.
fn by_proxy_pass(hop: Hop<'_>, clash: &Clash) -> Option<Vec<crate::diagnostic::Edit>> {
    let cgi = matches!(hop.kind(), Kind::Fastcgi | Kind::Scgi | Kind::Uwsgi);
    let used = hop.used();
    let word = used.directive().arg(0).filter(|word| !word.is_quoted())?;
    let parts = || hop.peers_of(clash).flat_map(|peer| peer.accepts().within(&clash.affects));
    let takes_http1 = parts().all(|(_, one)| one.applications.meets(Applications::HTTP1));
    if !cgi || !takes_http1 || !clash.is_of_all(hop) {
        return None;
    }
    let is_tls = parts().any(|(_, one)| one.tls == Tls::Required);
    let scheme = if is_tls { "https://" } else { "http://" };
    let begin = match hop.scheme() {
        (at, Some(_)) => at.span,
        _ if word.raw().starts_with(b"$") => return None,
        _ => Span::at(word.span().start),
    };
    let name = used.directive().name().span();
    Some(vec![replace(used, name, "proxy_pass"), replace(used, begin, scheme)])
}
