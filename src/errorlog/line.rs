//! One line of an error log, taken apart as nginx put it together (`ngx_log_error_core`,
//! `ngx_http_log_error_handler`).

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

/// A line; every text is as it stands in the log.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Line<'l> {
    /// `2026/11/30 17:28:55`; empty where nginx writes to a terminal at its start.
    pub time: &'l [u8],
    /// The level.
    pub level: Level,
    /// The number of the connection; `None` for what is of no connection: start and reload.
    pub connection: Option<u64>,
    /// The message with what nginx was doing, up to the fields.
    pub message: &'l [u8],
    /// The address of the client.
    pub client: Option<&'l [u8]>,
    /// The first name of the server; of stream, what it listens on.
    pub server: Option<&'l [u8]>,
    /// The request line.
    pub request: Option<&'l [u8]>,
    /// The path of the subrequest in which it happened.
    pub subrequest: Option<&'l [u8]>,
    /// The peer: `http://10.0.0.5:8080/path`, of stream an address alone.
    pub upstream: Option<&'l [u8]>,
    /// The header `Host`.
    pub host: Option<&'l [u8]>,
    /// The header `Referer`.
    pub referrer: Option<&'l [u8]>,
    /// Whether the line was cut off before its end.
    pub truncated: bool,
}

/// The levels of `error_log`, the worst last.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `debug`
    Debug,
    /// `info`
    Info,
    /// `notice`
    Notice,
    /// `warn`
    Warn,
    /// `error`
    #[default]
    Error,
    /// `crit`
    Crit,
    /// `alert`
    Alert,
    /// `emerg`
    Emerg,
}

impl Level {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Debug, "debug"),
        (Self::Info, "info"),
        (Self::Notice, "notice"),
        (Self::Warn, "warn"),
        (Self::Error, "error"),
        (Self::Crit, "crit"),
        (Self::Alert, "alert"),
        (Self::Emerg, "emerg"),
    ];

    /// The word in the log.
    pub const fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The level that `text` begins with, and how long its word is.
    fn of(text: &[u8]) -> Option<(Self, usize)> {
        let known = |(_, name): &&(Self, &str)| {
            text.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"]"))
        };
        Self::ALL.iter().find(known).map(|(level, name)| (*level, name.len()))
    }
}

impl<'l> Line<'l> {
    /// Takes a line apart, whatever a logger has put before it; `None` if it is none of nginx.
    pub fn parse(text: &'l [u8]) -> Option<Self> {
        header(text).map(|header| Self::of(text, header))
    }

    /// Takes a line apart whose head is known.
    pub(super) fn of(text: &'l [u8], header: Header) -> Self {
        let mut line = Self {
            time: text.get(header.at..header.at + header.time).unwrap_or_default(),
            level: header.level,
            connection: header.connection,
            ..Self::default()
        };
        let rest = text.get(header.message..).unwrap_or_default().trim_ascii_end();
        // Nothing but a connection has fields.
        let fields = header.connection.and_then(|_| fields(rest));
        let (message, fields) = rest.split_at(fields.unwrap_or(rest.len()));
        line.message = message;
        line.fields(fields);
        line
    }

    /// The fields stand in one order. Of the same words again, in what a client sent, the first
    /// count: nginx refuses a request line with spaces in its path (1.21.1), and what follows the
    /// request is written behind it.
    fn fields(&mut self, text: &'l [u8]) {
        let mut rest = text;
        for name in FIELDS {
            let Some(value) = rest.strip_prefix(name.as_bytes()) else { continue };
            let (value, behind) = if name.ends_with('"') {
                match quoted(value) {
                    Some(ends) => ends,
                    None => {
                        self.truncated = true;
                        (value, &b""[..])
                    }
                }
            } else {
                value.split_at(memchr::memmem::find(value, b", ").unwrap_or(value.len()))
            };
            let field = match name {
                ", client: " | ", udp client: " => &mut self.client,
                ", server: " => &mut self.server,
                ", request: \"" => &mut self.request,
                ", subrequest: \"" => &mut self.subrequest,
                ", upstream: \"" => &mut self.upstream,
                ", host: \"" => &mut self.host,
                ", referrer: \"" => &mut self.referrer,
                _ => {
                    rest = behind;
                    continue;
                }
            };
            *field = Some(value);
            rest = behind;
        }
    }

