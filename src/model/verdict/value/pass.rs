//! Where requests and connections are passed to: `proxy_pass` and its like (`ngx_http_proxy_pass`,
//! `ngx_stream_proxy_pass`, `ngx_mail_auth_http` …). What holds a variable is looked at by nginx
//! only when there is a request, but for its scheme it is as wrong then.

use super::scheme::scheme;
use super::url::{Defect, Host, Reading, Url};
use super::{Check, Subject};
use crate::model::verdict::FaultKind;
use crate::nginx::{Contexts, DirectiveId, Family, id};
use crate::syntax::{Word, is_placeholder};

pub(super) const CHECKS: &[Check] = &[
    Check(id::AUTH_HTTP, check),
    Check(id::FASTCGI_PASS, check),
    Check(id::GRPC_PASS, check),
    Check(id::MEMCACHED_PASS, check),
    Check(id::PASS, check),
    Check(id::PROXY_PASS, check),
    Check(id::SCGI_PASS, check),
    Check(id::TUNNEL_PASS, check),
    Check(id::UWSGI_PASS, check),
];

/// How a directive reads its argument.
struct Form {
    /// The schemes it knows.
    schemes: &'static [&'static [u8]],
    /// Whether one of them must be there.
    needs_scheme: bool,
    reading: Reading,
    /// Whether there is a port where none is written.
    has_port: bool,
    /// Whether variables are filled in.
    fills_in: bool,
    /// Whether it may name an `upstream`.
    upstreams: bool,
}

impl Form {
    fn of(id: DirectiveId, family: Family) -> Self {
        let plain = Self {
            schemes: &[],
            needs_scheme: false,
            reading: Reading::Plain,
            has_port: false,
            fills_in: true,
            upstreams: true,
        };
        match id {
            id::PROXY_PASS if family == Family::Http => Self {
                schemes: &[b"http", b"https"],
                needs_scheme: true,
                reading: Reading::WithUri,
                has_port: true,
                ..plain
            },
            id::GRPC_PASS => Self { schemes: &[b"grpc", b"grpcs"], ..plain },
            id::UWSGI_PASS => Self { schemes: &[b"uwsgi", b"suwsgi"], ..plain },
            id::MEMCACHED_PASS => Self { fills_in: false, ..plain },
            id::PASS => Self { upstreams: false, ..plain },
            id::AUTH_HTTP => Self {
                schemes: &[b"http"],
                reading: Reading::WithUri,
                has_port: true,
                fills_in: false,
                upstreams: false,
                ..plain
            },
            _ => plain,
        }
    }
}

fn check(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let text = word.value();
    if is_placeholder(&text) {
        return;
    }
    let form = Form::of(subject.id, subject.family());
    let rest = match scheme(&text) {
        Some((scheme, rest)) => {
            // Mail compares byte for byte (`ngx_mail_auth_http_module.c`).
            let known = form.schemes.iter().any(|known| match subject.family() {
                Family::Mail => scheme == *known,
                _ => scheme.eq_ignore_ascii_case(known),
            });
            if !known {
                return super::meant::wrong_scheme(subject, word, scheme, rest);
            }
            rest
        }
        None => {
            if form.needs_scheme && !text.contains(&b'$') {
                return super::meant::no_scheme(subject, word, &text);
            }
            &text
        }
    };
    if form.fills_in && text.contains(&b'$') {
        return;
    }
    match Url::read(rest, form.reading) {
        Ok(url) => address(subject, word, &url, &form),
        Err(defect) => refuse(subject, word, rest, defect),
    }
}

fn address(subject: &mut Subject<'_, '_>, word: Word<'_>, url: &Url<'_>, form: &Form) {
    if !form.fills_in && url.misnamed() == Some(Defect::Variable) {
        return refuse(subject, word, &word.value(), Defect::Variable);
    }
    if !url.uri.is_empty() && subject.id == id::PROXY_PASS {
        subject.looked_around = true;
        uri(subject, word, url.uri);
    }
    let (Host::Address(host) | Host::Name(host)) = url.host else { return };
    if !form.upstreams {
        return without_upstream(subject, word, url, form);
    }
    let (model, family, name) = (subject.model(), subject.family(), subject.name());
    match model.upstreams.find(family, host) {
        Some(upstream) => {
            let block = model.used(upstream.block);
            let together = model.config().are_one(block.instance(), subject.used.instance());
            subject.looked_around |= !together;
            if let Some(port) = url.port.filter(|_| together) {
                let shown = crate::model::shown(host);
                let message = format!("the upstream `{shown}` may not have a port, here {port}");
                let behind = format!(":{}", port_text(&word.value(), host));
                let text = crate::model::shown(&word.value()).replacen(
                    &format!("{shown}{behind}"),
                    &shown,
                    1,
                );
                subject
                    .refuse(word.span(), message)
                    .kind(FaultKind::Port)
                    .label(block.location(), "its servers have the ports")
                    .help("leave the port out, or give the upstream a name that is no host's")
                    .mend(word.span(), text, false);
            }
        }
        None if url.port.is_none() && !form.has_port => {
            let is_name = matches!(url.host, Host::Name(_));
            // Another file may define it, or name the host with a port.
            let is_open = is_name && !model.config().is_complete();
            subject.looked_around = true;
            if is_open || model.is_passed_to(family, host, subject.used.name()) {
                return;
            }
            let shown = crate::model::shown(host);
            let none = if is_name { "no `upstream` of that name, and " } else { "" };
            let message = format!("`{shown}` has no port: {none}`{name}` assumes none");
            subject.refuse(word.span(), message).kind(FaultKind::Port).help(if is_name {
                format!("write `{shown}:port`, or define `upstream {shown} {{ … }}`")
            } else {
                format!("write `{shown}:port`")
            });
        }
        None => {}
    }
}

