//! A header that HTTP/2 forbids is sent over HTTP/2.

use super::{Context, On, Rule, replace};
use crate::diagnostic::{Applicability, Category, Level};
use crate::include::Used;
use crate::model::shown;
use crate::model::{Affected, HTTP2_TO_UPSTREAM, Header, Kind, Says, Scope, Speech, When};
use crate::nginx::{VersionSet, id};

/// The rule.
pub static RULE: Rule = Rule {
    name: "connection-header-over-http2",
    category: Category::Protocol,
    level: Level::Error,
    page: include_str!("../../rules/connection-header-over-http2.md"),
    check: On::Directive(&[id::GRPC_SET_HEADER, id::PROXY_SET_HEADER], check),
};

/// `TE` may be there, but say nothing but `trailers`.
const FORBIDDEN: [&str; 6] =
    ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

fn check(used: Used<'_>, scope: Scope<'_>, cx: &mut Context<'_>) {
    let header = scope.header(used);
    let Some(name) = FORBIDDEN.into_iter().find(|name| header.is(name)) else { return };
    let Some(directive) = used.directive().id() else { return };
    let hops = scope.hops_under(directive).into_iter();
    let hops = hops.filter(|hop| hop.kind().header_directive() == Some(directive));
    let speech = if directive == id::GRPC_SET_HEADER { Speech::Grpc } else { Speech::Http2 };
    let wrong = hops.map(|hop| (hop, hop.says(speech))).filter(|(_, says)| !says.is_empty());
    let wrong = wrong.map(|(hop, says)| {
        let certainty = hop.scope().absence(Some(scope)).min(hop.version_certainty());
        (hop, says, certainty)
    });
    let Some(passes) = Affected::of(wrong) else { return };
    // Over `proxy_pass` an upgrade is what is wrong, and its headers belong to that.
    let upgrades = directive == id::PROXY_SET_HEADER
        && ["connection", "upgrade"].contains(&name)
        && scope.headers(directive, "upgrade").any(Header::is_sent);
    if upgrades {
        return;
    }
    let (level, which) = match worst(header, name) {
        Harm::None => return,
        Harm::Some => (Level::Info, "some requests"),
        Harm::Clients => (Level::Warning, "the requests of clients that send it"),
        Harm::Plain => (Level::Error, "every request"),
    };
    let shown_name = shown(&header.name());
    let message =
        format!("`{shown_name}` is sent over HTTP/2, which forbids it: {which} may be refused");
    let target = cx.target();
    let model = cx.model();
    let mut draft = cx
        .report(used, used.directive().span(), message)
        .of_passes(target, &passes)
        .level(level)
        .show_passes(&passes.hops, |hop| {
            let protocol = if hop.kind() == Kind::Grpc { "gRPC, over HTTP/2" } else { "HTTP/2" };
            format!("this pass speaks {protocol}")
        });
    for value in header.values().iter().filter(|value| is_harm(&value.says, name)) {
        if let Some(line) = value.line {
            let says = format!("this makes it `{}`", shown(value.constant().unwrap_or_default()));
            draft = draft.label_once(model.used(line).location(), &says);
        }
    }
    let Some(word) = used.directive().arg(1) else { return };
    let help = if name == "te" {
        "`TE` may say `trailers` and nothing else"
    } else {
        "an empty value sends no such header"
    };
    // Other passes of the line may need it as it is.
    let all = scope.hops_under(directive).len() == passes.hops.len();
    let applicability = if all { Applicability::Safe } else { Applicability::Unsafe };
    let proxy = directive == id::PROXY_SET_HEADER;
    let versions = proxy.then(|| VersionSet::since(HTTP2_TO_UPSTREAM));
    let edits = vec![replace(used, word.span(), "\"\"")];
    draft.help(help).fix("send none", applicability, versions, edits);
}

/// Which requests a header harms, the fewest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    None,
    Some,
    Clients,
    Plain,
}

fn worst(header: Header<'_>, name: &str) -> Harm {
    if header.plain().is_some_and(|value| is_harm(&value.says, name)) {
        return Harm::Plain;
    }
    let values = header.values();
    let harm = values.iter().filter(|value| is_harm(&value.says, name)).map(|value| {
        match (&value.says, value.when) {
            (Says::Client(_), When::Always | When::Plain) => Harm::Clients,
            _ => Harm::Some,
        }
    });
    harm.max().unwrap_or(Harm::None)
}

fn is_harm(says: &Says, name: &str) -> bool {
    match says {
        // What clients say of `TE` is `trailers`, as a rule.
        Says::Client(_) => name != "te",
        Says::Constant(text) if name == "te" => {
            !text.is_empty() && !text.eq_ignore_ascii_case(b"trailers")
        }
        Says::Constant(text) => !text.is_empty(),
        Says::Unknown => false,
    }
}
