//! What goes over the kept connections of an upstream, and whether hops of different protocols share
//! them.

use super::accept::Speech;
use super::hop::{HTTP2_TO_UPSTREAM, HTTP11_DEFAULT, Hop};
use super::keepalive::Pool;
use crate::nginx::{Family, VersionSet};

/// What goes over a connection: one kept for another is of no use.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    speech: Speech,
    tls: bool,
}

impl Wire {
    /// For a name.
    pub fn word(self) -> String {
        let protocol = match self.speech {
            Speech::Http10 | Speech::Http11 => "http",
            Speech::Http2 => "http2",
            other => other.name(),
        };
        if self.tls { format!("{protocol}_tls") } else { protocol.to_owned() }
    }

    /// For a message.
    pub fn in_words(self) -> String {
        let protocol = match self.speech {
            Speech::Http10 | Speech::Http11 => "HTTP/1.x",
            Speech::Http2 => "HTTP/2",
            Speech::Grpc => "gRPC",
            other => other.name(),
        };
        if self.tls { format!("{protocol} over TLS") } else { protocol.to_owned() }
    }
}

impl<'m> Pool<'m> {
    /// The parts of the target in which hops of different protocols share the connections, and one
    /// of them leaves some behind; with one hop for each protocol.
    pub fn mixed(&self) -> Vec<(VersionSet, Vec<(Wire, Hop<'m>)>)> {
        let parts = self.parts().into_iter().map(|part| (self.wires(&part), part));
        let keeps = |hop: Hop<'m>, part: &VersionSet| {
            hop.unkept().is_none_or(|unkept| !part.is_subset(&unkept.affects))
        };
        let is_kept = |hop, part: &VersionSet| self.wire(hop, part).is_some() && keeps(hop, part);
        let mixed = parts.filter(|(wires, part)| {
            wires.len() > 1 && self.understood().any(|hop| is_kept(hop, part))
        });
        mixed.map(|(wires, part)| (part, wires)).collect()
    }

    /// Whether hops of different protocols would share the connections somewhere in the target if all
    /// left theirs behind.
    pub fn would_mix(&self) -> bool {
        !self.is_local && self.parts().iter().any(|part| self.wires(part).len() > 1)
    }

    /// What its hops put on their connections, with one hop for each.
    fn wires(&self, part: &VersionSet) -> Vec<(Wire, Hop<'m>)> {
        let mut wires: Vec<(Wire, Hop<'m>)> = Vec::new();
        if self.is_scripted() {
            return wires;
        }
        for hop in self.understood() {
            if let Some(wire) = self.wire(hop, part)
                && wires.iter().all(|(known, _)| *known != wire)
            {
                wires.push((wire, hop));
            }
        }
        wires
    }

    /// The hops that fare well else.
    fn understood(&self) -> impl Iterator<Item = Hop<'m>> {
        self.hops.iter().copied().filter(|hop| !hop.surely_clashes())
    }

    /// Whether a script chooses the servers: then protocols share an upstream, not a server.
    fn is_scripted(&self) -> bool {
        let upstreams = &self.upstream.model.upstreams;
        let upstream = upstreams.find(Family::Http, self.name().as_bytes());
        upstream.is_some_and(|upstream| upstream.is_scripted)
    }

    /// The target, cut where a hop speaks another protocol.
    fn parts(&self) -> Vec<VersionSet> {
        let target = self.upstream.model.target();
        let cuts = [HTTP2_TO_UPSTREAM, HTTP11_DEFAULT];
        let pieces = [
            VersionSet::before(cuts[0]),
            VersionSet::between(cuts[0], cuts[1]),
            VersionSet::since(cuts[1]),
        ];
        let parts = pieces.iter().map(|piece| target.intersect(piece));
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// What a hop puts on its connections; 1.0 and 1.1 are one.
    pub fn wire(&self, hop: Hop<'m>, part: &VersionSet) -> Option<Wire> {
        let since = part.bounds()?.since;
        let mut pieces = hop.speech().pieces();
        let (_, speech) = pieces.find(|(range, _)| range.contains(since))?;
        let speech = match speech.as_ref()? {
            Speech::Http10 | Speech::Http11 => Speech::Http11,
            speech @ (Speech::Grpc | Speech::Http2) => *speech,
            _ => return None,
        };
        let block = self.upstream.block()?.name();
        let peer = hop.peers().iter().find(|peer| peer.upstream == Some(block))?;
        Some(Wire { speech, tls: peer.tls()? })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::sample;

    const UPSTREAM: &str = "upstream up { server 10.0.0.1:80; keepalive 4; }";

    #[test]
    fn protocols_that_share_a_pool() {
        let mixed = |version: &str, one: &str, other: &str| {
            let text = format!(
                "{UPSTREAM} server {{ location /a {{ {one} }} location /b {{ {other} }} }}"
            );
            sample::of(version, &text, |model| {
                let pool = model.pools().next().unwrap();
                pool.mixed().iter().map(|(_, wires)| wires.len()).collect::<Vec<_>>()
            })
        };
        let plain = "proxy_pass http://up;";
        let kept = "proxy_http_version 1.1; proxy_set_header Connection ''; proxy_pass http://up;";
        assert_eq!(mixed("1.28.3", kept, "grpc_pass up;"), [2]);
        assert_eq!(mixed("1.28.3", plain, "proxy_pass https://up;"), [] as [usize; 0]);
        assert_eq!(mixed("1.28.3", kept, "proxy_pass https://up;"), [2]);
        assert_eq!(mixed("1.31.3", plain, "proxy_http_version 2; proxy_pass http://up;"), [2]);
        assert_eq!(
            mixed("1.31.3", plain, "proxy_http_version 1.0; proxy_pass http://up;"),
            [] as [usize; 0]
        );
    }
    #[test]
    fn a_script_that_chooses_the_server_may_keep_protocols_apart() {
        let text = "upstream up { server 10.0.0.1:80; balancer_by_lua_block { } keepalive 4; }
            server { location /a { grpc_pass up; } location /b { grpc_pass grpcs://up; } }";
        sample::of("1.28.3", text, |model| {
            assert!(model.pools().next().unwrap().mixed().is_empty());
        });
    }
}
