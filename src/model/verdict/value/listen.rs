//! `listen` of http, stream and mail (`ngx_http_core_listen` and its like).

use super::option::split;
use super::url::{Defect, Reading, Url};
use super::{Check, Subject};
use crate::model::verdict::Fault;
use crate::nginx::{Family, Version, VersionRange, id};
use crate::syntax::Word;

pub(super) const CHECKS: &[Check] = &[Check(id::LISTEN, check)];

fn check(subject: &mut Subject<'_, '_>) {
    let Some(address) = subject.arg(0) else { return };
    place(subject, address);
    let mut datagrams = None;
    for word in subject.args().skip(1) {
        let value = word.value();
        parameter(subject, word, &value);
        if matches!(value.as_ref(), b"quic" | b"udp") {
            datagrams = Some(word);
        }
    }
    if let Some(word) = datagrams {
        incompatible(subject, word);
    }
}

/// What is listened on.
fn place(subject: &mut Subject<'_, '_>, word: Word<'_>) {
    let text = word.value();
    let read = Url::read(&text, Reading::Listen);
    let defect = match read {
        Ok(url) if url.is_range && !subject.always(&[RANGES]) => {
            let message = |shown: &str| {
                format!("`listen` takes a range of ports, `{shown}`, only since 1.15.10")
            };
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.not_in(&[RANGES]);
            }
            return;
        }
        Ok(url) => url.misnamed(),
        Err(defect) => Some(defect),
    };
    let Some(defect) = defect else { return };
    let why = defect.why();
    let message = |shown: &str| format!("`listen` cannot take `{shown}`: {why}");
    let Some(fault) = subject.refuse_word(word, message) else { return };
    advise(fault, word, &text, defect);
}

fn advise(fault: &mut Fault, word: Word<'_>, text: &[u8], defect: Defect<'_>) {
    match defect {
        Defect::Variable => {
            fault.help("write the port itself, or fill it in before nginx reads the file");
        }
        Defect::Path(front) if !front.is_empty() && !front.ends_with(b":") => {
            let front = crate::model::shown(front);
            fault.help(format!("write `listen {front}`, and the path in a `location`"));
        }
        Defect::Path(_) => {
            let behind = text.splitn(2, |byte| *byte == b':').last().unwrap_or_default();
            let address = crate::model::shown(behind.trim_ascii_start());
            let address = address.trim_start_matches('/').to_owned();
            if address.is_empty() || address.contains('/') {
                fault.help("write an address, a port, or `unix:` and a path");
            } else if text.starts_with(b"/") {
                fault.help("a socket of the file system begins with `unix:`").mend(
                    word.span(),
                    format!("unix:{}", crate::model::shown(text)),
                    true,
                );
            } else {
                fault.help("write the address alone, and `ssl` behind it for HTTPS").mend(
                    word.span(),
                    address,
                    false,
                );
            }
        }
        Defect::NoHost if text.starts_with(b":") => {
            let port = crate::model::shown(&text[1..]);
            fault.help("write the port alone, or `*` before it").mend(word.span(), port, true);
        }
        Defect::Name if text.contains(&b',') => {
            fault.help("write a `listen` for each address");
        }
        _ => {
            fault.help("write a port, `address:port`, or `unix:` and a path");
        }
    }
}

/// One word behind the address.
fn parameter(subject: &mut Subject<'_, '_>, word: Word<'_>, value: &[u8]) {
    let key = split(value).map(|(key, _)| key);
    if key == Some(b"ipv6only") {
        let known = matches!(value, b"ipv6only=on" | b"ipv6only=off");
        if known {
            subject.knows(word, value);
            return;
        }
        let message = |shown: &str| format!("`ipv6only=` takes `on` or `off`, not `{shown}`");
        subject.refuse_word(word, message);
        return;
    }
    if !subject.knows(word, value) {
        return;
    }
    match key {
        Some(b"backlog") => subject.take_number(word, value, false),
        Some(b"fastopen" | b"setfib") => subject.take_number(word, value, true),
        Some(b"rcvbuf" | b"sndbuf") => subject.take_size(word, value),
        Some(b"so_keepalive") if !is_keepalive(&value[b"so_keepalive=".len()..]) => {
            let message = |shown: &str| {
                format!("`so_keepalive=` takes `on`, `off` or `idle:interval:count`, not `{shown}`")
            };
            if let Some(fault) = subject.refuse_word(word, message) {
                fault.help("each part is optional, but not all: `so_keepalive=30m::10`");
            }
        }
        _ => {}
    }
}

/// `on`, `off`, or two times and a number, each of which may be left out, but not be nothing all
/// together.
fn is_keepalive(text: &[u8]) -> bool {
    if matches!(text, b"on" | b"off") {
        return true;
    }
    let mut parts = text.splitn(3, |byte| *byte == b':');
    let mut part = |read: fn(&[u8]) -> Option<u64>| match parts.next() {
        None | Some(b"") => Some(0),
        Some(text) => read(text),
    };
    let idle = part(super::number::seconds);
    let interval = part(super::number::seconds);
    let count = part(super::number::number);
    matches!((idle, interval, count), (Some(a), Some(b), Some(c)) if a > 0 || b > 0 || c > 0)
}

/// What goes with connections alone stands beside a word for datagrams.
fn incompatible(subject: &mut Subject<'_, '_>, with: Word<'_>) {
    let datagrams = crate::model::shown(&with.value());
    let http = subject.family() == Family::Http;
    if http != (datagrams == "quic") {
        return;
    }
    for word in subject.args().skip(1) {
        let value = word.value();
        let (key, _) = split(&value).unwrap_or((&value, b""));
        let clashes = match key {
            b"backlog" | b"deferred" | b"fastopen" | b"multipath" | b"proxy_protocol"
            | b"so_keepalive" | b"ssl" => true,
            b"http2" => http,
            _ => false,
        };
        if !clashes {
            continue;
        }
        let shown = crate::model::shown(key);
        let message = format!("`{shown}` cannot stand beside `{datagrams}` in one `listen`");
        let address =
            subject.arg(0).map_or_else(String::new, |word| crate::model::shown(word.raw()));
        let fault = subject.refuse(word.span(), message);
        fault.help(match key {
            b"ssl" if http => {
                format!("QUIC always has TLS; write a second line, `listen {address} ssl`, for TCP")
            }
            b"http2" => "HTTP/2 needs TCP: write a second `listen` for it".to_owned(),
            _ => format!("take it away, or write a second `listen` without `{datagrams}`"),
        });
    }
}

/// The releases that take ranges of ports.
const RANGES: VersionRange = VersionRange::new(Version::new(1, 15, 10), None);

#[cfg(test)]
mod tests {
    use super::is_keepalive;

    #[test]
    fn keepalives_are_read() {
        for text in ["on", "off", "30m::10", "1h", "::1", "1h::"] {
            assert!(is_keepalive(text.as_bytes()), "{text}");
        }
        for text in ["", "::", "0:0:0", "1:2:3:4", "10ms", "yes"] {
            assert!(!is_keepalive(text.as_bytes()), "{text}");
        }
    }
}
