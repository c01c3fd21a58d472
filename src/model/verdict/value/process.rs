//! Processes, events, and what mail servers speak: the directives outside of `http` and `stream`.

use super::form::{ANY_NUMBER, Form, POSITIVE};
use super::number;
use super::{Check, Subject};
use crate::nginx::{Family, id};

/// `worker_processes` (`ngx_set_worker_processes`).
fn processes(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    if word.value().as_ref() != b"auto" {
        subject.is_or(word, ANY_NUMBER, " or `auto`");
    }
}

/// `worker_connections` (`ngx_event_connections`).
fn connections(subject: &mut Subject<'_, '_>) {
    if let Some(word) = subject.arg(0) {
        subject.is(word, POSITIVE);
    }
}

/// `worker_priority` (`ngx_set_priority`).
fn priority(subject: &mut Subject<'_, '_>) {
    let Some(word) = subject.arg(0) else { return };
    let value = word.value();
    let digits = value.strip_prefix(b"-").or_else(|| value.strip_prefix(b"+")).unwrap_or(&value);
    if number::number(digits).is_none() {
        let message =
            |shown: &str| format!("`worker_priority` takes a number such as `-5`, not `{shown}`");
        subject.refuse_word(word, message);
    }
}

/// `worker_cpu_affinity` (`ngx_set_cpu_affinity`).
fn affinity(subject: &mut Subject<'_, '_>) {
    let is_auto = subject.is_arg(0, b"auto");
    if is_auto && let Some(third) = subject.arg(2) {
        let message = |shown: &str| {
            format!("`worker_cpu_affinity auto` takes one mask: `{shown}` is too much")
        };
        subject.refuse_word(third, message);
        return;
    }
    for word in subject.args().skip(usize::from(is_auto)) {
        let value = word.value();
        let is_mask = value.iter().all(|byte| matches!(byte, b'0' | b'1' | b' '));
        if !is_mask || value.len() > CPU_SETSIZE {
            let message = |shown: &str| {
                format!("`worker_cpu_affinity` takes masks such as `0101` or `auto`, not `{shown}`")
            };
            subject.refuse_word(word, message);
        }
    }
}

/// `use` (`ngx_event_use`): a method that no build knows.
fn method(subject: &mut Subject<'_, '_>) {
    if let Some(word) = subject.arg(0) {
        subject.is_one_of(word, METHODS);
    }
}

/// `thread_pool` (`ngx_thread_pool`); what it does not know it passes over.
fn thread_pool(subject: &mut Subject<'_, '_>) {
    let mut right = true;
    for word in subject.args().skip(1) {
        let value = word.value();
        if value.starts_with(b"threads=") || value.starts_with(b"max_queue=") {
            right &= subject.parameter(word, THREADS);
        }
    }
    if right {
        let there = subject.has_arg(b"threads=");
        subject.must_have(there, "`threads=`");
    }
}

/// `protocol` of a mail server (`ngx_mail_core_protocol`).
fn protocol(subject: &mut Subject<'_, '_>) {
    if subject.family() == Family::Mail
        && let Some(word) = subject.arg(0)
    {
        subject.is_one_of(word, &["imap", "pop3", "smtp"]);
    }
}

/// `starttls` (`ngx_mail_ssl_starttls`).
fn starttls(subject: &mut Subject<'_, '_>) {
    if subject.family() == Family::Mail
        && let Some(word) = subject.arg(0)
    {
        let value = word.value().to_ascii_lowercase();
        if ![b"on".as_slice(), b"off", b"only"].contains(&value.as_slice()) {
            subject.is_one_of(word, &["on", "off", "only"]);
        }
    }
}

const THREADS: &[(&str, Form)] = &[("threads=", POSITIVE), ("max_queue=", ANY_NUMBER)];

/// What modules of all platforms are called.
const METHODS: &[&str] =
    &["epoll", "kqueue", "eventport", "/dev/poll", "poll", "select", "rtsig", "iocp", "aio"];

/// As many processors as a mask of Linux holds.
const CPU_SETSIZE: usize = 1024;

/// The checks of this file.
pub(super) const CHECKS: &[Check] = &[
    Check(id::PROTOCOL, protocol),
    Check(id::STARTTLS, starttls),
    Check(id::THREAD_POOL, thread_pool),
    Check(id::USE, method),
    Check(id::WORKER_CONNECTIONS, connections),
    Check(id::WORKER_CPU_AFFINITY, affinity),
    Check(id::WORKER_PRIORITY, priority),
    Check(id::WORKER_PROCESSES, processes),
];
