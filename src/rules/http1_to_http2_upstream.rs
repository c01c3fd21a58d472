//! HTTP/1.x is sent to a peer that speaks only HTTP/2.

use super::{Context, Draft, On, Rule, peers_in_words, replace, set};
use crate::diagnostic::{Applicability, Category, Level};
use crate::model::{Certainty, Clash, Evidence, HTTP2_TO_UPSTREAM, Header, Hop, Kind, Mismatch};
use crate::nginx::{Contexts, Version, VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "http1-to-http2-upstream",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/http1-to-http2-upstream.md"),
    check: On::Hop(check),
};

/// `grpc_pass` exists from this release on.
const GRPC_PASS: Version = Version::new(1, 13, 10);

fn check(hop: Hop<'_>, cx: &mut Context<'_>) {
    let Some(clash) = hop.clash(Mismatch::Http1ToHttp2) else { return };
    // Where more than a name tells of gRPC, `grpc-through-proxy-pass` says it.
    let by_name = clash.certainty == Certainty::Likely && !clash.is_strong(hop);
    if by_name && hop.grpc_sign().is_some() {
        return;
    }
    let model = cx.model();
    let said: Vec<_> =
        hop.speech().within(&clash.affects).into_iter().filter_map(|(_, speech)| *speech).collect();
    let version = match said.as_slice() {
        [only] => only.name().to_uppercase(),
        _ => "HTTP/1.x".to_owned(),
    };
    let name = hop.used().directive().name().raw();
    let message = format!(
        "`{}` speaks {version} to {}, which speaks only HTTP/2",
        crate::model::shown(name),
        peers_in_words(hop, clash),
    );
    let mut draft = cx.report_clash(hop, clash, message, |peer| match peer.evidence() {
        Evidence::Listener { http2: Some(listen), .. } => Some((
            model.used(*listen).location(),
            format!("`{}` takes only HTTP/2 here before 1.25.1", peer.shown()),
        )),
        _ => None,
    });
    draft = match hop.decided_by() {
        Some(used) => draft.label(used.location(), "this sets the version of HTTP that is spoken"),
        None => draft.help(
            "without `proxy_http_version`, nginx speaks HTTP/1.0 (from 1.29.7 on HTTP/1.1); \
             raising it to 1.1 does not help",
        ),
    };
    draft = draft.help(
        "speak HTTP/2 to it: `proxy_http_version 2` (from 1.29.4 on), or `grpc_pass` (from 1.13.10 on)",
    );
    // A peer that speaks HTTP/1 would be broken.
    if hop.kind() == Kind::Proxy && clash.is_of_all(hop) {
        // Over HTTP/2 nothing is upgraded: what its author wanted more, nobody can tell.
        let upgrades = hop.scope().headers(id::PROXY_SET_HEADER, "upgrade").any(Header::is_sent);
        let draft = if upgrades { draft } else { by_version(draft, hop, clash) };
        by_grpc_pass(draft, hop);
    }
}

/// The mend by `proxy_http_version 2`.
fn by_version<'f>(draft: Draft<'f>, hop: Hop<'_>, clash: &Clash) -> Draft<'f> {
    // The directive may not stand in `if` and `limit_except`.
    let beside = (hop.scope().context() == Contexts::LOCATION).then(|| hop.used());
    let Some(edit) = set(hop.scope(), id::PROXY_HTTP_VERSION, "2", beside) else { return draft };
    let safe = clash.certainty == Certainty::Certain
        && clash.is_of_all(hop)
        && !sets_connection_headers(hop)
        && !has_inner_blocks(hop);
    let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
    let versions = Some(VersionSet::since(HTTP2_TO_UPSTREAM));
    draft.fix("speak HTTP/2 with `proxy_http_version 2`", applicability, versions, vec![edit])
}

/// The mend by `grpc_pass`, which takes no URI.
fn by_grpc_pass<'f>(draft: Draft<'f>, hop: Hop<'_>) -> Draft<'f> {
    let used = hop.used();
    let ((at, Some(scheme)), Some(word)) = (hop.scheme(), used.directive().arg(0)) else {
        return draft;
    };
    if word.raw()[scheme.len()..].iter().any(|byte| b"/$".contains(byte)) {
        return draft;
    }
    let to = if scheme == "https://" { "grpcs://" } else { "grpc://" };
    let name = used.directive().name().span();
    let edits = vec![replace(used, name, "grpc_pass"), replace(used, at.span, to)];
    let versions = Some(VersionSet::since(GRPC_PASS));
    draft.fix("speak HTTP/2 with `grpc_pass`", Applicability::Unsafe, versions, edits)
}

/// Whether other blocks inherit what is written here.
fn has_inner_blocks(hop: Hop<'_>) -> bool {
    [id::IF, id::LIMIT_EXCEPT, id::LOCATION].iter().any(|id| hop.scope().own(*id).next().is_some())
}

/// Whether headers are set that HTTP/2 forbids.
fn sets_connection_headers(hop: Hop<'_>) -> bool {
    hop.scope().effective(id::PROXY_SET_HEADER).any(|used| {
        let name = used.directive().arg(0).map(|word| word.value().to_ascii_lowercase());
        matches!(name.as_deref(), Some(b"connection" | b"upgrade" | b"te" | b"keep-alive"))
    })
}
