//! Servers of one `upstream` that want to be spoken to in different ways: whatever a pass speaks,
//! some of them do not understand it.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::Model;
use super::accept::{Accepts, Applications, Tls};
use super::hop::Kind;
use super::peer::{Certainty, Pass, Peer};
use super::scope::Scope;
use super::upstream::Upstream;
use crate::include::Use;
use crate::nginx::{Family, VersionSet, id};

/// An `upstream` with servers of different ways.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// The block.
    pub upstream: Use,
    /// The fewer servers, of equal parts the later.
    pub odd: Vec<Use>,
    /// What each of them takes, in words, and what the others do.
    pub ways: (&'static str, &'static str),
    /// One of the others.
    pub other: Use,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where in the target.
    pub affects: VersionSet,
}

/// What a peer takes that another one does not, in words.
type Way = Option<&'static str>;

impl Model<'_> {
    /// Such blocks, but for those with a server of which a hop tells already.
    pub fn mixtures(&self) -> Vec<Mixture> {
        let mut found = Vec::new();
        if self.scopes.has(id::UPSTREAM) {
            let all = self.upstreams.all();
            found.extend(all.iter().filter_map(|one| mixture(self, one)));
        }
        if !found.is_empty() {
            let told: HashSet<Use> = self
                .hops()
                .flat_map(|hop| hop.clashes().iter().flat_map(move |clash| hop.peers_of(clash)))
                .filter_map(|peer| peer.upstream)
                .collect();
            found.retain(|one| !told.contains(&one.upstream));
        }
        found
    }
}

fn mixture(model: &Model<'_>, upstream: &Upstream) -> Option<Mixture> {
    if upstream.servers.len() < 2 {
        return None;
    }
    let peers = peers(model, upstream);
    let certain = |peer: &Peer| peer.certainty() == Some(Certainty::Certain);
    let first = peers.first()?.accepts();
    let differ = peers.iter().any(|peer| peer.accepts() != first);
    let parts = if differ { first.within(model.target()) } else { SmallVec::new() };
    for (part, _) in parts {
        let at = |peer: &Peer| peer.accepts().within(&part).first().map(|(_, accepts)| **accepts);
        for way in [tls as fn(&Accepts) -> Way, header, application] {
            let ways: Vec<Way> = peers
                .iter()
                .map(|peer| at(peer).filter(|_| certain(peer)).as_ref().and_then(way))
                .collect();
            if let Some(mixture) = odd(upstream, &ways, Certainty::Certain, part.clone()) {
                return Some(mixture);
            }
        }
    }
    let ways: Vec<Way> =
        peers.iter().map(|peer| if certain(peer) { None } else { port(peer) }).collect();
    odd(upstream, &ways, Certainty::Likely, model.target().clone())
}

/// The servers as any pass would know them.
fn peers(model: &Model<'_>, upstream: &Upstream) -> Vec<Peer> {
    let used = model.used(upstream.block);
    let scope = Scope { model, id: upstream.scope };
    let kind = if scope.context().family() == Family::Stream { Kind::Stream } else { Kind::Proxy };
    let pass = Pass { scope, used, kind, sni: None };
    pass.servers(upstream, None, None).collect()
}

fn tls(accepts: &Accepts) -> Way {
    match accepts.tls {
        Tls::Required => Some("takes only TLS"),
        Tls::Never => Some("takes only cleartext"),
        Tls::Either | Tls::Unknown => None,
    }
}

fn header(accepts: &Accepts) -> Way {
    let wanted = accepts.proxy_protocol?;
    Some(if wanted { "wants a PROXY protocol header" } else { "wants no PROXY protocol header" })
}

fn application(accepts: &Accepts) -> Way {
    let http2 = Applications::HTTP2.union(Applications::GRPC);
    let ways = [
        (Applications::HTTP1, "speaks HTTP/1"),
        (http2, "speaks only HTTP/2"),
        (Applications::FASTCGI, "speaks FastCGI"),
        (Applications::UWSGI, "speaks uwsgi"),
        (Applications::SCGI, "speaks SCGI"),
        (Applications::MEMCACHED, "speaks memcached"),
        (Applications::MAIL, "speaks a mail protocol"),
    ];
    let mut spoken = ways.into_iter().filter(|(one, _)| accepts.applications.meets(*one));
    let (_, way) = spoken.next()?;
    // Who speaks two understands either.
    spoken.next().is_none().then_some(way)
}

fn port(peer: &Peer) -> Way {
    match peer.address.as_ref().ok()?.port? {
        443 => Some("has the port of TLS"),
        80 => Some("has the port of cleartext"),
        _ => None,
    }
}

/// The odd ones of servers that go two ways.
fn odd(
    upstream: &Upstream,
    ways: &[Way],
    certainty: Certainty,
    affects: VersionSet,
) -> Option<Mixture> {
    let first = ways.iter().flatten().next()?;
    let second = ways.iter().flatten().find(|way| *way != first)?;
    let count = |one: &'static str| ways.iter().flatten().filter(|way| **way == one).count();
    let (many, few) =
        if count(second) > count(first) { (*second, *first) } else { (*first, *second) };
    let of = |one: &'static str| {
        let servers = upstream.servers.iter().zip(ways);
        servers.filter(move |(_, way)| **way == Some(one)).map(|(server, _)| server.used)
    };
    Some(Mixture {
        upstream: upstream.block,
        odd: of(few).collect(),
        ways: (few, many),
        other: of(many).next()?,
        certainty,
        affects,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx::Protocol;

    #[test]
    fn who_speaks_two_protocols_contradicts_neither() {
        let way = |words: &[Protocol]| application(&Accepts::declared(words));
        assert_eq!(way(&[Protocol::Http11]), Some("speaks HTTP/1"));
        assert_eq!(way(&[Protocol::H2c]), Some("speaks only HTTP/2"));
        assert_eq!(way(&[Protocol::H2c, Protocol::Grpc]), Some("speaks only HTTP/2"));
        assert_eq!(way(&[Protocol::Http11, Protocol::H2c]), None);
        assert_eq!(way(&[Protocol::Tls]), None);
    }

    #[test]
    fn a_way_of_tls_is_one_that_excludes_the_other() {
        let way = |words: &[Protocol]| tls(&Accepts::declared(words));
        assert_eq!(way(&[Protocol::H2]), Some("takes only TLS"));
        assert_eq!(way(&[Protocol::H2c]), Some("takes only cleartext"));
        assert_eq!(way(&[Protocol::Tls, Protocol::Cleartext]), None);
    }
}
