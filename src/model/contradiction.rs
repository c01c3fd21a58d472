//! Passes that contradict each other: two of them speak different application protocols to one
//! peer, of which nothing else is known. One of them must fail.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use super::Model;
use super::accept::{Applications, Mismatch, Speech};
use super::address::Address;
use super::hop::{Clash, Data};
use super::peer::{Certainty, Peer};

/// The protocols that passes speak, one of each kind.
const KINDS: [Applications; 5] = [
    Applications::HTTP1,
    Applications::FASTCGI,
    Applications::UWSGI,
    Applications::SCGI,
    Applications::MEMCACHED,
];

/// Passes of one kind to one peer: how many, and which is the first.
#[derive(Copy, Clone, Debug, Default)]
struct Passes {
    count: usize,
    first: usize,
}

impl Passes {
    fn add(&mut self, hop: usize, count: usize) {
        if self.count == 0 || hop < self.first {
            self.first = hop;
        }
        self.count += count;
    }
}

/// Adds to each hop how others contradict it. Of the kinds of passes to one peer the most frequent
/// is taken to be right, of equals the first.
pub(super) fn note(model: &Model<'_>, hops: &mut [Data]) {
    let mut counts = [0; KINDS.len()];
    hops.iter().filter_map(kind).for_each(|kind| counts[kind] += 1);
    let most = counts.iter().enumerate().max_by_key(|(_, count)| **count).map(|(kind, _)| kind);
    if let Some(most) = most.filter(|_| counts.iter().filter(|count| **count > 0).count() > 1) {
        for (hop, clash) in found(model, hops, most) {
            hops[hop].clashes.push(clash);
        }
    }
}

/// The contradictions, where most hops are of the kind `most`.
fn found(model: &Model<'_>, hops: &[Data], most: usize) -> Vec<(usize, Clash)> {
    let mut peers: HashMap<&Address, [Passes; KINDS.len()]> = HashMap::new();
    let groups = groups(hops);
    // What only the many speak to contradicts nothing: it is looked up, never noted.
    for group in groups.iter().filter(|group| group.kind != most) {
        for address in hops[group.first].peers.iter().filter_map(doubtful) {
            peers.entry(address).or_default()[group.kind].add(group.first, group.count);
        }
    }
    for group in groups.iter().filter(|group| group.kind == most) {
        for address in hops[group.first].peers.iter().filter_map(doubtful) {
            if let Some(passes) = peers.get_mut(address) {
                passes[most].add(group.first, group.count);
            }
        }
    }
    peers.retain(|_, passes| passes.iter().filter(|one| one.count > 0).count() > 1);
    let mut clashes = Vec::new();
    if peers.is_empty() {
        return clashes;
    }
    for (index, hop) in hops.iter().enumerate() {
        let Some(kind) = kind(hop) else { continue };
        if hop.clashes.iter().any(|clash| clash.mismatch == Mismatch::WrongApplication) {
            continue;
        }
        let right = |peer: &Peer| {
            let passes = peers.get(doubtful(peer)?)?.iter().enumerate();
            let best = passes.max_by_key(|(_, one)| (one.count, std::cmp::Reverse(one.first)));
            best.filter(|(best, _)| *best != kind).map(|(_, one)| one.first)
        };
        let rights: Vec<Option<usize>> = hop.peers.iter().map(right).collect();
        let Some(other) = rights.iter().flatten().next() else { continue };
        let (one, other) = (hop.used, hops[*other].used);
        let together = model.config.has_root() || one.instance == other.instance;
        let found = rights.iter().enumerate().filter(|(_, right)| right.is_some());
        let clash = Clash {
            mismatch: Mismatch::WrongApplication,
            certainty: if together { Certainty::Certain } else { Certainty::Likely },
            affects: model.target().clone(),
            peers: found.map(|(peer, _)| peer).collect(),
            shown_by: Some(other),
        };
        clashes.push((index, clash));
    }
    clashes
}

/// Hops of one kind that share their peers: those of one upstream.
struct Group {
    kind: usize,
    first: usize,
    count: usize,
}

fn groups(hops: &[Data]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut shared: HashMap<(*const Peer, usize), usize> = HashMap::new();
    for (first, hop) in hops.iter().enumerate() {
        let Some(kind) = kind(hop) else { continue };
        let group = Group { kind, first, count: 1 };
        if Rc::strong_count(&hop.peers) == 1 {
            groups.push(group);
            continue;
        }
        let key = (Rc::as_ptr(&hop.peers).cast(), kind);
        match shared.get(&key) {
            Some(&known) => groups[known].count += 1,
            None => {
                shared.insert(key, groups.len());
                groups.push(group);
            }
        }
    }
    groups
}

/// Which of [`KINDS`] a hop speaks.
fn kind(hop: &Data) -> Option<usize> {
    let speech = hop.speech.pieces().find_map(|(_, speech)| *speech)?;
    let needs = match speech {
        Speech::Client => return None,
        Speech::Grpc | Speech::Http2 => Applications::HTTP1,
        other => other.needs(),
    };
    KINDS.iter().position(|one| *one == needs)
}

/// The address of a peer, if nobody knows which protocol it speaks.
fn doubtful(peer: &Peer) -> Option<&Address> {
    let known = |accepts: &super::accept::Accepts| !accepts.applications.is_unknown();
    let address = peer.address.as_ref().ok()?;
    let doubtful = peer.certainty() != Some(Certainty::Certain)
        && !peer.accepts().pieces().any(|(_, accepts)| known(accepts));
    doubtful.then_some(address)
}

#[cfg(test)]
mod tests {
    use crate::model::{Certainty, Mismatch, sample, shown};

    /// The passes that others contradict.
    fn contradicted(http: &str) -> Vec<String> {
        sample::of("1.28.3", http, |model| {
            let hops = model.hops().filter(|hop| hop.clash(Mismatch::WrongApplication).is_some());
            hops.map(|hop| {
                let clash = hop.clash(Mismatch::WrongApplication).unwrap();
                assert_eq!(clash.certainty, Certainty::Certain);
                assert!(clash.shown_by.is_some());
                let directive = hop.used().directive();
                shown(&directive.arg(0).unwrap().value())
            })
            .collect()
        })
    }

    #[test]
    fn the_more_frequent_protocol_is_right() {
        let http = "upstream u { server 10.0.0.1:9; }
            server {
                location /a { proxy_pass http://10.0.0.1:9; }
                location /b { uwsgi_pass u; }
                location /c { uwsgi_pass 10.0.0.1:9; }
                location /d { scgi_pass 10.0.0.1:10; }
                location /e { proxy_pass http://10.0.0.2:9; }
            }";
        assert_eq!(contradicted(http), ["http://10.0.0.1:9"]);
    }

    #[test]
    fn of_equals_the_first_is_right() {
        let http = "server {
                location /a { grpc_pass grpc://app:9; }
                location /b { proxy_pass http://app:9; }
                location /c { fastcgi_pass app:9; }
                location /d { memcached_pass app:11211; }
                location /e { scgi_pass app:11211; }
            }";
        assert_eq!(contradicted(http), ["app:9", "app:11211"]);
    }

    #[test]
    fn what_is_known_is_no_contradiction() {
        let http = "server { listen 127.0.0.1:9; }
            server {
                location /a { proxy_pass http://127.0.0.1:9; }
                location /b { fastcgi_pass unix:/run/php-fpm.sock; }
            }";
        assert!(contradicted(http).is_empty());
    }
}
