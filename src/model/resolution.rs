//! Names that nginx has to look up while it runs.
//!
//! A pass with a variable anywhere is read anew for each request (`ngx_http_proxy_eval` and its
//! like). What it gives is then sought among the `upstream` blocks and among the hosts and ports
//! that other passes name without variables; an address needs no look-up; any other name is asked
//! of a `resolver` (`ngx_http_upstream_init_request`, `ngx_stream_proxy_handler`).

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use bstr::ByteSlice;

use super::address::{self, Address, Host};
use super::hop::{Hop, Kind};
use super::peer::{Certainty, Peer};
use super::{Model, fits, shown};
use crate::include::{Use, Used};
use crate::nginx::{DirectiveId, Family, id};
use crate::syntax::is_placeholder;

/// A pass to something that nginx cannot find while it runs.
pub struct Unresolved<'m> {
    /// The pass.
    pub hop: Hop<'m>,
    /// What is missing.
    pub lack: Lack,
    /// The hosts, as far as they are known; at least one.
    pub hosts: Vec<Sought>,
    /// Whether it fails whatever the variables hold.
    pub certainty: Certainty,
    /// Whether what the client asks for decides, which is nearly always a name.
    pub by_client: bool,
}

/// What is missing.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A port: this module has no default.
    Port,
    /// A `resolver` in force.
    Resolver,
}

/// A host that is sought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The host, with the port where one is written; with variables where they are not known.
    pub host: String,
    /// The line that gives the value of a variable in it.
    pub given_by: Option<Use>,
}

impl<'m> Model<'m> {
    /// The passes to something that nginx cannot find while it runs, in the order of the
    /// configuration. That means something only where everything is known.
    pub fn unresolved(&'m self) -> Vec<Unresolved<'m>> {
        let mut seeker = Seeker {
            model: self,
            passed: OnceCell::new(),
            names: OnceCell::new(),
            fitting: HashMap::new(),
            scripted: OnceCell::new(),
            answers: OnceCell::new(),
        };
        self.hops().flat_map(|hop| seeker.seek(hop)).collect()
    }
}

struct Seeker<'m> {
    model: &'m Model<'m>,
    /// The hosts and ports that passes without variables name.
    passed: OnceCell<HashSet<(Family, String, u16)>>,
    /// What a pass may find without a look-up: names of upstreams, hosts with their ports, and
    /// hosts alone with the port that must be the default; in order, and in order of their ends,
    /// the text mirrored.
    names: OnceCell<[Vec<Name>; 2]>,
    /// The patterns that were looked at, and whether one of the names fits.
    fitting: HashMap<(Family, Option<u16>, Vec<u8>), bool>,
    /// Whether scripts run that may set variables.
    scripted: OnceCell<bool>,
    /// The variables that another server sets.
    answers: OnceCell<Vec<Vec<u8>>>,
}

/// What a pass may find without a look-up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    family: Family,
    text: Vec<u8>,
    /// The port that must be the default where it has none.
    port: Option<u16>,
}

/// How a peer is found.
enum Found {
    /// It is.
    Somehow,
    /// Not, or nobody knows.
    Not(Lack, Certainty, bool),
}

