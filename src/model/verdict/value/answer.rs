//! What a client gets: codes, headers, bodies, times it may keep them, files.

use super::form::{Form, Zero};
use super::number::{self, Unit};
use super::{Check, Subject};
use crate::nginx::{Family, ValueKind, id};

/// `return` (`ngx_http_rewrite_return`, `ngx_stream_return`).
fn give(subject: &mut Subject<'_, '_>) {
    let Some(first) = subject.arg(0) else { return };
    if subject.family() == Family::Stream {
        subject.is_script(first);
        return;
    }
    let value = first.value();
    let second = subject.arg(1);
    let is_code = number::number(&value);
    let prefixes: [&[u8]; 3] = [b"http://", b"https://", b"$scheme"];
    let is_url = second.is_none() && prefixes.iter().any(|prefix| value.starts_with(prefix));
    match (is_code, second) {
        (Some(code), _) if code > 999 => {
            subject.is(first, Form::Number(0, 999));
        }
        (Some(_), None) => {}
        (Some(_), Some(second)) => {
            subject.is_script(second);
        }
        (None, _) if is_url => {
            subject.is_script(first);
        }
        (None, second) => {
            let message = |shown: &str| {
                format!(
                    "`return` takes a status code, or a URL with `http://` or `https://` alone, \
 not `{shown}`"
                )
            };
            let Some(fault) = subject.refuse_word(first, message) else { return };
            if second.is_none() && matches!(value.first(), Some(b'$' | b'/')) {
                let text = crate::model::shown(first.raw());
                fault.help("a redirect to anything else needs its code");
                fault.mend(first.span(), format!("302 {text}"), false);
            } else if second.is_none() {
                fault.help("a text needs its code: `return 200 \"…\"`");
            }
        }
    }
}

/// `error_page` (`ngx_http_core_error_page`).
fn error_page(subject: &mut Subject<'_, '_>) {
    let count = subject.args().len();
    if count < 2 {
        return;
    }
    let (Some(before), Some(uri)) = (subject.arg(count - 2), subject.arg(count - 1)) else {
        return;
    };
    let value = before.value();
    let mut codes = count - 1;
    if let Some(overwrite) = value.strip_prefix(b"=") {
        codes -= 1;
        if codes == 0 {
            subject.must_have(false, "a code in front of `=`");
        } else if !overwrite.is_empty() && number::number(overwrite).is_none() {
            let message = |shown: &str| {
                format!("`error_page` takes `=` or a code behind it such as `=200`, not `{shown}`")
            };
            subject.refuse_word(before, message);
        }
    }
    subject.is_script(uri);
    for word in subject.args().take(codes) {
        let is_499 = number::number(&word.value()) == Some(499);
        if is_499 {
            let message = |shown: &str| format!("`error_page` takes any error but `{shown}`");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.help("the client has gone: nobody sees a page");
            }
        } else {
            let right = subject.is(word, Form::Number(300, 599));
            if !right && word.value().starts_with(b"=") {
                subject.last_help("`=` stands behind all codes, before the URI");
            }
        }
    }
}

/// `expires` (`ngx_http_headers_expires`, `ngx_http_parse_expires`).
fn expires(subject: &mut Subject<'_, '_>) {
    let Some(first) = subject.arg(0) else { return };
    let modified = subject.arg(1).is_some();
    if modified && first.value().as_ref() != b"modified" {
        let message = |shown: &str| {
            format!("`expires` with two arguments takes `modified` first, not `{shown}`")
        };
        if let Some(fault) = subject.refuse_word(first, message) {
            fault.help("write a time without blanks, such as `30d`");
        }
        return;
    }
    let Some(word) = subject.arg(usize::from(modified)) else { return };
    if Subject::is_variable(word) {
        subject.is_script(word);
        return;
    }
    let value = word.value();
    let words: [&[u8]; 3] = [b"epoch", b"max", b"off"];
    if !modified && words.contains(&value.as_ref()) {
        return;
    }
    let (daily, time) = match value.as_ref() {
        [b'@', time @ ..] => (true, time),
        [b'+' | b'-', time @ ..] => (false, time),
        time => (false, time),
    };
    let seconds = number::time(time, Unit::Second);
    let message = match seconds {
        _ if daily && modified => "`expires modified` takes no time of day such as `{}`",
        Ok(seconds) if daily && seconds > 24 * 60 * 60 => {
            "a time of day of `expires` is at most `@24h`, not `{}`"
        }
        Ok(_) => return,
        Err(_) if modified => "`expires modified` takes a time such as `30d`, not `{}`",
        Err(_) => "`expires` takes a time such as `30d`, `-1`, `epoch`, `max` or `off`, not `{}`",
    };
    subject.refuse_word(word, |shown| message.replace("{}", shown));
}

