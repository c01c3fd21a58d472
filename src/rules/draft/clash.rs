//! How findings about the two sides of a hop are made.

use std::collections::HashSet;

use super::super::Context;
use super::Draft;
use crate::diagnostic::Level;
use crate::include::{Use, Used};
use crate::model::{Certainty, Clash, Evidence, Hop, Model, Peer};
use crate::nginx::Protocol;
use crate::source::Location;

impl Context<'_> {
    /// Reports how the sides of a hop disagree, at its pass: sure and affected as the clash is,
    /// with a label for each peer that says `why`, or what else is known of it.
    pub fn report_clash(
        &mut self,
        hop: Hop<'_>,
        clash: &Clash,
        message: String,
        why: impl Fn(&Peer) -> Option<(Location, String)>,
    ) -> Draft<'_> {
        self.report_clash_at(hop.used(), hop, clash, message, why)
    }

    /// [`Self::report_clash`] at another directive that a person would change first.
    pub fn report_clash_at(
        &mut self,
        used: Used<'_>,
        hop: Hop<'_>,
        clash: &Clash,
        message: String,
        why: impl Fn(&Peer) -> Option<(Location, String)>,
    ) -> Draft<'_> {
        let model = self.model;
        let span = used.directive().span();
        let mut draft = self
            .report(used, span, message)
            .confidence(clash.certainty.into())
            .affects(model.target(), &clash.affects);
        if clash.is_strong(hop) {
            draft = draft.likely_level(Level::Warning);
        }
        // Hops that share an upstream share its peers: one line is enough for many of a kind.
        let mut seen = HashSet::new();
        for peer in hop.peers_of(clash) {
            let (at, message) = why(peer).unwrap_or_else(|| evidence(model, peer));
            if seen.insert((at, message.clone())) {
                draft = draft.label(at, message);
            }
        }
        draft
    }
}

/// Where a `listen` that tells of a peer is: at its address, or behind that.
pub(in crate::rules) fn listen_in_words(model: &Model<'_>, peer: &Peer, listen: Use) -> String {
    let behind = if model.is_taken_by(peer, listen) { "" } else { "behind " };
    format!("{behind}`{}`", peer.shown())
}

/// How it is known what a peer accepts, as a label.
pub(in crate::rules) fn evidence(model: &Model<'_>, peer: &Peer) -> (Location, String) {
    let at = model.used(peer.used()).location();
    let address = peer.shown();
    match peer.evidence() {
        Evidence::Comment(at, _) => (*at, format!("declared for `{address}` here")),
        Evidence::Listener { default, .. } => {
            (model.used(*default).location(), format!("`{address}` is this listener"))
        }
        Evidence::Convention { .. } => {
            let signs = peer.evidence().signs();
            let tell = if signs.len() > 1 { "tell" } else { "tells" };
            (at, format!("{} {tell} what `{address}` speaks", signs.join(" and ")))
        }
        Evidence::None => (at, format!("the peer `{address}`")),
        Evidence::Log(words, certainty) => {
            let shows = match certainty {
                Certainty::Likely => "makes it likely",
                Certainty::Certain => "shows",
            };
            (at, format!("the error log {shows} that `{address}` speaks {}", in_words(words)))
        }
        Evidence::Setting(_, words) => {
            (at, format!("the settings declare that `{address}` speaks {}", in_words(words)))
        }
    }
}

fn in_words(words: &[Protocol]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.name()).collect();
    format!("`{}`", words.join("`, `"))
}

/// The peers of a clash for a message: the first by name, the others by number.
pub(in crate::rules) fn peers_in_words(hop: Hop<'_>, clash: &Clash) -> String {
    let mut peers = hop.peers_of(clash);
    let first = peers.next().map_or_else(String::new, |peer| {
        let via = peer.via().map(|value| format!(" (by the value `{value}`)"));
        format!("`{}`{}", peer.shown(), via.unwrap_or_default())
    });
    match peers.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
