//! Backends of the mail proxy: the answer to `auth_http` names them. Where a location of this very
//! configuration gives that answer in constants, they are known.

use super::address::Address;
use super::hop::{Hop, Kind};
use super::peer::Evidence;
use super::scope::Scope;
use crate::include::{Use, Used};
use crate::nginx::{Contexts, Family, id};

/// A backend that gets a PROXY protocol header and wants none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailBackend {
    /// The `proxy_protocol on` of the mail server.
    pub header: Use,
    /// The line with `Auth-Server` that names the backend.
    pub named: Use,
    /// The `listen` there.
    pub listen: Use,
    /// The address.
    pub address: String,
}

impl<'m> Hop<'m> {
    /// The backends of mail servers that ask by this `auth_http`, as far as they get a PROXY
    /// protocol header and listen for none in this configuration.
    pub fn mail_backends(self) -> Vec<MailBackend> {
        let mut found = Vec::new();
        if self.kind() != Kind::MailAuth || !self.model.scopes.has(id::PROXY_PROTOCOL) {
            return found;
        }
        let Some((named, address)) = self.named_backend() else { return found };
        let port = address.port.unwrap_or_default();
        let Some(socket) = self.model.sockets.at(&address.host, port) else { return found };
        let Some(listener) = socket.default_listener() else { return found };
        if socket.proxy_protocol().is_some() || listener.family == Family::Stream {
            return found;
        }
        for id in self.model.scopes.ids() {
            let scope = Scope { model: self.model, id };
            let asks = || {
                let auth = scope.effective(id::AUTH_HTTP).next();
                auth.is_some_and(|auth| auth.name() == self.data.used)
            };
            if scope.context() != Contexts::MAIL_SERVER || !asks() {
                continue;
            }
            let Some(header) = scope.adds_header() else { continue };
            let (header, listen) = (header.name(), listener.used);
            let backend = MailBackend { header, named, listen, address: address.to_string() };
            if !found.contains(&backend) {
                found.push(backend);
            }
        }
        found
    }

    /// The backend that the answer names, where one location gives it in constants.
    fn named_backend(self) -> Option<(Use, Address)> {
        let [peer] = self.peers() else { return None };
        let Evidence::Listener { default, apart: false, .. } = peer.evidence() else { return None };
        let mut scopes = self.model.scopes();
        let server = scopes.find(|scope| {
            scope.context() == Contexts::SERVER
                && scope.own(id::LISTEN).any(|listen| listen.name() == *default)
        })?;
        let inside = scopes.take_while(|scope| scope.chain().any(|one| one.id() == server.id()));
        let mut named = std::iter::once(server).chain(inside).flat_map(|scope| {
            let lines = scope.own(id::ADD_HEADER);
            lines.filter(|line| is_header(line, b"Auth-Server")).map(move |line| (scope, line))
        });
        let (scope, line) = named.next()?;
        if named.next().is_some() {
            return None;
        }
        let value = |line: Used<'m>| Some(line.directive().arg(1)?.value());
        let port = scope.own(id::ADD_HEADER).find(|line| is_header(line, b"Auth-Port"))?;
        let text = [&value(line)?[..], b":", &value(port)?[..]].concat();
        Some((line.name(), Address::parse(&text)?))
    }
}

fn is_header(line: &Used<'_>, name: &[u8]) -> bool {
    line.directive().arg(0).is_some_and(|word| word.value().eq_ignore_ascii_case(name))
}