/// `add_header` and `add_trailer` (`ngx_http_headers_add`).
fn header(subject: &mut Subject<'_, '_>) {
    if let Some(value) = subject.arg(1) {
        subject.is_script(value);
    }
    if let Some(third) = subject.arg(2) {
        if third.value().as_ref() == b"always" {
            subject.parameter(third, &[("always", Form::Alone)]);
        } else {
            let refused = !subject.is_one_of(third, &["always"]);
            if refused && subject.args().len() == 3 {
                subject.last_help("a value with blanks needs quotes");
            }
        }
    }
}

/// `limit_except` (`ngx_http_core_limit_except`).
fn methods(subject: &mut Subject<'_, '_>) {
    for word in subject.args() {
        let value = word.value();
        if !METHODS.iter().any(|method| value.eq_ignore_ascii_case(method.as_bytes())) {
            subject.is_one_of(word, &METHODS);
        }
    }
}

/// `aio` (`ngx_http_core_set_aio`).
fn aio(subject: &mut Subject<'_, '_>) {
    if subject.kind != ValueKind::Custom {
        return super::scalar::check(subject);
    }
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    match value.strip_prefix(b"threads") {
        Some([]) => {}
        Some([b'=', ..]) => {
            subject.is_script(word);
        }
        // `sendfile` is a word of earlier releases.
        None if value.as_ref() == b"sendfile" => {
            subject.parameter(word, &[("sendfile", Form::Alone)]);
        }
        _ => {
            subject.is_one_of(word, &["on", "off", "threads"]);
        }
    }
}

/// `directio` (`ngx_http_core_directio`).
fn directio(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    if word.value().as_ref() != b"off" {
        subject.is_or(word, Form::Offset(0), " or `off`");
    }
}

/// `keepalive_timeout` of clients (`ngx_http_core_keepalive`), and that of an `upstream`.
fn keepalive_timeout(subject: &mut Subject<'_, '_>) {
    if let Some(first) = subject.arg(0) {
        subject.is(first, Form::Time(Unit::Millisecond, Zero::Taken));
    }
    if let Some(second) = subject.arg(1) {
        subject.is(second, Form::Time(Unit::Second, Zero::Taken));
    }
}

/// `disable_symlinks` (`ngx_http_disable_symlinks`).
fn symlinks(subject: &mut Subject<'_, '_>) {
    if subject.kind != ValueKind::Custom {
        return super::scalar::check(subject);
    }
    if !subject.parameters(0, SYMLINKS) {
        return;
    }
    let words: [&[u8]; 3] = [b"off", b"on", b"if_not_owner"];
    let there = words.iter().filter(|word| subject.is_arg_anywhere(word)).count();
    if !subject.must_have(there > 0, "`off`, `on` or `if_not_owner`") {
        return;
    }
    let Some(second) = subject.arg(1) else { return };
    if !subject.has_arg(b"from=") {
        subject.refuse_word(second, |_| "`disable_symlinks` takes one of its words".to_owned());
    } else if subject.is_arg_anywhere(b"off") {
        let from = subject.args().find(|word| word.value().starts_with(b"from=")).unwrap_or(second);
        subject.refuse_word(from, |_| "`disable_symlinks off` takes no `from=`".to_owned());
    }
}

