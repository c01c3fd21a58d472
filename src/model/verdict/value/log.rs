//! Logs: where they go, what they hold, how they are kept in memory before.

use super::form::{Form, Zero};
use super::number::Unit;
use super::word::in_words;
use super::{Check, Subject};
use crate::nginx::{Family, id};
use crate::syntax::Word;

/// `access_log` (`ngx_http_log_set_log`, `ngx_stream_log_set_log`).
fn access(subject: &mut Subject<'_, '_>) {
    let Some(target) = subject.arg(0) else { return };
    let value = target.value();
    if value.as_ref() == b"off" {
        if let Some(second) = subject.arg(1) {
            let message = |shown: &str| format!("`access_log off` takes no `{shown}`");
            subject.refuse_word(second, message);
        }
        return;
    }
    let is_syslog = value.starts_with(b"syslog:");
    let mut right = if is_syslog { syslog(subject, target) } else { subject.is_script(target) };
    if subject.family() == Family::Stream {
        right &= subject.must_have(subject.arg(1).is_some(), "the name of a log format");
    }
    right &= subject.parameters(2, ACCESS);
    if !right {
        return;
    }
    let is_buffer = |word: &Word<'_>| {
        let value = word.value();
        value.starts_with(b"buffer=") || value.starts_with(b"gzip")
    };
    let Some(buffer) = subject.args().skip(2).find(is_buffer) else {
        let flush = |word: &Word<'_>| word.value().starts_with(b"flush=");
        if let Some(flush) = subject.args().skip(2).find(flush)
            && let Some(fault) = subject
                .refuse_word(flush, |shown| format!("`access_log` has `{shown}` without a buffer"))
        {
            fault.help("add `buffer=` with a size");
        }
        return;
    };
    if is_syslog {
        let message = |shown: &str| format!("a log to syslog takes no `{shown}`");
        subject.refuse_word(buffer, message);
    } else if Subject::is_variable(target) {
        let message = |shown: &str| format!("a log with variables in its name takes no `{shown}`");
        subject.refuse_word(buffer, message);
    }
}

/// `error_log` (`ngx_log_set_log`, `ngx_log_set_levels`).
fn error(subject: &mut Subject<'_, '_>) {
    let Some(target) = subject.arg(0) else { return };
    let value = target.value();
    if value.starts_with(b"syslog:") {
        syslog(subject, target);
    } else if value.starts_with(b"memory:") {
        // It holds the longest message, and what nginx writes around it.
        subject.parameter(target, &[("memory:", Form::Size(2048))]);
    }
    let mut level: Option<Word<'_>> = None;
    let mut debug: Option<Word<'_>> = None;
    for word in subject.args().skip(1) {
        let value = word.value();
        let known = |words: &[&str]| words.iter().any(|one| one.as_bytes() == value.as_ref());
        let fault = if known(&LEVELS) {
            let earlier = level.or(debug);
            level = Some(word);
            earlier
        } else if known(&DEBUG_LEVELS) {
            debug = Some(word);
            level
        } else {
            subject.is_one_of(word, &LEVELS);
            return;
        };
        if let Some(earlier) = fault {
            let at = subject.used.locate(earlier.span());
            let message =
                |shown: &str| format!("`error_log` takes one level: `{shown}` is too much");
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.label(at, "the level is here already");
            }
            return;
        }
    }
}

/// Whether `syslog:server=…` is right (`ngx_syslog_parse_args`).
fn syslog(subject: &mut Subject<'_, '_>, word: Word<'_>) -> bool {
    let value = word.value();
    let Some(text) = value.strip_prefix(b"syslog:") else { return true };
    let mut seen = [false; 4];
    for part in text.split(|byte| *byte == b',') {
        let sign = memchr::memchr(b'=', part).map_or(part.len(), |sign| sign + 1);
        let (key, rest) = part.split_at(sign);
        let known = |words: &[&str]| words.iter().any(|one| one.as_bytes() == rest);
        let (index, right, takes) = match key {
            b"server=" => (0, !rest.is_empty(), None),
            b"facility=" => (1, known(&FACILITIES), Some(&FACILITIES[..])),
            b"severity=" => (2, known(&LEVELS), Some(&LEVELS[..])),
            b"tag=" => (3, is_tag(rest), None),
            b"nohostname" => continue,
            _ => {
                let shown = crate::model::shown(part);
                let message = |_: &str| format!("`syslog:` has no parameter `{shown}`");
                let Some(fault) = subject.refuse_word(word, message) else { return true };
                fault.help("it takes `server=`, `facility=`, `severity=`, `tag=` and `nohostname`");
                return false;
            }
        };
        let key = crate::model::shown(key);
        if std::mem::replace(&mut seen[index], true) {
            let message = |_: &str| format!("`syslog:` has `{key}` twice");
            return subject.refuse_word(word, message).is_none();
        }
        if !right {
            let shown = crate::model::shown(rest);
            let message = |_: &str| format!("`{key}` of `syslog:` does not take `{shown}`");
            let Some(fault) = subject.refuse_word(word, message) else { return true };
            fault.help(match takes {
                Some(words) => format!("it takes {}", listed(words)),
                None if index == 0 => "it takes an address".to_owned(),
                None => "it takes up to 32 letters, digits and `_`".to_owned(),
            });
            return false;
        }
    }
    if !seen[0] {
        let message = |_: &str| "`syslog:` must have `server=`".to_owned();
        return subject.refuse_word(word, message).is_none();
    }
    true
}

fn is_tag(tag: &[u8]) -> bool {
    tag.len() <= 32 && tag.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    in_words(&words)
}

/// `log_format` (`ngx_http_log_compile_format`).
fn format(subject: &mut Subject<'_, '_>) {
    for (index, word) in subject.args().enumerate().skip(1) {
        let value = word.value();
        if index == 1
            && let Some(escape) = value.strip_prefix(b"escape=")
        {
            if ESCAPES.iter().any(|one| one.as_bytes() == escape) {
                // Each is a word of the facts without the `escape=`.
                if let Some(fact) = crate::nginx::word(subject.id, subject.family(), escape) {
                    subject.known(word, fact, &[]);
                }
            } else {
                let shown = crate::model::shown(escape);
                let takes = listed(&ESCAPES);
                subject.refuse_word(word, |_| {
                    format!("`escape=` of `log_format` takes {takes}, not `{shown}`")
                });
            }
            continue;
        }
        subject.is_script(word);
    }
}

const ACCESS: &[(&str, Form)] = &[
    ("buffer=", Form::Size(1)),
    ("flush=", Form::Time(Unit::Millisecond, Zero::Refused)),
    ("gzip=", Form::Number(1, 9)),
    ("gzip", Form::Alone),
    ("if=", Form::Script),
];

const ESCAPES: [&str; 3] = ["default", "json", "none"];

/// The levels of logs, and the severities of syslog.
const LEVELS: [&str; 8] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

const DEBUG_LEVELS: [&str; 7] = [
    "debug_core",
    "debug_alloc",
    "debug_mutex",
    "debug_event",
    "debug_http",
    "debug_mail",
    "debug_stream",
];

const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv",
    "ftp", "ntp", "audit", "alert", "cron", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];

/// The checks of this file.
pub(super) const CHECKS: &[Check] =
    &[Check(id::ACCESS_LOG, access), Check(id::ERROR_LOG, error), Check(id::LOG_FORMAT, format)];
