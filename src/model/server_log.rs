//! What an error log calls a server, in its field `server: `.
//!
//! In http it is the first name of the server (`ngx_http_core_merge_srv_conf`), in stream the address
//! of the socket that took the connection (`ngx_stream_log_error`), and in http too before there is a
//! request (`ngx_http_log_error`).

use std::borrow::Cow;

use super::Model;
use super::address::Host;
use super::listener::endpoint;
use super::scope::{Scope, ScopeId};
use crate::nginx::{Contexts, Family, id};
use crate::syntax::is_placeholder;

/// How well a server goes by a name.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Fit {
    Surely,
    /// What its name is, only the machine tells, or who fills it in.
    Perhaps,
}

impl Model<'_> {
    /// The servers of http or stream that an error log calls `name`, in their order. Where none does
    /// so surely, those that may: by `$hostname`, by a name that is yet to be filled in, or by a host
    /// that is looked up.
    pub fn servers_called(&self, family: Family, name: &[u8]) -> impl Iterator<Item = Scope<'_>> {
        let fits: Vec<(ScopeId, Fit)> = match family {
            Family::Http => match self.named(name) {
                none if none.is_empty() && name.contains(&b':') => self.listening(family, name),
                named => named,
            },
            Family::Stream => self.listening(family, name),
            _ => Vec::new(),
        };
        let sure = fits.iter().any(|(_, fit)| *fit == Fit::Surely);
        let fits = fits.into_iter().filter(move |(_, fit)| !sure || *fit == Fit::Surely);
        fits.map(|(id, _)| Scope { model: self, id })
    }

    fn named(&self, name: &[u8]) -> Vec<(ScopeId, Fit)> {
        let servers = self.scopes().filter(|scope| scope.context() == Contexts::SERVER);
        let fits = servers.filter_map(|server| {
            let word = server.own(id::SERVER_NAME).find_map(|used| used.directive().arg(0));
            let Some(word) = word else {
                // An include that was not read may hold the name.
                let unread = server.unread().next().is_some();
                let fit = if unread { Fit::Perhaps } else { Fit::Surely };
                return (name.is_empty() || unread).then_some((server.id, fit));
            };
            let value = word.value();
            if value.eq_ignore_ascii_case(b"$hostname") || is_placeholder(&value) {
                return (!name.is_empty()).then_some((server.id, Fit::Perhaps));
            }
            (*logged(&value) == *name).then_some((server.id, Fit::Surely))
        });
        fits.collect()
    }

    /// A wildcard address takes the connections of the more specific ones beside it, unless an option
    /// of theirs gives them a socket of their own.
    fn listening(&self, family: Family, name: &[u8]) -> Vec<(ScopeId, Fit)> {
        let Some((host, (port, _))) = endpoint(name) else { return Vec::new() };
        let mut fits: Vec<(ScopeId, Fit)> = Vec::new();
        for one in self.sockets.bound() {
            let (low, high) = one.ports;
            if one.family != family || !(low..=high).contains(&port) {
                continue;
            }
            let is_under = match (&host, &one.host) {
                (Host::Ip(host), Host::Ip(own)) => {
                    host.is_unspecified() && host.is_ipv4() == own.is_ipv4() && !one.sets
                }
                _ => false,
            };
            let fit = match &one.host {
                own if *own == host || is_under => Fit::Surely,
                Host::Name(_) if matches!(host, Host::Ip(_)) => Fit::Perhaps,
                _ => continue,
            };
            match fits.last_mut() {
                Some((id, known)) if *id == one.server => {
                    *known = if fit == Fit::Surely { fit } else { *known };
                }
                _ => fits.push((one.server, fit)),
            }
        }
        fits
    }
}

/// A name as nginx logs it.
fn logged(name: &[u8]) -> Cow<'_, [u8]> {
    if name.starts_with(b"~") {
        return Cow::Borrowed(name);
    }
    name.strip_prefix(b".").unwrap_or(name).to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn servers_go_by_their_first_names() {
        let http =
            "server { server_name A.example b; } server { server_name .c.example a.example; }
            server { server_name *.D.example; } server { server_name ~^E\\. f; } server { }
            server { server_name \"\" g; } server { server_name h.*; server_name i; }
            server { server_name $HOSTNAME; }";
        let table: &[(&str, &[usize])] = &[
            ("a.example", &[0]),
            ("c.example", &[1]),
            ("*.d.example", &[2]),
            ("~^E\\.", &[3]),
            ("", &[4, 5]),
            ("h.*", &[6]),
            ("b", &[7]),
        ];
        sample::of("1.28.3", http, |model| {
            let servers = model.scopes().filter(|one| one.context() == Contexts::SERVER);
            let servers: Vec<ScopeId> = servers.map(Scope::id).collect();
            for (name, expected) in table {
                let found = model.servers_called(Family::Http, name.as_bytes()).map(Scope::id);
                let expected: Vec<ScopeId> = expected.iter().map(|at| servers[*at]).collect();
                assert_eq!(found.collect::<Vec<_>>(), expected, "{name}");
            }
        });
    }

    #[test]
    fn servers_of_stream_go_by_their_sockets() {
        let text = "events {} stream {
            server { listen 81; } server { listen 127.0.0.1:81; } server { listen 127.0.0.1:81 bind; }
            server { listen [::]:81; listen 90-92; } server { listen unix:/s; } server { listen a:93; } }";
        let table: &[(&str, &[usize])] = &[
            ("0.0.0.0:81", &[0, 1]),
            ("127.0.0.1:81", &[1, 2]),
            ("[::]:81", &[3]),
            ("0.0.0.0:91", &[3]),
            ("unix:/s", &[4]),
            ("10.0.0.1:93", &[5]),
            ("0.0.0.0:94", &[]),
        ];
        sample::whole("1.28.3", text, Contexts::MAIN, |model| {
            let servers = model.scopes().filter(|one| one.context() == Contexts::STREAM_SERVER);
            let servers: Vec<ScopeId> = servers.map(Scope::id).collect();
            for (name, expected) in table {
                let found = model.servers_called(Family::Stream, name.as_bytes()).map(Scope::id);
                let expected: Vec<ScopeId> = expected.iter().map(|at| servers[*at]).collect();
                assert_eq!(found.collect::<Vec<_>>(), expected, "{name}");
            }
        });
    }
}
