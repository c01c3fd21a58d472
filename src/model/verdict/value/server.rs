//! `server` inside of an `upstream` (`ngx_http_upstream_server`, `ngx_stream_upstream_server`).

use super::option::split;
use super::scheme::scheme;
use super::url::{Defect, Host, Reading, Url};
use super::{Check, Subject};
use crate::include::Used;
use crate::model::verdict::FaultKind;
use crate::nginx::{Contexts, Family, id};
use crate::syntax::{Word, is_placeholder};

pub(super) const CHECKS: &[Check] = &[Check(id::SERVER, check)];

fn check(subject: &mut Subject<'_, '_>) {
    if ![Contexts::UPSTREAM, Contexts::STREAM_UPSTREAM].contains(&subject.scope.context()) {
        return;
    }
    let Some(word) = subject.arg(0) else { return };
    let mut said = Parameters::default();
    for word in subject.args().skip(1) {
        let value = word.value();
        parameter(subject, word, &value);
        match value.as_ref() {
            b"resolve" => said.resolve = Some(word),
            b"backup" => said.backup = Some(word),
            value if value.starts_with(b"service=") => said.service = Some(word),
            _ => {}
        }
    }
    if let Some(word) = said.backup {
        backup(subject, word);
    }
    let text = word.value();
    if is_placeholder(&text) {
        return;
    }
    if scheme(&text).is_some() {
        with_scheme(subject, word, &text);
        return;
    }
    match Url::read(&text, Reading::Plain) {
        Ok(url) => address(subject, word, &url, &said),
        Err(defect) => refuse(subject, word, &text, defect),
    }
}

/// Words behind the address on which others depend.
#[derive(Default)]
struct Parameters<'t> {
    resolve: Option<Word<'t>>,
    service: Option<Word<'t>>,
    backup: Option<Word<'t>>,
}

fn address(subject: &mut Subject<'_, '_>, word: Word<'_>, url: &Url<'_>, said: &Parameters<'_>) {
    if let Some(defect) = url.misnamed().filter(|_| said.resolve.is_none()) {
        return refuse(subject, word, &word.value(), defect);
    }
    if url.port.is_none()
        && url.host != Host::Unix
        && subject.family() == Family::Stream
        && said.service.is_none()
    {
        let message =
            |shown: &str| format!("`{shown}` has no port, and in `stream` none is assumed");
        if let Some(fault) = subject.refuse_word(word, message) {
            fault.kind(FaultKind::Port).help("write the port: `address:port`");
        }
    }
    let is_name = matches!(url.host, Host::Name(_));
    if let Some(service) = said.service {
        if said.resolve.is_none() {
            subject
                .refuse(service.span(), "`service=` has no effect without `resolve`".to_owned())
                .help("write `resolve` too: the records are looked up at run time");
        } else if url.port.is_some() {
            let message = |shown: &str| {
                format!("`{shown}` may have no port: with `service=` it comes from the SRV records")
            };
            subject.refuse_word(word, message);
        } else if !is_name {
            let message =
                |shown: &str| format!("`{shown}` is no domain name, and `service=` needs one");
            subject.refuse_word(word, message);
        }
    }
    if let Some(resolve) = said.resolve.filter(|_| is_name) {
        resolved(subject, resolve);
    }
}

/// What is resolved at run time needs a place for the result, and somebody to ask.
fn resolved(subject: &mut Subject<'_, '_>, word: Word<'_>) {
    let scope = subject.scope;
    let (config, model) = (scope.model.config(), scope.model);
    if !config.is_whole() {
        return;
    }
    let name = scope.block().and_then(|block| block.directive().arg(0));
    let name = name.map_or_else(String::new, |name| crate::model::shown(&name.value()));
    if scope.own(id::ZONE).next().is_none() {
        let message = format!("`resolve` needs the upstream `{name}` to be in shared memory");
        subject
            .refuse(word.span(), message)
            .help(format!("add `zone {name} 64k;` to the upstream"));
    }
    // That of `http` or `stream` itself is taken too, that of a `server` is not.
    let asks = scope.chain().any(|scope| scope.own(id::RESOLVER).next().is_some());
    if !asks && model.config().has_root() {
        let part = super::option::part(subject.family());
        subject
            .refuse(word.span(), "`resolve` needs a `resolver`, and none is in force".to_owned())
            .help(format!("add a `resolver` to the upstream or to `{part}`"));
    }
}

