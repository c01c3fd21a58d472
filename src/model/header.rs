//! The request headers that a hop sends by `proxy_set_header` or `grpc_set_header`: which lines are
//! in force, what each may say, and which lines an inner block lost. A block with a line of its own
//! inherits none; a header without a line has nginx's default, or none.

use std::borrow::Cow;

use super::Model;
use super::address::Host;
use super::hop::{Hop, Kind};
use super::scope::Scope;
use super::variable::{Row, Table, Value, sole_variable};
use crate::include::{Use, Used};
use crate::nginx::{Contexts, DirectiveId, id};
use crate::syntax::is_placeholder;

/// A line that sets a request header, in force in a block.
#[derive(Copy, Clone)]
pub struct Header<'m> {
    used: Used<'m>,
    /// The block it is in force in: a `set` there may choose what it says.
    scope: Scope<'m>,
}

/// What a header says for some requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderValue {
    /// For which.
    pub when: When,
    /// What.
    pub says: Says,
    /// The line of a `map`, or the `set`, that says so.
    pub line: Option<Use>,
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// What the header of the client of that name says, in lower case with `_` for `-`.
    Client(Vec<u8>),
    /// These bytes; a header without any is not sent.
    Constant(Vec<u8>),
    /// Nobody knows.
    Unknown,
}

/// For which requests a header says something.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// For all.
    Always,
    /// For those that ask for no upgrade of the protocol.
    Plain,
    /// For some.
    Sometimes,
    /// For those that ask for an upgrade, or some of them.
    Upgrade,
}

impl Kind {
    /// The directive that sets its request headers.
    pub const fn header_directive(self) -> Option<DirectiveId> {
        match self {
            Self::Grpc => Some(id::GRPC_SET_HEADER),
            Self::Proxy => Some(id::PROXY_SET_HEADER),
            _ => None,
        }
    }
}

impl<'m> Hop<'m> {
    /// The lines in force that set the request header of that name.
    pub fn headers(self, name: &str) -> impl Iterator<Item = Header<'m>> {
        let id = self.kind().header_directive();
        id.into_iter().flat_map(move |id| self.scope().headers(id, name))
    }

    /// Whether it leads to servers that do not go by the name in the pass: those of an `upstream`,
    /// and addresses.
    pub fn goes_inside(self) -> bool {
        let is_inside = |peer: &super::Peer| {
            let address = peer.address.as_ref();
            peer.used() != self.used().name()
                || address.is_ok_and(|address| match &address.host {
                    Host::Name(name) => !name.contains(&b'.'),
                    _ => true,
                })
        };
        self.peers().iter().any(is_inside)
    }

    /// Whether the header of that name may say something.
    pub fn sends(self, name: &str) -> bool {
        self.headers(name).any(Header::is_sent)
    }
}

