//! Where answers are kept: caches with their paths and times, stores, and the memory of limits.

use super::form::{ANY_NUMBER, EIGHT_PAGES, Form, POSITIVE, Zero};
use super::number::{self, Unit};
use super::{Check, Subject};
use crate::nginx::{Version, VersionSet, id};
use crate::syntax::Word;

/// A directory and the levels below it (`ngx_conf_set_path_slot`).
pub(super) fn levels(subject: &mut Subject<'_, '_>) {
    let mut sum = 0u64;
    for word in subject.args().skip(1) {
        if !subject.is(word, POSITIVE) {
            return;
        }
        sum = sum.saturating_add(number::number(&word.value()).unwrap_or(0));
    }
    if sum > 10
        && let Some(last) = subject.args().next_back()
    {
        let name = subject.name();
        subject.refuse_word(last, |_| format!("the levels of `{name}` add up to more than 10"));
    }
}

/// `proxy_cache_path` and its like (`ngx_http_file_cache_set_slot`).
pub(super) fn path(subject: &mut Subject<'_, '_>) {
    let mut right = true;
    for word in subject.args().skip(1) {
        let value = word.value();
        right &= match value.strip_prefix(b"levels=") {
            None => subject.parameter(word, PATH),
            Some(levels) => {
                is_levels(levels) || {
                    let name = subject.name();
                    let shown = crate::model::shown(levels);
                    let message = format!(
                        "`levels=` of `{name}` takes up to three of `1` and `2` such as `1:2`, \
 not `{shown}`"
                    );
                    subject.refuse_word(word, |_| message).is_none()
                }
            }
        };
    }
    if right {
        let there = subject.has_arg(b"keys_zone=");
        subject.must_have(there, "`keys_zone=name:size`");
    }
}

fn is_levels(levels: &[u8]) -> bool {
    matches!(
        levels,
        [] | [b'1' | b'2']
            | [b'1' | b'2', b':', b'1' | b'2']
            | [b'1' | b'2', b':', b'1' | b'2', b':', b'1' | b'2']
    )
}

/// `proxy_cache_valid` and its like (`ngx_http_file_cache_valid_set_slot`).
pub(super) fn valid(subject: &mut Subject<'_, '_>) {
    let last = subject.args().len().saturating_sub(1);
    for (index, word) in subject.args().enumerate() {
        if index == last {
            subject.is(word, Form::Time(Unit::Second, Zero::Taken));
        } else if word.value().as_ref() != b"any" {
            subject.is_or(word, Form::Number(100, 599), " or `any`");
        }
    }
}

/// `proxy_store` and its like (`ngx_http_proxy_store`).
fn store(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0).filter(|word| word.value().is_empty()) else { return };
    // Earlier releases take it, and 1.26.3 is the last that is known to.
    let refusing = VersionSet::since(Version::new(1, 28, 0));
    if subject.versions.meets(&refusing) {
        let name = subject.name();
        let message = |_: &str| format!("`{name}` takes `on`, `off` or a path, and this is empty");
        if let Some(fault) = subject.refuse_word(word, message) {
            fault.only_in(&refusing);
        }
    }
}

/// A word with variables: the name of a cache, its key.
fn script(subject: &mut Subject<'_, '_>) {
    for word in subject.args() {
        subject.is_script(word);
    }
}

/// `limit_conn_zone` and `limit_req_zone`.
fn zone(subject: &mut Subject<'_, '_>) {
    if let Some(key) = subject.arg(0) {
        subject.is_script(key);
    }
    let is_req = subject.id == id::LIMIT_REQ_ZONE;
    let mut right = true;
    for word in subject.args().skip(1) {
        let value = word.value();
        right &= match value.strip_prefix(b"rate=") {
            Some(rate) if is_req => is_rate(subject, word, rate),
            _ => subject.parameter(word, if is_req { REQ_ZONE } else { CONN_ZONE }),
        };
    }
    if right {
        let there = subject.has_arg(b"zone=");
        subject.must_have(there, "`zone=name:size`");
    }
}

/// `10r/s`, `30r/m`, `10` (`ngx_http_limit_req_zone`).
fn is_rate(subject: &mut Subject<'_, '_>, word: Word<'_>, rate: &[u8]) -> bool {
    let digits = rate.strip_suffix(b"r/s").or_else(|| rate.strip_suffix(b"r/m")).unwrap_or(rate);
    if number::number(digits).is_some_and(|rate| rate > 0) {
        return true;
    }
    let shown = crate::model::shown(rate);
    let message = format!("`rate=` of `limit_req_zone` takes `10r/s` or `30r/m`, not `{shown}`");
    let Some(fault) = subject.refuse_word(word, |_| message) else { return true };
    fault.help("a rate is a whole number of requests per second or minute");
    false
}

