//! Passes that contradict each other: two of them speak different application protocols to one
//! peer, of which nothing else is known. One of them must fail.

use std::collections::HashMap;
use std::rc::Rc;

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

/// Adds to each hop how others contradict it. Of the kinds of passes to one peer the most frequent
/// is taken to be right, of equals the first.
pub(super) fn note(model: &Model<'_>, hops: &mut [Data]) {
    let mut kinds: Vec<usize> = hops.iter().filter_map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() < 2 {
        return;
    }
    for (hop, clash) in found(model, hops) {
        hops[hop].clashes.push(clash);
    }
}

fn found(model: &Model<'_>, hops: &[Data]) -> Vec<(usize, Clash)> {
    // Passes to one upstream share its peers.
    let mut groups: HashMap<(*const Peer, usize), Passes> = HashMap::new();
    for (index, hop) in hops.iter().enumerate() {
        let Some(kind) = kind(hop) else { continue };
        let passes = groups.entry((Rc::as_ptr(&hop.peers).cast(), kind)).or_default();
        if passes.count == 0 {
            passes.first = index;
        }
        passes.count += 1;
    }
    let mut peers: HashMap<&Address, [Passes; KINDS.len()]> = HashMap::new();
    for ((_, kind), group) in &groups {
        for peer in hops[group.first].peers.iter() {
            let Some(address) = doubtful(peer) else { continue };
            let passes = &mut peers.entry(address).or_default()[*kind];
            if passes.count == 0 || group.first < passes.first {
                passes.first = group.first;
            }
            passes.count += group.count;
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
