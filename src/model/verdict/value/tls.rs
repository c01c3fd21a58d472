//! TLS: the memory of sessions and of OCSP answers, the protocols that are offered.

use super::form::EIGHT_PAGES;
use super::number;
use super::{Check, Subject};
use crate::nginx::id;
use crate::syntax::Word;

/// `ssl_session_cache` (`ngx_http_ssl_session_cache` and its like).
fn session_cache(subject: &mut Subject<'_, '_>) {
    for word in subject.args() {
        let value = word.value();
        match value.as_ref() {
            b"off" | b"none" | b"builtin" => continue,
            builtin if builtin.starts_with(b"builtin:") => {
                if number::number(&builtin[b"builtin:".len()..]).is_some() {
                    continue;
                }
            }
            shared => match shared.strip_prefix(b"shared:") {
                Some(zone) if is_zone(subject, word, zone) => continue,
                Some(_) => return,
                None => {}
            },
        }
        let message = |shown: &str| {
            format!(
                "`ssl_session_cache` takes `off`, `none`, `builtin` or `shared:name:size`, \
 not `{shown}`"
            )
        };
        if let Some(fault) = subject.refuse_word(word, message) {
            fault.help("a usual value is `shared:SSL:10m`");
        }
        return;
    }
}

/// `ssl_ocsp_cache` (`ngx_http_ssl_ocsp_cache`).
fn ocsp_cache(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    match value.strip_prefix(b"shared:") {
        Some(zone) => {
            is_zone(subject, word, zone);
        }
        None if value.as_ref() == b"off" => {}
        None => {
            let message = |shown: &str| {
                format!("`ssl_ocsp_cache` takes `off` or `shared:name:size`, not `{shown}`")
            };
            subject.refuse_word(word, message);
        }
    }
}

/// Whether what follows `shared:` is a name and a size; else it is refused.
fn is_zone(subject: &mut Subject<'_, '_>, word: Word<'_>, zone: &[u8]) -> bool {
    let colon = memchr::memchr(b':', zone).filter(|colon| *colon > 0);
    let size = colon.and_then(|colon| number::size(&zone[colon + 1..]));
    if size.is_some_and(|size| size >= EIGHT_PAGES) {
        return true;
    }
    let name = subject.name();
    let takes = match size {
        None => "a name and a size such as `shared:SSL:10m`",
        Some(_) => "a zone of at least `32k`",
    };
    let message = |shown: &str| format!("`shared:` of `{name}` takes {takes}, not `{shown}`");
    let Some(fault) = subject.refuse_word(word, message) else { return true };
    if matches!(zone, [.., b'g' | b'G']) {
        fault.help("a size here knows `k` and `m`, but no `g`");
    }
    false
}

/// `ssl_alpn` (`ngx_stream_ssl_alpn`) and `proxy_ssl_alpn`, which takes variables.
fn alpn(subject: &mut Subject<'_, '_>) {
    let name = subject.name();
    for word in subject.args() {
        let fills_in = subject.id == id::PROXY_SSL_ALPN && Subject::is_variable(word);
        if word.value().len() > 255 && !fills_in {
            subject
                .refuse_word(word, |_| format!("a protocol of `{name}` has more than 255 bytes"));
        }
    }
}

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::PROXY_SSL_ALPN, alpn),
    Check(id::SSL, super::scalar::flag),
    Check(id::SSL_ALPN, alpn),
    Check(id::SSL_OCSP_CACHE, ocsp_cache),
    Check(id::SSL_SESSION_CACHE, session_cache),
];