/// `limit_conn`: a zone and a number (`ngx_http_limit_conn`).
fn conn(subject: &mut Subject<'_, '_>) {
    if let Some(count) = subject.arg(1) {
        subject.is(count, Form::Number(1, 65535));
    }
}

/// `limit_req` (`ngx_http_limit_req`).
fn req(subject: &mut Subject<'_, '_>) {
    if subject.parameters(0, REQ) {
        let there = subject.has_arg(b"zone=");
        subject.must_have(there, "`zone=name`");
    }
}

/// Files or certificates that stay open (`ngx_http_core_open_file_cache`,
/// `ngx_http_log_open_file_cache`, `ngx_http_ssl_certificate_cache`).
fn open(subject: &mut Subject<'_, '_>) {
    let table = match subject.id {
        id::OPEN_FILE_CACHE => OPEN_FILE,
        id::OPEN_LOG_FILE_CACHE => OPEN_LOG_FILE,
        _ => CERTIFICATE,
    };
    if !subject.parameters(0, table) || subject.is_arg_anywhere(b"off") {
        return;
    }
    let there = subject.has_arg(b"max=");
    if subject.must_have(there, "`max=`") {
        // For logs it may be 0 beside `off`.
        let zero = subject.args().rfind(|word| word.value().starts_with(b"max="));
        if let Some(zero) = zero {
            subject.parameter(zero, &[("max=", POSITIVE)]);
        }
    }
}

const SECONDS: Form = Form::Time(Unit::Second, Zero::Taken);
const MILLISECONDS: Form = Form::Time(Unit::Millisecond, Zero::Taken);

/// What the path of a cache takes beside `levels=`.
const PATH: &[(&str, Form)] = &[
    // nginx asks for two pages, and fails to begin with less than three.
    ("keys_zone=", Form::Zone(3 * 4096)),
    ("inactive=", SECONDS),
    ("max_size=", Form::Offset(0)),
    ("min_free=", Form::Offset(0)),
    ("use_temp_path=", Form::Switch),
    ("loader_files=", ANY_NUMBER),
    ("loader_sleep=", MILLISECONDS),
    ("loader_threshold=", MILLISECONDS),
    ("manager_files=", ANY_NUMBER),
    ("manager_sleep=", MILLISECONDS),
    ("manager_threshold=", MILLISECONDS),
];

const CONN_ZONE: &[(&str, Form)] = &[("zone=", Form::Zone(EIGHT_PAGES))];
const REQ_ZONE: &[(&str, Form)] = &[("zone=", Form::Zone(EIGHT_PAGES)), ("rate=", POSITIVE)];

const REQ: &[(&str, Form)] =
    &[("zone=", Form::Any), ("burst=", POSITIVE), ("delay=", POSITIVE), ("nodelay", Form::Alone)];

const OPEN_FILE: &[(&str, Form)] =
    &[("max=", POSITIVE), ("inactive=", SECONDS), ("off", Form::Alone)];

const OPEN_LOG_FILE: &[(&str, Form)] = &[
    ("max=", ANY_NUMBER),
    ("inactive=", SECONDS),
    ("min_uses=", ANY_NUMBER),
    ("valid=", SECONDS),
    ("off", Form::Alone),
];

const CERTIFICATE: &[(&str, Form)] =
    &[("max=", POSITIVE), ("inactive=", SECONDS), ("valid=", SECONDS), ("off", Form::Alone)];

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::FASTCGI_CACHE, script),
    Check(id::FASTCGI_CACHE_KEY, script),
    Check(id::FASTCGI_STORE, store),
    Check(id::GRPC_SSL_CERTIFICATE_CACHE, open),
    Check(id::LIMIT_CONN, conn),
    Check(id::LIMIT_CONN_ZONE, zone),
    Check(id::LIMIT_REQ, req),
    Check(id::LIMIT_REQ_ZONE, zone),
    Check(id::OPEN_FILE_CACHE, open),
    Check(id::OPEN_LOG_FILE_CACHE, open),
    Check(id::PROXY_CACHE, script),
    Check(id::PROXY_CACHE_KEY, script),
    Check(id::PROXY_SSL_CERTIFICATE_CACHE, open),
    Check(id::PROXY_STORE, store),
    Check(id::SCGI_CACHE, script),
    Check(id::SCGI_CACHE_KEY, script),
    Check(id::SCGI_STORE, store),
    Check(id::SSL_CERTIFICATE_CACHE, open),
    Check(id::UWSGI_CACHE, script),
    Check(id::UWSGI_CACHE_KEY, script),
    Check(id::UWSGI_SSL_CERTIFICATE_CACHE, open),
    Check(id::UWSGI_STORE, store),
];