    /// The scheme of the peer; `stream` where it has none.
    pub fn scheme(&self) -> Option<&'l [u8]> {
        let upstream = self.upstream?;
        let scheme = memchr::memmem::find(upstream, b"://").map(|at| &upstream[..at]);
        Some(scheme.unwrap_or(b"stream"))
    }

    /// The address of the peer: `10.0.0.5:8080`, `unix:/run/app.sock`.
    pub fn peer(&self) -> Option<&'l [u8]> {
        let upstream = self.upstream?;
        let start = memchr::memmem::find(upstream, b"://").map_or(0, |at| at + 3);
        let rest = upstream.get(start..).unwrap_or_default();
        let end = match rest.strip_prefix(b"unix:") {
            // `http://unix:/run/app.sock:/path`
            Some(path) => memchr::memchr(b':', path).map(|at| at + b"unix:".len()),
            None => memchr::memchr2(b'/', b'?', rest),
        };
        rest.get(..end.unwrap_or(rest.len()))
    }

    /// What the request is for, as the client wrote it; of a subrequest its own path.
    pub fn target(&self) -> Option<&'l [u8]> {
        if self.subrequest.is_some() {
            return self.subrequest;
        }
        let request = self.request?;
        let start = memchr::memchr(b' ', request)? + 1;
        let rest = request.get(start..)?;
        // A line that was cut off has no version.
        let end = memchr::memmem::rfind(rest, b" HTTP/").unwrap_or(rest.len());
        rest.get(..end)
    }

    /// The file and line that a message of start-up ends with.
    pub fn place(&self) -> Option<(&'l [u8], u32)> {
        let at = memchr::memmem::rfind(self.message, b" in ")?;
        let place = self.message.get(at + 4..)?;
        let colon = memchr::memrchr(b':', place)?;
        let line = std::str::from_utf8(place.get(colon + 1..)?).ok()?.parse().ok()?;
        Some((place.get(..colon)?, line))
    }
}

/// Where the fields of a line begin.
pub(super) fn fields(text: &[u8]) -> Option<usize> {
    let at = CLIENT.find(text)?;
    let before = text.get(..at)?;
    let comma = |udp: &str| before.strip_suffix(udp.as_bytes())?.strip_suffix(b", ");
    comma("").or_else(|| comma("udp ")).map(<[u8]>::len)
}

/// A value up to its closing quote, and what stands behind that: another field, or nothing.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends = |&at: &usize| {
        let behind = text.get(at + 1..).unwrap_or_default();
        behind.is_empty() || FIELDS.iter().any(|name| behind.starts_with(name.as_bytes()))
    };
    let at = memchr::memchr_iter(b'"', text).find(ends)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The head of a line.
#[derive(Copy, Clone, Debug)]
pub(super) struct Header {
    /// Where it begins.
    pub(super) at: usize,
    /// How long the time is.
    time: usize,
    /// Where the message begins.
    pub(super) message: usize,
    pub(super) level: Level,
    pub(super) connection: Option<u64>,
}

/// The first head of a line in `text`, whatever a logger has put before it.
pub(super) fn header(text: &[u8]) -> Option<Header> {
    let mut from = 0;
    loop {
        let bracket = from + memchr::memchr(b'[', text.get(from..)?)?;
        if let Some(header) = header_at(text, bracket) {
            return Some(header);
        }
        from = bracket + 1;
    }
}

/// The head whose level begins with the bracket at `bracket`.
fn header_at(text: &[u8], bracket: usize) -> Option<Header> {
    let (level, length) = Level::of(text.get(bracket + 1..)?)?;
    let rest = text.get(bracket + 1 + length..)?.strip_prefix(b"] ")?;
    let behind = bracket + length + 3;
    let before = text.get(..bracket)?;
    if let Some(range) = time_before(before) {
        let (at, time) = (range.start, range.len());
        // `7#7: ` and then, of a connection, `*12 `.
        let (_, rest) = number(rest)?;
        let (_, rest) = number(rest.strip_prefix(b"#")?)?;
        let rest = rest.strip_prefix(b": ")?;
        let connection = rest.strip_prefix(b"*").and_then(number);
        let (connection, rest) = match connection {
            Some((connection, rest)) => (Some(connection), rest.strip_prefix(b" ").unwrap_or(rest)),
            None => (None, rest),
        };
        return Some(Header { at, time, level, connection, message: text.len() - rest.len() });
    }
    let at = before.strip_suffix(b"nginx: ")?.len();
    Some(Header { at, time: 0, level, connection: None, message: behind })
}

/// The time that `text` and one space end with.
fn time_before(text: &[u8]) -> Option<Range<usize>> {
    let text = text.strip_suffix(b" ")?;
    let time = text.last_chunk::<19>()?;
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == shape,
    };
    let start = text.len() - time.len();
    time.iter().zip(b"0000/00/00 00:00:00").all(fits).then_some(start..text.len())
}

/// The number that `text` begins with, and what follows it.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    Some((std::str::from_utf8(number).ok()?.parse().ok()?, rest))
}

/// Prepared once: it is looked for in every line.
static CLIENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"client: "));

/// The fields in the order in which nginx writes them.
const FIELDS: [&str; 12] = [
    ", udp client: ",
    ", client: ",
    ", server: ",
    ", login: \"",
    ", request: \"",
    ", subrequest: \"",
    ", upstream: \"",
    ", host: \"",
    ", referrer: \"",
    ", bytes from/to client:",
    ", bytes from/to upstream:",
    ", PROXY protocol",
];