impl<'m> Scope<'m> {
    /// The lines in force here that set the request header of that name.
    pub fn headers(self, id: DirectiveId, name: &str) -> impl Iterator<Item = Header<'m>> {
        let all = self.effective(id).map(move |used| Header { used, scope: self });
        all.filter(move |header| header.is(name))
    }

    /// The lines of this block that set a request header.
    pub fn header(self, used: Used<'m>) -> Header<'m> {
        Header { used, scope: self }
    }

    /// The lines that this block would inherit, had it none of its own, and for whose header it has
    /// none.
    pub fn lost_headers(self, id: DirectiveId) -> Vec<Header<'m>> {
        let around = self.parent().filter(|_| self.own(id).next().is_some());
        let inherited = around.into_iter().flat_map(|scope| scope.effective(id));
        let inherited = inherited.map(|used| Header { used, scope: self });
        let has = |name: &[u8]| {
            self.own(id)
                .any(|own| Header { used: own, scope: self }.name().eq_ignore_ascii_case(name))
        };
        inherited.filter(|header| !has(&header.name())).collect()
    }

    /// What `$name` may say here: what a `set` gives, or a table, or a header of the client.
    fn variable(self, name: &[u8]) -> Vec<HeaderValue> {
        let one = |says| vec![HeaderValue { when: When::Always, says, line: None }];
        let (values, is_set) = match self.model.scopes.has(id::SET) {
            true => self.set_values(name),
            false => (Vec::new(), false),
        };
        if is_set {
            let when = if values.len() == 1 { When::Always } else { When::Sometimes };
            let value = |value: &Value| HeaderValue {
                when,
                says: self.says(&value.text),
                line: Some(value.used),
            };
            return values.iter().map(value).collect();
        }
        if let Some(table) = self.table(name) {
            let is_whole = table.is_whole && values.is_empty();
            return if is_whole { self.choices(&table) } else { one(Says::Unknown) };
        }
        one(match name.to_ascii_lowercase().strip_prefix(b"http_") {
            Some(header) => Says::Client(header.to_vec()),
            None => Says::Unknown,
        })
    }

    /// What a table gives, line by line.
    fn choices(self, table: &Table) -> Vec<HeaderValue> {
        let mut values: Vec<HeaderValue> = Vec::new();
        let (mut default, mut empty, mut is_empty_unsure) = (None, None, false);
        for Row { key, value } in &table.rows {
            match key.as_slice() {
                b"default" => default = Some(values.len()),
                b"" => empty = Some(values.len()),
                other => is_empty_unsure |= may_match_nothing(other),
            }
            let says = self.says(&value.text);
            values.push(HeaderValue { when: When::Sometimes, says, line: Some(value.used) });
        }
        let default = default.unwrap_or_else(|| {
            let says = Says::Constant(Vec::new());
            values.push(HeaderValue { when: When::Sometimes, says, line: None });
            values.len() - 1
        });
        if is_variable(&table.source, b"http_upgrade") && (empty.is_some() || !is_empty_unsure) {
            let plain = empty.unwrap_or(default);
            for (index, value) in values.iter_mut().enumerate() {
                value.when = if index == plain { When::Plain } else { When::Upgrade };
            }
            // The default counts for those that ask, too.
            if empty.is_none() {
                values.push(HeaderValue { when: When::Upgrade, ..values[default].clone() });
            }
        }
        values
    }

    /// What a value says, without looking into maps.
    fn says(self, text: &[u8]) -> Says {
        if is_placeholder(text) {
            return Says::Unknown;
        }
        if !text.contains(&b'$') {
            return Says::Constant(text.to_vec());
        }
        let name = sole_variable(text).map(<[u8]>::to_ascii_lowercase);
        match name.as_deref().and_then(|name| name.strip_prefix(b"http_")) {
            Some(header) => Says::Client(header.to_vec()),
            None => Says::Unknown,
        }
    }
}

impl<'m> Header<'m> {
    /// The line.
    pub const fn used(self) -> Used<'m> {
        self.used
    }

    /// The block it is in force in.
    pub const fn scope(self) -> Scope<'m> {
        self.scope
    }

    /// The name of the header, as written.
    pub fn name(self) -> Cow<'m, [u8]> {
        self.used.directive().arg(0).map_or(Cow::Borrowed(b""), |word| word.value())
    }

    /// Whether it sets the header of that name.
    pub fn is(self, name: &str) -> bool {
        let word = self.used.directive().exemplar().arg(0);
        word.is_some_and(|word| word.is(name.as_bytes()))
    }

    /// What it may say; one value where that is the same for every request.
    pub fn values(self) -> Vec<HeaderValue> {
        let text =
            self.used.directive().arg(1).map_or(Cow::Borrowed(&b""[..]), |word| word.value());
        if let Some(name) = sole_variable(&text)
            && !is_placeholder(&text)
        {
            return self.scope.variable(name);
        }
        vec![HeaderValue { when: When::Always, says: self.scope.says(&text), line: None }]
    }

    /// What it says for a request that asks for no upgrade; `None` where that is not known.
    pub fn plain(self) -> Option<HeaderValue> {
        let mut values = self.values();
        if let Some(index) =
            values.iter().position(|value| matches!(value.when, When::Always | When::Plain))
        {
            let mut value = values.swap_remove(index);
            if value.says == Says::Client(b"upgrade".to_vec()) {
                value.says = Says::Constant(Vec::new());
            }
            return value.constant().is_some().then_some(value);
        }
        let first = values.first()?.clone();
        let same = values.iter().all(|value| value.says == first.says);
        (same && first.constant().is_some()).then_some(first)
    }

    /// Whether it may say something to a client that asks for it.
    pub fn is_sent(self) -> bool {
        self.values().iter().any(|value| match &value.says {
            Says::Client(_) => true,
            Says::Constant(text) => !text.is_empty(),
            Says::Unknown => false,
        })
    }

    /// Whether it is what nginx sends as `Host` by itself.
    pub fn is_proxy_host(self) -> bool {
        let value = self.used.directive().arg(1).map(|word| word.value());
        value.is_some_and(|value| is_variable(&value, b"proxy_host"))
    }

    /// Whether one of the values that are known is a list with this word in it.
    pub fn may_hold(self, word: &str) -> bool {
        let text = self.used.directive().exemplar().arg(1);
        if let Some(text) = text.filter(|text| !text.raw().contains(&b'$')) {
            return is_listed(&text.value(), word);
        }
        self.values().iter().any(|value| value.holds(word))
    }
}