/// `root` and `alias` (`ngx_http_core_root`).
fn root(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let name = subject.name();
    let block = subject.scope.block().and_then(|block| block.directive().arg(0));
    if subject.id == id::ALIAS && block.is_some_and(|block| block.value().starts_with(b"@")) {
        let span = subject.used.directive().name().span();
        subject
            .refuse(span, "`alias` may not stand in a named location".to_owned())
            .help("use `root`");
        return;
    }
    if !Subject::is_variable(word) {
        return;
    }
    let value = word.value();
    let find = |variable: &str| memchr::memmem::find(&value, variable.as_bytes()).is_some();
    for variable in ["document_root", "realpath_root"] {
        if find(&format!("${variable}")) || find(&format!("${{{variable}}}")) {
            let message = |_: &str| format!("`{name}` may not use `${variable}`, which it makes");
            subject.refuse_word(word, message);
            return;
        }
    }
    subject.is_script(word);
}

/// `index` (`ngx_http_index_set_index`).
fn index(subject: &mut Subject<'_, '_>) {
    let last = subject.args().len().saturating_sub(1);
    for (at, word) in subject.args().enumerate() {
        let value = word.value();
        if value.is_empty() {
            subject.refuse_word(word, |_| "`index` takes no empty name".to_owned());
        } else if value.starts_with(b"/") && at != last {
            let message = |shown: &str| {
                format!("`{shown}` of `index` begins with `/` and is not the last of them")
            };
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.warns().help("a name with `/` in front is always taken: put it last");
            }
        } else {
            subject.is_script(word);
        }
    }
}

/// `proxy_redirect` and its like: one word, or what becomes what; regular expressions are not
/// looked at here (`ngx_http_proxy_redirect`).
fn replaced(subject: &mut Subject<'_, '_>) {
    let Some(first) = subject.arg(0) else { return };
    if subject.arg(1).is_some() {
        for word in subject.args() {
            if !word.value().starts_with(b"~") {
                subject.is_script(word);
            }
        }
        return;
    }
    let is_redirect = subject.id == id::PROXY_REDIRECT;
    let value = first.value();
    match value.as_ref() {
        b"off" => {}
        b"default" if is_redirect => {}
        // A word of earlier releases.
        b"false" if is_redirect => {
            subject.parameter(first, &[("false", Form::Alone)]);
        }
        _ => {
            let words: &[&str] = if is_redirect { &["default", "off"] } else { &["off"] };
            if !subject.is_one_of(first, words) {
                subject.last_help("with two arguments it says what becomes what");
            }
        }
    }
}

const SYMLINKS: &[(&str, Form)] = &[
    ("off", Form::Alone),
    ("on", Form::Alone),
    ("if_not_owner", Form::Alone),
    ("from=", Form::Script),
];

const METHODS: [&str; 14] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "MKCOL",
    "COPY",
    "MOVE",
    "OPTIONS",
    "PROPFIND",
    "PROPPATCH",
    "LOCK",
    "UNLOCK",
    "PATCH",
];

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::ADD_HEADER, header),
    Check(id::ADD_TRAILER, header),
    Check(id::AIO, aio),
    Check(id::ALIAS, root),
    Check(id::DIRECTIO, directio),
    Check(id::DISABLE_SYMLINKS, symlinks),
    Check(id::ERROR_PAGE, error_page),
    Check(id::EXPIRES, expires),
    Check(id::INDEX, index),
    Check(id::KEEPALIVE_TIMEOUT, keepalive_timeout),
    Check(id::LIMIT_EXCEPT, methods),
    Check(id::PROXY_COOKIE_DOMAIN, replaced),
    Check(id::PROXY_COOKIE_FLAGS, replaced),
    Check(id::PROXY_COOKIE_PATH, replaced),
    Check(id::PROXY_REDIRECT, replaced),
    Check(id::RETURN, give),
    Check(id::ROOT, root),
];
