//! The result of a run, ready to be written in any format.

use std::collections::HashSet;

use super::{Applicability, Category, Confidence, Diagnostic, Fix, Level};
use crate::nginx::{Flavor, VersionSet};
use crate::source::{Location, SourceId, Sources};

/// Everything a format needs.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The texts that findings point into.
    pub sources: Sources,
    /// What was aimed at.
    pub target: TargetRow,
    /// The texts that are reported and stand in files of their own, or came on standard input: what
    /// may be changed.
    pub own: HashSet<SourceId>,
    /// The findings that are shown, by file name, offset and rule.
    pub diagnostics: Vec<Diagnostic>,
    /// What was done, in numbers.
    pub summary: Summary,
    /// Every place where nginx opens a connection, in the order of the configuration; empty if
    /// nobody asked for them.
    pub hops: Vec<HopRow>,
    /// One card for each rule that found something.
    pub cards: Vec<Card>,
    /// The text of a new baseline, if one is to be written: what was found, and is not shown.
    pub baseline: Option<String>,
}

impl Report {
    /// The fix of a finding that is better than all others that are right: one that is safe before
    /// those that guess.
    pub fn best_fix<'r>(&self, finding: &'r Diagnostic) -> Option<&'r Fix> {
        let right = || finding.fixes.iter().filter(|fix| self.may_be_made(fix));
        let is_safe = |fix: &&Fix| fix.applicability == Applicability::Safe;
        let some_are_safe = right().any(|fix| is_safe(&fix));
        let mut best = right().filter(|fix| is_safe(fix) == some_are_safe);
        best.next().filter(|_| best.next().is_none())
    }

    /// Whether that fix is safe.
    pub fn is_safely_fixable(&self, finding: &Diagnostic) -> bool {
        self.best_fix(finding).is_some_and(|fix| fix.applicability == Applicability::Safe)
    }

    /// Whether a fix is right in the whole target and changes nothing but what is the report's own.
    fn may_be_made(&self, fix: &Fix) -> bool {
        fix.is_right_in(&self.target.versions)
            && !fix.edits.is_empty()
            && fix.edits.iter().all(|edit| self.own.contains(&edit.at.source))
    }

    /// What a format says of the rule of that name.
    pub fn card(&self, rule: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.name == rule)
    }
}

/// What the run aimed at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetRow {
    /// The releases.
    pub versions: VersionSet,
    /// Whether they were assumed, not stated.
    pub assumed: bool,
    /// Which server.
    pub flavor: Flavor,
    /// Where the target comes from, as a phrase that follows it: "from `http2` at nginx.conf:8".
    pub origin: Option<String>,
}

/// What was done, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were read as configuration.
    pub files: usize,
    /// Findings shown as errors.
    pub errors: usize,
    /// Findings shown as warnings.
    pub warnings: usize,
    /// Findings shown as hints.
    pub infos: usize,
    /// Findings below `--min-level` or `--min-confidence`.
    pub hidden: usize,
    /// Findings that a baseline knows, and that are not shown.
    pub known: usize,
    /// What a baseline knows and is not found any more, a sentence each.
    pub stale: Vec<String>,
    /// Findings shown that have a safe fix.
    pub fixable: usize,
    /// Whether all that the configuration includes was read.
    pub complete: bool,
    /// What was included and stayed unread, as a person would name it.
    pub unread: Vec<String>,
    /// The hops, by what is known of their peers.
    pub hops: HopTally,
    /// What error logs held, where they were read.
    pub log: Option<LogTally>,
}

/// What error logs held, in numbers of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTally {
    /// All of them.
    pub lines: u64,
    /// Those that findings speak of.
    pub diagnosed: u64,
    /// Those that speak of no mismatch.
    pub ordinary: Vec<OrdinaryRow>,
    /// Those at `error` or worse that nothing is known of.
    pub unknown: u64,
    /// Those that are none of nginx.
    pub foreign: u64,
    /// Logs that could not be read to their end, with the reason.
    pub broken: Vec<String>,
    /// Logs of which no line is one of nginx.
    pub foreign_logs: Vec<String>,
}

/// Lines of an error log that speak of no mismatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdinaryRow {
    /// How many.
    pub count: u64,
    /// How the message begins.
    pub text: String,
    /// Whose fault it is: "the application's".
    pub fault: &'static str,
    /// What happened, in words.
    pub meaning: &'static str,
    /// Rules that may be behind it all the same.
    pub perhaps: Vec<&'static str>,
}

/// Hops by what is known of their peers.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct HopTally {
    /// Every peer's protocol is certain.
    pub proven: usize,
    /// Some peer's protocol is only likely, none is unknown.
    pub likely: usize,
    /// Some peer's protocol is unknown.
    pub unknown: usize,
}

impl HopTally {
    /// Counts a hop by how sure the least known of its peers is.
    pub fn count(&mut self, confidence: Option<Confidence>) {
        *match confidence {
            Some(Confidence::Certain) => &mut self.proven,
            Some(Confidence::Likely) => &mut self.likely,
            None => &mut self.unknown,
        } += 1;
    }
}

/// One place where nginx opens a connection.
#[derive(Clone, Debug)]
pub struct HopRow {
    /// The directive's name.
    pub directive: String,
    /// The directive, from its name to its last argument.
    pub at: Location,
    /// What nginx says there.
    pub speaks: Speaks,
    /// To whom.
    pub peers: Vec<PeerRow>,
}

/// What nginx says on a connection it opens.
#[derive(Clone, Debug, Default)]
pub struct Speaks {
    /// `http/1.0`, `http/1.1`, `http/2`, `grpc`, `fastcgi`, `uwsgi`, `scgi`, `memcached`,
    /// `stream`, `http/1.0 (mail auth)` …; by release joined with ` | ` where the target spans a
    /// change of default.
    pub protocol: String,
    /// Whether over TLS.
    pub tls: bool,
    /// The server name sent in the TLS handshake.
    pub sni: Option<String>,
    /// The protocol names offered in the TLS handshake.
    pub alpn: Vec<String>,
    /// Whether a PROXY protocol header goes first.
    pub proxy_protocol: bool,
    /// The directive that decides the protocol, where it is not the default.
    pub decided_by: Option<Location>,
}

/// One peer of a hop.
#[derive(Clone, Debug)]
pub struct PeerRow {
    /// The address as written, with the port nginx would use.
    pub address: String,
    /// What it accepts, in the words of `[[backend]] speaks`; empty where unknown.
    pub accepts: Vec<String>,
    /// How that is known; `None` where it is unknown.
    pub confidence: Option<Confidence>,
    /// What says so, in words.
    pub reason: String,
    /// What says so, if it is a place in the configuration.
    pub evidence: Option<Location>,
    /// Whether the two sides agree.
    pub verdict: Verdict,
}

/// Whether the two sides of a connection agree.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// They do.
    Ok,
    /// They do not, in the whole target or a part of it.
    Mismatch,
    /// Not enough is known of the peer.
    Unknown,
}

impl Verdict {
    /// The word for it in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Mismatch => "mismatch",
            Self::Unknown => "unknown",
        }
    }
}

/// What a format says of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The rule's name.
    pub name: &'static str,
    /// Its category.
    pub category: Category,
    /// Its level when certain and true in the whole target.
    pub level: Level,
    /// Its page's summary.
    pub summary: String,
    /// Where its page is to be read.
    pub url: String,
    /// Its page, as it is written.
    pub page: &'static str,
}