impl HeaderValue {
    /// The bytes, where they are known.
    pub fn constant(&self) -> Option<&[u8]> {
        match &self.says {
            Says::Constant(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a list with this word in it.
    pub fn holds(&self, word: &str) -> bool {
        is_listed(self.constant().unwrap_or_default(), word)
    }
}

impl<'m> Model<'m> {
    /// The `proxy_set_header` lines that set `Upgrade` or `Connection`, each in its own block: of all
    /// that set headers only few do.
    pub fn upgrade_lines(&'m self) -> impl Iterator<Item = Header<'m>> {
        let lines = self.upgrade_lines.get_or_init(|| {
            let all = self.every(id::PROXY_SET_HEADER);
            let own = all.filter(|(used, _)| {
                let name = used.directive().exemplar().arg(0);
                name.is_some_and(|name| name.is(b"upgrade") || name.is(b"connection"))
            });
            own.map(|(used, scope)| (used.name(), scope.id())).collect()
        });
        lines.iter().map(|(used, scope)| self.scope(*scope).header(self.used(*used)))
    }

    /// A variable that says `upgrade` where the client asks for an upgrade and not elsewhere, by a
    /// `map` of this configuration; in lower case.
    pub fn upgrade_map(&self) -> Option<&str> {
        let found = self.upgrade_map.get_or_init(|| {
            let http = self.scopes().find(|scope| scope.context() == Contexts::HTTP)?;
            let chooses = |map: Used<'_>| {
                let name = map.directive().arg(1)?.value().to_ascii_lowercase();
                let name = name.strip_prefix(b"$")?;
                let table = http.table(name).filter(|table| table.is_whole)?;
                let right = http.choices(&table).iter().all(|value| match value.when {
                    When::Plain => value.constant().is_some() && !value.holds("upgrade"),
                    When::Upgrade => value.holds("upgrade"),
                    _ => false,
                });
                right.then(|| super::shown(name))
            };
            http.own(id::MAP).find_map(chooses)
        });
        found.as_deref()
    }

    /// Whether a `map` or its like makes that variable.
    pub fn is_mapped(&self, name: &str) -> bool {
        let http = self.scopes().find(|scope| scope.context() == Contexts::HTTP);
        http.is_some_and(|http| http.table(name.as_bytes()).is_some())
    }
}

/// Whether a text is a list with this word in it.
fn is_listed(list: &[u8], word: &str) -> bool {
    let mut words = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    words.any(|one| one.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a text is that variable and nothing else.
fn is_variable(text: &[u8], wanted: &[u8]) -> bool {
    sole_variable(text).is_some_and(|name| name.eq_ignore_ascii_case(wanted))
}

/// Whether the source of a line in a `map` is a regular expression that an empty text may match: one
/// that asks for plain letters does not.
fn may_match_nothing(source: &[u8]) -> bool {
    let Some(regex) = source.strip_prefix(b"~") else { return false };
    let regex = regex.strip_prefix(b"*").unwrap_or(regex);
    let regex = regex.strip_prefix(b"^").unwrap_or(regex);
    let regex = regex.strip_suffix(b"$").unwrap_or(regex);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    regex.is_empty() || !(matches!(regex, b"." | b".+") || regex.iter().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    /// What `Connection: WORD` says to requests, with `lines` in `http`.
    fn said(lines: &str, word: &str) -> Vec<String> {
        let text = format!(
            "{lines} server {{ location / {{ proxy_set_header connection {word}; \
             proxy_pass http://a; }} }}"
        );
        sample::of("1.28.3", &text, |model| {
            let hop = model.hops().next().unwrap();
            let mut said: Vec<String> = hop
                .headers("Connection")
                .flat_map(Header::values)
                .map(|value| {
                    let says = match value.says {
                        Says::Client(name) => format!("${}", super::super::shown(&name)),
                        Says::Constant(text) => format!("{:?}", super::super::shown(&text)),
                        Says::Unknown => "?".to_owned(),
                    };
                    format!("{:?} {says}", value.when)
                })
                .collect();
            said.sort();
            said
        })
    }

    #[test]
    fn values() {
        assert_eq!(said("", "close"), ["Always \"close\""]);
        assert_eq!(said("", "''"), ["Always \"\""]);
        assert_eq!(said("", "$http_Connection"), ["Always $connection"]);
        assert_eq!(said("", "$else"), ["Always ?"]);
        assert_eq!(said("", "a$http_upgrade"), ["Always ?"]);
        assert_eq!(said("", "${CONNECTION}"), ["Always ?"]);
    }

    #[test]
    fn maps() {
        let map = |source: &str, lines: &str| said(&format!("map {source} $c {{ {lines} }}"), "$C");
        let upgrade = ["Plain \"close\"", "Upgrade \"upgrade\""];
        assert_eq!(map("$http_upgrade", "default upgrade; '' close;"), upgrade);
        assert_eq!(
            map("$http_upgrade", "default close; ~. upgrade;"),
            ["Plain \"close\"", "Upgrade \"close\"", "Upgrade \"upgrade\"",]
        );
        // Whether a regular expression takes an empty text is not asked.
        assert_eq!(
            map("$http_upgrade", "default close; ~*.* upgrade;"),
            ["Sometimes \"close\"", "Sometimes \"upgrade\"",]
        );
        assert_eq!(
            map("$http_upgrade", "websocket upgrade;"),
            ["Plain \"\"", "Upgrade \"\"", "Upgrade \"upgrade\"",]
        );
        assert_eq!(
            map("$host", "default a; b $http_connection;"),
            ["Sometimes \"a\"", "Sometimes $connection",]
        );
        assert_eq!(map("$http_upgrade", "include more; '' close;"), ["Always ?"]);
    }

    #[test]
    fn set_by_the_server() {
        let text = "server { set $c ''; if ($http_upgrade) { set $c upgrade; } location / { \
                    proxy_set_header Connection $c; proxy_pass http://a; } }";
        let (plain, sent) = sample::of("1.28.3", text, |model| {
            let hop = model.hops().next().unwrap();
            let header = hop.headers("connection").next().unwrap();
            (header.plain().is_some(), header.is_sent())
        });
        assert_eq!((plain, sent), (false, true));
    }

    #[test]
    fn lost_to_an_inner_line() {
        let text = "proxy_set_header A 1; proxy_set_header Host $host; server { location / { \
                    proxy_set_header a 2; proxy_pass http://a; } location /b { proxy_pass http://a; } }";
        let lost = sample::of("1.28.3", text, |model| {
            let names = |hop: Hop<'_>| {
                let lost = hop.scope().lost_headers(id::PROXY_SET_HEADER);
                lost.iter().map(|header| super::super::shown(&header.name())).collect::<Vec<_>>()
            };
            model.hops().map(names).collect::<Vec<_>>()
        });
        assert_eq!(lost, [vec!["Host".to_owned()], vec![]]);
    }
}
