//! The name of the server that nginx sends in the TLS handshake (SNI), and by which it verifies
//! the certificate: what `proxy_ssl_name` says, else the host in the pass.

use std::collections::HashSet;

use bstr::ByteSlice;

use super::accept::Mismatch;
use super::address::{Address, Host};
use super::hop::{Hop, Kind, host, split_scheme};
use super::peer::{Certainty, Pass, Peer};
use super::shown;
use crate::include::{Use, Used};
use crate::nginx::{DirectiveId, id};

/// The directives of a pass that speak of the name of the server.
#[derive(Copy, Clone, Debug)]
pub struct NameDirectives {
    /// Whether it is sent.
    pub send: DirectiveId,
    /// Which it is.
    pub name: DirectiveId,
    /// Whether the certificate is verified.
    pub verify: DirectiveId,
}

/// What the name of a TLS server is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerName {
    /// A host of the network, with a dot.
    Full(String),
    /// A host without a dot.
    Short(String),
    /// That of an `upstream` block, which is here.
    Upstream(String, Use),
}

/// The name of an `upstream` block in the place of a host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamName {
    /// The name.
    pub text: String,
    /// The block.
    pub block: Use,
    /// The host that all of its servers have, if they have one.
    pub host: Option<String>,
}

impl Kind {
    /// The directives that speak of the name of the server.
    pub const fn name_directives(self) -> Option<NameDirectives> {
        let (send, name, verify) = match self {
            Self::Grpc => (id::GRPC_SSL_SERVER_NAME, id::GRPC_SSL_NAME, id::GRPC_SSL_VERIFY),
            Self::Proxy | Self::Stream => {
                (id::PROXY_SSL_SERVER_NAME, id::PROXY_SSL_NAME, id::PROXY_SSL_VERIFY)
            }
            Self::Uwsgi => (id::UWSGI_SSL_SERVER_NAME, id::UWSGI_SSL_NAME, id::UWSGI_SSL_VERIFY),
            _ => return None,
        };
        Some(NameDirectives { send, name, verify })
    }
}

impl Pass<'_> {
    /// The server name sent in the TLS handshake of a pass to `text`.
    pub(super) fn server_name(&self, text: &[u8]) -> Option<Vec<u8>> {
        let directives = self.kind.name_directives()?;
        self.scope.flag(directives.send)?;
        if let Some((_, name)) = self.scope.value(directives.name) {
            return Some(name.into_owned());
        }
        let (_, rest) = split_scheme(self.kind, text)?;
        let address = Address::parse(host(rest))?;
        matches!(address.host, Host::Name(_)).then(|| address.host.to_string().into_bytes())
    }
}

impl<'m> Hop<'m> {
    /// The directive that gives the name of the server.
    pub fn server_name_directive(self) -> Option<Used<'m>> {
        self.scope().effective(self.kind().name_directives()?.name).next()
    }

    /// The names of the TLS servers that it leads to, as far as a name could matter to them: not
    /// of those that surely do not ask for one, or take no TLS. A name that only running tells is
    /// not among them, nor is an address.
    pub fn server_names(self) -> Vec<ServerName> {
        let clash = self.clash(Mismatch::TlsToPlaintext);
        let is_tls = |peer: &&Peer| {
            let known = peer.certainty() == Some(Certainty::Certain);
            let indifferent =
                || peer.accepts().within(self.model.target()).iter().all(|(_, one)| !one.sni);
            peer.tls() == Some(true) && !(known && indifferent())
        };
        let peers: Vec<&Peer> = self.peers().iter().filter(is_tls).collect();
        if peers.is_empty() || clash.is_some_and(|clash| clash.is_of_all(self)) {
            return Vec::new();
        }
        if let Some(used) = self.server_name_directive() {
            let name = used.directive().arg(0).map(|word| word.value());
            return name.and_then(|name| server_name(&name)).into_iter().collect();
        }
        let (mut names, mut known, mut seen) = (Vec::new(), HashSet::new(), HashSet::new());
        for peer in &peers {
            let name = match peer.upstream {
                None => peer.address.as_ref().ok().and_then(|one| host_name(&one.host)),
                Some(block) if !seen.insert(block) => continue,
                // Where every server is an address, the name of the block is nobody's.
                Some(block) => {
                    let mut servers = peers.iter().filter(|one| one.upstream == Some(block));
                    let named = servers.any(|one| {
                        one.address.as_ref().is_ok_and(|one| matches!(one.host, Host::Name(_)))
                    });
                    let name = self.model.used(block).directive().arg(0).filter(|_| named);
                    name.map(|name| ServerName::Upstream(shown(&name.value()), block))
                }
            };
            if let Some(name) = name.filter(|name| known.insert(name.clone())) {
                names.push(name);
            }
        }
        names
    }

    /// The `upstream` blocks whose names it sends or verifies for want of another. A name with a dot
    /// is one that somebody gave the block for this very purpose, or may be.
    pub fn upstream_names(self) -> Vec<UpstreamName> {
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        let tls = || self.peers().iter().filter(|peer| peer.tls() == Some(true));
        if self.server_name_directive().is_some() {
            return names;
        }
        for block in tls().filter_map(|peer| peer.upstream) {
            if !seen.insert(block) {
                continue;
            }
            let word = self.model.used(block).directive().arg(0).map(|word| word.value());
            let Some(ServerName::Short(text)) = word.and_then(|word| server_name(&word)) else {
                continue;
            };
            let hosts = tls().filter(|peer| peer.upstream == Some(block)).map(|peer| {
                match peer.address.as_ref().ok().and_then(|one| host_name(&one.host)) {
                    Some(ServerName::Full(host) | ServerName::Short(host)) => Some(host),
                    _ => None,
                }
            });
            let mut hosts: Vec<Option<String>> = hosts.collect();
            hosts.dedup();
            if hosts.contains(&Some(text.clone())) {
                continue;
            }
            let host = if hosts.len() == 1 { hosts.pop().flatten() } else { None };
            names.push(UpstreamName { text, block, host });
        }
        names
    }
}

fn server_name(text: &[u8]) -> Option<ServerName> {
    host_name(&Address::parse(text)?.host)
}

/// The name of a host; none for what is an address or no name of a host at all.
fn host_name(host: &Host) -> Option<ServerName> {
    let Host::Name(name) = host else { return None };
    let text = name.to_str().ok()?;
    let in_names = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if text.is_empty() || !text.bytes().all(in_names) || text == "localhost" {
        return None;
    }
    let full = text.trim_end_matches('.').contains('.');
    Some(if full { ServerName::Full(text.to_owned()) } else { ServerName::Short(text.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        let full = |text: &str| Some(ServerName::Full(text.to_owned()));
        assert_eq!(server_name(b"api.example.com:8443"), full("api.example.com"));
        assert_eq!(server_name(b"API.example"), full("api.example"));
        assert_eq!(server_name(b"app"), Some(ServerName::Short("app".to_owned())));
        for text in ["10.0.0.1", "[::1]:443", "unix:/a.b", "localhost", "$host", "{{ a.b }}"] {
            assert_eq!(server_name(text.as_bytes()), None, "{text}");
        }
    }
}
