//! A hop as a row of a table.

use super::accept::Accepts;
use super::hop::Hop;
use super::peer::{Evidence, Peer};
use super::{Address, Model, Timeline, shown};
use crate::diagnostic::{self, Confidence, HopRow, PeerRow, Verdict};
use crate::include::Use;
use crate::nginx::{VersionSet, id};
use crate::source::Location;

impl Hop<'_> {
    /// How sure the least known of its peers is; `None` where nothing is known of one.
    pub fn confidence(self) -> Option<Confidence> {
        self.peers().iter().map(|peer| peer.known.confidence()).min().flatten()
    }

    /// The hop as it is shown to people and programs.
    pub fn row(self) -> HopRow {
        let used = self.used();
        let target = self.model.target();
        let mut protocols: Vec<&str> = Vec::new();
        for (_, speech) in self.speech().within(target) {
            let name = speech.map_or("unknown", |speech| speech.name());
            if !protocols.contains(&name) {
                protocols.push(name);
            }
        }
        let tls = self.peers().iter().any(|peer| peer.tls == Some(true));
        let clashing = |index: usize| {
            let mut clashes = self.clashes().iter();
            clashes.any(|clash| {
                self.peers_of(clash).any(|one| std::ptr::eq(one, &self.peers()[index]))
            })
        };
        let peers = (0..self.peers().len()).map(|index| {
            let peer = &self.peers()[index];
            let verdict = match peer.known.confidence() {
                _ if clashing(index) => Verdict::Mismatch,
                None => Verdict::Unknown,
                Some(_) => Verdict::Ok,
            };
            peer.row(self.model, verdict)
        });
        HopRow {
            directive: shown(used.directive().name().raw()),
            at: used.location(),
            speaks: diagnostic::Speaks {
                protocol: protocols.join(" | "),
                tls,
                sni: self.sni().filter(|_| tls).map(shown),
                alpn: if tls { self.alpn(&protocols) } else { Vec::new() },
                proxy_protocol: self.proxy_protocol().is_some(),
                decided_by: self.decided_by().map(|used| used.location()),
            },
            peers: peers.collect(),
        }
    }

    /// The protocol names offered in the TLS handshake: HTTP/1.x offers none in any release.
    fn alpn(self, protocols: &[&str]) -> Vec<String> {
        let stream = self.scope().effective(id::PROXY_SSL_ALPN).flat_map(|used| {
            used.directive().args().map(|word| shown(&word.value())).collect::<Vec<_>>()
        });
        match protocols {
            ["stream"] => stream.collect(),
            _ if protocols.iter().any(|one| ["grpc", "http/2"].contains(one)) => {
                vec!["h2".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

impl Peer {
    /// The address for people.
    pub fn shown(&self) -> String {
        self.address.as_ref().map_or_else(|text| shown(text), Address::to_string)
    }

    /// The `server` of an upstream that names it, or the pass.
    pub const fn used(&self) -> Use {
        self.used
    }

    /// The value of a variable that leads to this peer.
    pub fn via(&self) -> Option<String> {
        self.via.as_ref().map(|value| shown(&value.text))
    }

    /// What it accepts.
    pub const fn accepts(&self) -> &Timeline<Accepts> {
        &self.known.accepts
    }

    /// How that is known.
    pub const fn evidence(&self) -> &Evidence {
        &self.known.evidence
    }

    fn row(&self, model: &Model<'_>, verdict: Verdict) -> PeerRow {
        let (reason, evidence) = self.reason(model);
        PeerRow {
            address: self.shown(),
            accepts: self.accepted(model.target()),
            confidence: self.known.confidence(),
            reason,
            evidence,
            verdict,
        }
    }

    /// The words for what is accepted somewhere in the target: its user's own, if it was declared.
    fn accepted(&self, target: &VersionSet) -> Vec<String> {
        let declared = match &self.known.evidence {
            Evidence::Comment(_, words) | Evidence::Setting(_, words) => words.clone(),
            _ => Vec::new(),
        };
        let parts = self.known.accepts.within(target);
        let found = parts.iter().flat_map(|(_, accepts)| accepts.words());
        let mut all: Vec<String> = Vec::new();
        for word in if declared.is_empty() { found.collect() } else { declared } {
            if !all.iter().any(|known| known == word.name()) {
                all.push(word.name().to_owned());
            }
        }
        all
    }

    fn reason(&self, model: &Model<'_>) -> (String, Option<Location>) {
        match &self.known.evidence {
            Evidence::Comment(at, _) => ("a comment says so".to_owned(), Some(*at)),
            Evidence::Listener { default, implicit, .. } => {
                let what = if *implicit { "a `server` without `listen`" } else { "a `listen`" };
                let at = model.used(*default).location();
                (format!("{what} of this configuration"), Some(at))
            }
            Evidence::Name(name) => (format!("the name `{}`", shown(name)), None),
            Evidence::None => ("nothing tells".to_owned(), None),
            Evidence::Port(port) => (format!("port {port}"), None),
            Evidence::Setting(address, _) => (format!("`[[backend]]` {address}"), None),
        }
    }
}