impl<'m> Seeker<'m> {
    fn seek(&mut self, hop: Hop<'m>) -> Vec<Unresolved<'m>> {
        let used = hop.used();
        let word = used.directive().exemplar().arg(0);
        let Some(word) = word.filter(|word| word.raw().contains(&b'$')) else {
            return Vec::new();
        };
        let is_unsure = matches!(hop.kind(), Kind::MailAuth | Kind::Memcached | Kind::Tunnel)
            || is_placeholder(word.raw())
            || used.directive().tree().is_template();
        if is_unsure || self.is_scripted(&word.value()) {
            return Vec::new();
        }
        let mut found: Vec<Unresolved<'m>> = Vec::new();
        for peer in hop.peers().iter().filter(|peer| peer.used == used.name()) {
            let Found::Not(lack, certainty, by_client) = self.find(hop, peer) else { continue };
            if lack == Lack::Resolver && hop.scope().effective(id::RESOLVER).next().is_some() {
                continue;
            }
            let given_by = peer.via.as_ref().map(|value| value.used);
            let host = match &peer.address {
                Ok(address) => address.to_string(),
                Err(_) => shown(&word.value()),
            };
            let sought = Sought { host, given_by };
            match found.iter_mut().find(|one| one.lack == lack) {
                Some(known) => {
                    known.certainty = known.certainty.max(certainty);
                    known.hosts.push(sought);
                }
                None => {
                    let hosts = vec![sought];
                    found.push(Unresolved { hop, lack, hosts, certainty, by_client });
                }
            }
        }
        found
    }

    fn find(&mut self, hop: Hop<'m>, peer: &Peer) -> Found {
        let kind = hop.kind();
        let Ok(address) = &peer.address else {
            let word = hop.used().directive().arg(0).map(|word| word.value()).unwrap_or_default();
            if self.is_found_by_host(hop, &word) {
                return Found::Somehow;
            }
            return self.find_text(kind, peer.tls, &word);
        };
        let (name, port) = match (&address.host, address.port) {
            (Host::Unix(_), _) | (Host::Ip(_), Some(_)) => return Found::Somehow,
            (_, None) => return Found::Not(Lack::Port, Certainty::Certain, false),
            (Host::Name(name), Some(port)) => (shown(name), port),
        };
        if self.passed().contains(&(kind.family(), name, port)) {
            return Found::Somehow;
        }
        Found::Not(Lack::Resolver, Certainty::Certain, false)
    }

    /// Whether the host, taken by itself, is nothing but addresses and upstreams: the scheme and
    /// the port may come out of variables that nothing binds to it.
    fn is_found_by_host(&self, hop: Hop<'m>, text: &[u8]) -> bool {
        let rest = text.find("://").map_or(text, |at| &text[at + 3..]);
        let end = rest.iter().position(|byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
        let host = &rest[..end.unwrap_or(rest.len())];
        if !host.contains(&b'$') {
            return false;
        }
        let outcomes = hop.scope().outcomes(host);
        let is_found = |text: &[u8]| {
            let address = Address::parse(text);
            address.is_some_and(|one| !matches!(one.host, Host::Name(_)))
                || self.model.upstreams.find(hop.kind().family(), text).is_some()
        };
        !outcomes.others
            && !outcomes.known.is_empty()
            && outcomes.known.iter().all(|(text, _)| is_found(text))
    }

    /// Of a text with variables that nobody knows.
    fn find_text(&mut self, kind: Kind, tls: Option<bool>, text: &[u8]) -> Found {
        let Some(unknown) = Pattern::of(kind, text) else { return Found::Somehow };
        // Of a scheme that nobody knows, any port may be the default.
        let (family, default) = (kind.family(), tls.and(kind.port(tls)));
        let [names, mirrored] = self.names.get_or_init(|| {
            let names = names(self.model, self.passed());
            let mut mirrored = names.clone();
            mirrored.iter_mut().for_each(|one| one.text.reverse());
            mirrored.sort_unstable();
            [names, mirrored]
        });
        let fits = || {
            let mut text = unknown.text.clone();
            let star = |byte: &u8| *byte == b'*';
            let begins = text.split(star).next().map_or(0, <[u8]>::len);
            let ends = text.rsplit(star).next().map_or(0, <[u8]>::len);
            // The end of which more is known leads to fewer names.
            let names = if begins < ends { mirrored } else { names };
            if begins < ends {
                text.reverse();
            }
            let start = text.split(star).next().unwrap_or_default();
            let first = names.partition_point(|one| (one.family, &one.text[..]) < (family, start));
            let is_near = |one: &&Name| one.family == family && one.text.starts_with(start);
            names[first..].iter().take_while(is_near).any(|one| {
                let is_default = one.port.is_none() || default.is_none() || one.port == default;
                is_default && fits(&text, &one.text)
            })
        };
        let key = (family, default, unknown.text.clone());
        if *self.fitting.entry(key).or_insert_with(fits) {
            return Found::Somehow;
        }
        let certainty = if unknown.names_host { Certainty::Certain } else { Certainty::Likely };
        Found::Not(Lack::Resolver, certainty, unknown.by_client)
    }

    fn passed(&self) -> &HashSet<(Family, String, u16)> {
        self.passed.get_or_init(|| {
            let constant = |used: Used<'_>| !used.directive().text().contains(&b'$');
            let hops = self.model.hops().filter(|hop| constant(hop.used()));
            let hosts = hops.flat_map(|hop| {
                let used = hop.used().name();
                let own = hop.peers().iter().filter(move |peer| peer.used == used);
                own.filter_map(move |peer| {
                    let address = peer.address.as_ref().ok()?;
                    let Host::Name(name) = &address.host else { return None };
                    Some((hop.kind().family(), shown(name), address.port?))
                })
            });
            hosts.collect()
        })
    }

    /// Whether a variable of the text may hold what a script or another server says, which is
    /// often an address.
    fn is_scripted(&self, text: &[u8]) -> bool {
        let model = self.model;
        let scripted = self.scripted.get_or_init(|| {
            let is_script = |name: &str| SCRIPTS.iter().any(|one| name.contains(one));
            let mut unknown = model.scopes.unknown();
            DirectiveId::all().any(|id| model.scopes.has(id) && is_script(id.name()))
                || unknown.any(|(used, _)| {
                    is_script(&shown(model.config.used(used).directive().name().raw()))
                })
        });
        let answers = self.answers.get_or_init(|| {
            let lines = model.every(id::AUTH_REQUEST_SET);
            let name =
                |(used, _): (Used<'_>, _)| Some(used.directive().arg(0)?.value().into_owned());
            lines.filter_map(name).collect()
        });
        *scripted || answers.iter().any(|name| text.contains_str(name))
    }
}

/// All of them, in order.
fn names(model: &Model<'_>, passed: &HashSet<(Family, String, u16)>) -> Vec<Name> {
    let mut names = Vec::new();
    let mut add = |family, text, port| names.push(Name { family, text, port });
    for family in [Family::Http, Family::Stream] {
        model.upstreams.names(family).for_each(|name| add(family, name.to_vec(), None));
    }
    for (family, host, port) in passed {
        add(*family, host.clone().into_bytes(), Some(*port));
        add(*family, format!("{host}:{port}").into_bytes(), None);
    }
    names.sort_unstable();
    names
}

/// A host with a port, or the beginning of it, with `*` for what is not known.
struct Pattern {
    /// In lower case.
    text: Vec<u8>,
    /// Whether it has letters of a name, and so is no address.
    names_host: bool,
    /// Whether it is what the client asks for.
    by_client: bool,
}

impl Pattern {
    /// Of what is written in a pass; `None` if it may well be an address or a socket.
    fn of(kind: Kind, text: &[u8]) -> Option<Self> {
        let rest = match text.find("://") {
            Some(at) => &text[at + 3..],
            // Then the scheme comes out of a variable, and perhaps all else.
            None if kind == Kind::Proxy && !text.starts_with(b"$") => return None,
            None if kind == Kind::Proxy => {
                return Some(Self { text: b"*".to_vec(), names_host: false, by_client: false });
            }
            None => text,
        };
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        let rest = &rest[..end.unwrap_or(rest.len())];
        if rest.is_empty()
            || rest.starts_with(b"[")
            || address::strip_prefix_ignore_case(rest, b"unix:").is_some()
        {
            return None;
        }
        let mut pattern = Vec::new();
        let mut by_client = false;
        let mut at = 0;
        while let Some(dollar) = memchr::memchr(b'$', &rest[at..]).map(|found| at + found) {
            pattern.extend_from_slice(&rest[at..dollar]);
            let (name, behind) = variable(rest, dollar + 1)?;
            if OF_URI.iter().any(|one| one.as_bytes() == name) && !pattern.is_empty() {
                at = rest.len();
                break;
            }
            // What is called so is filled in before nginx reads it, or holds an address.
            if is_shouted(name) || HOLDING_ADDRESSES.iter().any(|one| one.as_bytes() == name) {
                return None;
            }
            by_client |= ASKED_FOR.iter().any(|one| one.as_bytes() == name);
            pattern.push(b'*');
            at = behind;
        }
        pattern.extend_from_slice(&rest[at..]);
        let host = memchr::memchr(b':', &pattern).map_or(&pattern[..], |colon| &pattern[..colon]);
        let literal: Vec<u8> = host.iter().copied().filter(|byte| *byte != b'*').collect();
        let names_host = literal.iter().any(|byte| !matches!(byte, b'0'..=b'9' | b'.'));
        if !names_host && !literal.is_empty() {
            return None;
        }
        let by_client = by_client && literal.is_empty();
        Some(Self { names_host, by_client, text: pattern.to_ascii_lowercase() })
    }
}

/// The name of a variable that begins behind its `$`, and where the text goes on.
fn variable(text: &[u8], start: usize) -> Option<(&[u8], usize)> {
    let rest = &text[start..];
    if let Some(inside) = rest.strip_prefix(b"{") {
        let end = memchr::memchr(b'}', inside)?;
        return Some((&inside[..end], start + end + 2));
    }
    if rest.first().is_some_and(u8::is_ascii_digit) {
        return Some((&rest[..1], start + 1));
    }
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = rest.iter().take_while(|byte| is_name(byte)).count();
    (length > 0).then(|| (&rest[..length], start + length))
}

fn is_shouted(name: &[u8]) -> bool {
    name.iter().any(u8::is_ascii_uppercase) && !name.iter().any(u8::is_ascii_lowercase)
}

/// What the names of directives hold that run scripts which may set variables.
const SCRIPTS: [&str; 4] = ["_by_lua", "js_access", "js_periodic", "perl"];

/// Variables that begin with `/` or `?`, or are empty: the host ends before them.
const OF_URI: [&str; 4] = ["document_uri", "is_args", "request_uri", "uri"];

/// Variables that hold addresses.
const HOLDING_ADDRESSES: [&str; 7] = [
    "proxy_protocol_addr",
    "proxy_protocol_server_addr",
    "realip_remote_addr",
    "remote_addr",
    "server_addr",
    "upstream_addr",
    "upstream_last_addr",
];

/// Variables that hold the host that a client asks for.
const ASKED_FOR: [&str; 4] = ["host", "http_host", "ssl_preread_server_name", "ssl_server_name"];

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Option<(String, bool)> {
        let kind = if text.contains("://") { Kind::Proxy } else { Kind::Grpc };
        Pattern::of(kind, text.as_bytes()).map(|one| (shown(&one.text), one.names_host))
    }

    #[test]
    fn what_is_not_known_is_a_pattern() {
        for (text, expected, names_host) in [
            ("$host", "*", false),
            ("http://$host:8080/x", "*:8080", false),
            ("$scheme://name", "name", true),
            ("api-${tenant}.internal:80", "api-*.internal:80", true),
            ("backend$1$is_args", "backend*", true),
            ("a:$port", "a:*", true),
            ("http://$a-b$request_uri", "*-b", true),
        ] {
            assert_eq!(pattern(text), Some((expected.to_owned(), names_host)), "{text}");
        }
        for text in [
            "10.0.0.$n",
            "[$v6]:80",
            "unix:/run/$name.sock",
            "$BACKEND:80",
            "$server_addr",
            "a$",
            "",
        ] {
            assert_eq!(pattern(text), None, "{text}");
        }
        let whole = Pattern::of(Kind::Proxy, b"$proto$host").unwrap();
        assert_eq!((shown(&whole.text).as_str(), whole.names_host), ("*", false));
        assert!(Pattern::of(Kind::Proxy, b"http:/$uri").is_none());
    }

    #[test]
    fn patterns_fit() {
        let one = Pattern::of(Kind::Grpc, b"Up_$method").unwrap();
        assert!(fits(&one.text, b"up_get") && fits(&one.text, b"up_"));
        assert!(!fits(&one.text, b"down"));
    }
}