/// One word behind the address.
fn parameter(subject: &mut Subject<'_, '_>, word: Word<'_>, value: &[u8]) {
    let commercial = split(value).is_some_and(|(key, _)| key == b"slow_start");
    if commercial && crate::nginx::word(id::SERVER, subject.family(), value).is_none() {
        if subject.model().flavor() == crate::nginx::Flavor::Nginx {
            let message = |_: &str| "`slow_start=` is a parameter of NGINX Plus alone".to_owned();
            subject.refuse_word(word, message);
        }
        return;
    }
    if !subject.knows(word, value) {
        return;
    }
    match split(value) {
        Some((b"weight", _)) => subject.take_number(word, value, false),
        Some((b"max_conns" | b"max_fails", _)) => subject.take_number(word, value, true),
        Some((b"fail_timeout", _)) => subject.take_seconds(word, value),
        Some((b"service" | b"route", b"")) => {
            subject.refuse_word(word, |shown| format!("`{shown}` is empty"));
        }
        _ => {}
    }
}

/// Some balancing methods take no servers in reserve.
fn backup(subject: &mut Subject<'_, '_>, word: Word<'_>) {
    let methods = [id::HASH, id::IP_HASH, id::RANDOM];
    let scope = subject.scope;
    let before = |used: &Used<'_>| is_before(*used, subject.used);
    let Some(method) = methods.into_iter().flat_map(|id| scope.own(id)).find(before) else {
        return;
    };
    let name = crate::model::shown(method.directive().name().raw());
    let at = method.location();
    let message = format!("`backup` is not taken where `{name}` balances");
    subject
        .refuse(word.span(), message)
        .label(at, "the balancing method is chosen here")
        .help("take `backup` away, or balance by `least_conn` or in turn");
}

/// Whether a directive stands before another in the same use of a file; of others nobody knows.
pub(super) fn is_before(one: Used<'_>, other: Used<'_>) -> bool {
    one.instance() == other.instance() && one.name() < other.name()
}

/// The scheme belongs to the pass.
fn with_scheme(subject: &mut Subject<'_, '_>, word: Word<'_>, text: &[u8]) {
    let Some((scheme, rest)) = scheme(text) else { return };
    let scheme = crate::model::shown(scheme);
    let message = |shown: &str| {
        format!("a `server` of an upstream has no scheme, and `{shown}` begins with `{scheme}://`")
    };
    let stream = subject.family() == Family::Stream;
    let name = subject.scope.block().and_then(|block| block.directive().arg(0));
    let name = name.map_or_else(String::new, |name| crate::model::shown(&name.value()));
    let Some(fault) = subject.refuse_word(word, message) else { return };
    fault.kind(FaultKind::Scheme);
    let tls = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("grpcs");
    if !stream {
        fault.help(format!(
            "write the scheme where it is passed to: `proxy_pass {scheme}://{name};`"
        ));
    } else if tls {
        fault.help("write `proxy_ssl on;` where it is passed to");
    }
    let front = match rest.iter().position(|byte| matches!(byte, b'/' | b'?')) {
        Some(at) if at + 1 == rest.len() => &rest[..at],
        Some(_) => return,
        None => rest,
    };
    if let Ok(url) = Url::read(front, Reading::Plain) {
        let mut address = crate::model::shown(front);
        if url.port.is_none() && url.host != Host::Unix && (tls || stream) {
            address.push_str(if tls { ":443" } else { ":80" });
        }
        fault.mend(word.span(), address, scheme == "http");
    }
}

fn refuse(subject: &mut Subject<'_, '_>, word: Word<'_>, text: &[u8], defect: Defect<'_>) {
    let why = defect.why();
    let message = |shown: &str| format!("a `server` of an upstream cannot be `{shown}`: {why}");
    let Some(fault) = subject.refuse_word(word, message) else { return };
    match defect {
        Defect::Path(b"") => {
            let text = crate::model::shown(text);
            fault.help("a socket of the file system begins with `unix:`").mend(
                word.span(),
                format!("unix:{text}"),
                true,
            );
        }
        Defect::Path(front) => {
            fault.help("write the path where it is passed to").mend(
                word.span(),
                crate::model::shown(front),
                false,
            );
        }
        Defect::Name if text.starts_with(b"*") => {
            fault.help("`*` stands for all addresses only in `listen`");
        }
        _ => {
            fault.help("write `host`, `host:port`, or `unix:` and a path");
        }
    }
}