/// The port as it is written behind the host.
fn port_text(text: &[u8], host: &[u8]) -> String {
    let at = memchr::memmem::find(text, host).map_or(text.len(), |at| at + host.len() + 1);
    let digits = text.get(at..).unwrap_or_default();
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    crate::model::shown(&digits[..end])
}

/// `pass` and `auth_http` want an address.
fn without_upstream(subject: &mut Subject<'_, '_>, word: Word<'_>, url: &Url<'_>, form: &Form) {
    let name = subject.name();
    if subject.id == id::PASS && matches!(url.host, Host::Name(_)) {
        let message = |shown: &str| format!("`{name}` takes an address, and `{shown}` is a name");
        if let Some(fault) = subject.refuse_word(word, message) {
            fault.help("write the address of a `listen` of this nginx, with its port");
        }
    } else if let Some(defect) = url.misnamed() {
        refuse(subject, word, &word.value(), defect);
    } else if url.port.is_none() && !form.has_port {
        let message = |shown: &str| format!("`{shown}` has no port: `{name}` assumes none");
        if let Some(fault) = subject.refuse_word(word, message) {
            fault.kind(FaultKind::Port).help("write `address:port`");
        }
    }
}

/// A path replaces the part of the request's that the location names, so it must name one.
fn uri(subject: &mut Subject<'_, '_>, word: Word<'_>, uri: &[u8]) {
    let scope = subject.scope;
    let block = scope.block();
    let first = || block.and_then(|block| block.directive().arg(0)).map(|word| word.value());
    let within = match scope.context() {
        Contexts::IF_IN_LOCATION => "in an `if`",
        Contexts::LIMIT_EXCEPT => "in a `limit_except`",
        Contexts::LOCATION => match first().as_deref().and_then(|first| first.first().copied()) {
            Some(b'~') => "in a `location` with a regular expression",
            Some(b'@') => "in a named `location`",
            _ => return,
        },
        _ => return,
    };
    let shown = crate::model::shown(uri);
    let message = format!("`proxy_pass` may have no path {within}, here `{shown}`");
    let whole = word.value();
    let text = crate::model::shown(&whole[..whole.len() - uri.len()]);
    let Some(fault) = subject.refuse_word(word, |_| message) else { return };
    fault.kind(FaultKind::Uri).help(
        "leave the path out, or build the whole of it: with a variable, or by `rewrite … break`",
    );
    if shown == "/" {
        fault.mend(word.span(), text.trim_end_matches(':').to_owned(), false);
    }
    if let Some(block) = block {
        fault.label(block.location(), "there is no path here that it could replace");
    }
}

fn refuse(subject: &mut Subject<'_, '_>, word: Word<'_>, rest: &[u8], defect: Defect<'_>) {
    let (name, why) = (subject.name(), defect.why());
    let whole = word.value();
    let scheme = crate::model::shown(&whole[..whole.len() - rest.len()]);
    let path = match defect {
        Defect::Path(front) => Some(front),
        _ => None,
    };
    let message = |shown: &str| match path {
        Some(b"") | None => format!("`{name}` cannot take `{shown}`: {why}"),
        Some(front) => {
            let path = crate::model::shown(&rest[front.len()..]);
            format!("`{name}` takes no path, here `{path}`")
        }
    };
    let socket = rest.starts_with(b"/");
    let Some(fault) = subject.refuse_word(word, message) else { return };
    match path {
        _ if socket => {
            let rest = crate::model::shown(rest);
            fault.help("a socket of the file system begins with `unix:`").mend(
                word.span(),
                format!("{scheme}unix:{rest}"),
                true,
            );
        }
        Some(front) => {
            let front = crate::model::shown(front);
            fault
                .kind(FaultKind::Uri)
                .help("the request's own path is passed on: leave this one out")
                .mend(word.span(), format!("{scheme}{front}"), false);
        }
        None if defect == Defect::Variable => {
            fault.help("write the address itself");
        }
        None => {
            fault.help(format!("write `{scheme}host:port`, or `{scheme}unix:` and a path"));
        }
    }
}
