//! One JSON document for programs; `docs/schema` describes it.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::place::Places;
use super::text::{is_control, without_commands};
use crate::diagnostic::{Diagnostic, HopRow, Label, LogTally, PeerRow, Report, Summary, TargetRow};
use crate::source::{Location, SourceId};

/// Writes the findings.
///
/// # Errors
/// What the writer says.
pub fn check_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let document = Check {
        version: FORMAT,
        tool: Tool::default(),
        target: Target::of(&report.target),
        diagnostics: report
            .diagnostics
            .iter()
            .map(|diagnostic| finding(diagnostic, report, &places))
            .collect(),
        summary: CheckSummary::of(&report.summary),
    };
    write_document(out, &document)
}

/// Writes the findings, each as one document on one line, in the shape they have in [`check_json`].
///
/// # Errors
/// What the writer says.
pub fn json_lines(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let mut findings = report.diagnostics.iter();
    findings.try_for_each(|diagnostic| write_line(out, &finding(diagnostic, report, &places)))
}

/// Writes the hops.
///
/// # Errors
/// What the writer says.
pub fn hops_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let tally = report.summary.hops;
    let document = Hops {
        version: FORMAT,
        tool: Tool::default(),
        target: Target::of(&report.target),
        hops: report.hops.iter().map(|hop| hop_of(hop, &places)).collect(),
        summary: HopsSummary {
            files: report.summary.files,
            hops: report.hops.len(),
            proven: tally.proven,
            likely: tally.likely,
            unknown: tally.unknown,
            complete: report.summary.complete,
        },
    };
    write_document(out, &document)
}

/// Writes a document in which no control character stands as itself. Outside of strings JSON has
/// none but line ends, so that escaping the finished text is escaping the strings.
pub(super) fn write_document(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped(&serde_json::to_string_pretty(document)?))
}

/// Writes a document as [`write_document`], on one line.
pub(super) fn write_line(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escaped(&serde_json::to_string(document)?))
}

/// JSON with its control characters, but line ends, escaped, and what the log of a CI system must not
/// hold.
pub(super) fn escaped(json: &str) -> Cow<'_, str> {
    let json = without_commands(json, "\\u005b");
    let raw = |letter: char| letter != '\n' && is_control(letter);
    if !json.contains(raw) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 8);
    for letter in json.chars() {
        match raw(letter) {
            true => text.push_str(&format!("\\u{:04x}", u32::from(letter))),
            false => text.push(letter),
        }
    }
    Cow::Owned(text)
}

fn finding<'r>(diagnostic: &'r Diagnostic, report: &'r Report, places: &Places<'r>) -> Finding<'r> {
    let fix = |fix: &'r crate::diagnostic::Fix| Fix {
        message: &fix.message,
        applicability: fix.applicability.name(),
        versions: fix.versions.as_ref().map(ToString::to_string),
        edits: fix
            .edits
            .iter()
            .map(|edit| Edit { place: Place::of(edit.at, places), text: &edit.text })
            .collect(),
    };
    let label =
        |label: &'r Label| Labelled { place: Place::of(label.at, places), message: &label.message };
    Finding {
        rule: diagnostic.rule,
        category: diagnostic.category.name(),
        level: diagnostic.level.name(),
        confidence: diagnostic.confidence.name(),
        affects: diagnostic.affects.as_ref().map(ToString::to_string),
        message: &diagnostic.message,
        place: Place::of(diagnostic.at, places),
        labels: diagnostic.labels.iter().map(label).collect(),
        help: &diagnostic.help,
        dead_ends: &diagnostic.dead_ends,
        symptoms: &diagnostic.symptoms,
        url: report.card(diagnostic.rule).map(|card| card.url.as_str()),
        fixes: diagnostic.fixes.iter().map(fix).collect(),
        seen: diagnostic.seen.as_ref().map(|seen| Seen {
            count: seen.count,
            first: &seen.first,
            last: &seen.last,
        }),
    }
}

fn hop_of<'r>(hop: &'r HopRow, places: &Places<'r>) -> Hop<'r> {
    let peer = |peer: &'r PeerRow| Peer {
        address: &peer.address,
        accepts: &peer.accepts,
        confidence: peer.confidence.map(|confidence| confidence.name()),
        evidence: peer.evidence.map(|at| Place::of(at, places)),
        verdict: peer.verdict.name(),
    };
    Hop {
        directive: &hop.directive,
        place: Place::of(hop.at, places),
        speaks: Speaks {
            protocol: &hop.speaks.protocol,
            tls: hop.speaks.tls,
            sni: hop.speaks.sni.as_deref(),
            alpn: &hop.speaks.alpn,
            proxy_protocol: hop.speaks.proxy_protocol,
            decided_by: hop.speaks.decided_by.map(|at| Place::of(at, places)),
        },
        peers: hop.peers.iter().map(peer).collect(),
    }
}

/// The version of the documents; what is only added leaves it as it is.
pub(super) const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Check<'r> {
    version: u32,
    tool: Tool,
    target: Target,
    diagnostics: Vec<Finding<'r>>,
    summary: CheckSummary<'r>,
}

#[derive(Serialize)]
struct Hops<'r> {
    version: u32,
    tool: Tool,
    target: Target,
    hops: Vec<Hop<'r>>,
    summary: HopsSummary,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

#[derive(Serialize)]
pub(super) struct Target {
    nginx: String,
    assumed: bool,
    flavor: &'static str,
}

impl<'r> CheckSummary<'r> {
    pub(super) fn of(summary: &'r Summary) -> Self {
        Self {
            files: summary.files,
            errors: summary.errors,
            warnings: summary.warnings,
            infos: summary.infos,
            hidden: summary.hidden,
            known: summary.known,
            stale: summary.stale.len(),
            fixable: summary.fixable,
            complete: summary.complete,
            log: summary.log.as_ref().map(Log::of),
        }
    }
}

impl Target {
    pub(super) fn of(target: &TargetRow) -> Self {
        Self {
            nginx: target.versions.to_string(),
            assumed: target.assumed,
            flavor: target.flavor.name(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct CheckSummary<'r> {
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    hidden: usize,
    known: usize,
    stale: usize,
    fixable: usize,
    complete: bool,
    log: Option<Log<'r>>,
}

/// How often error logs show a finding.
#[derive(Serialize)]
struct Seen<'r> {
    count: u64,
    first: &'r str,
    last: &'r str,
}

/// What error logs held.
#[derive(Serialize)]
struct Log<'r> {
    lines: u64,
    diagnosed: u64,
    ordinary: Vec<Ordinary<'r>>,
    unknown: u64,
    foreign: u64,
    broken: &'r [String],
    foreign_logs: &'r [String],
}

#[derive(Serialize)]
struct Ordinary<'r> {
    count: u64,
    text: &'r str,
    fault: &'r str,
    meaning: &'r str,
    perhaps: &'r [&'static str],
}

impl<'r> Log<'r> {
    fn of(tally: &'r LogTally) -> Self {
        let ordinary = tally.ordinary.iter().map(|row| Ordinary {
            count: row.count,
            text: &row.text,
            fault: row.fault,
            meaning: row.meaning,
            perhaps: &row.perhaps,
        });
        Self {
            lines: tally.lines,
            diagnosed: tally.diagnosed,
            ordinary: ordinary.collect(),
            unknown: tally.unknown,
            foreign: tally.foreign,
            broken: &tally.broken,
            foreign_logs: &tally.foreign_logs,
        }
    }
}

#[derive(Serialize)]
struct HopsSummary {
    files: usize,
    hops: usize,
    proven: usize,
    likely: usize,
    unknown: usize,
    complete: bool,
}

#[derive(Serialize)]
struct Finding<'r> {
    rule: &'r str,
    category: &'r str,
    level: &'r str,
    confidence: &'r str,
    affects: Option<String>,
    message: &'r str,
    #[serde(flatten)]
    place: Place,
    labels: Vec<Labelled<'r>>,
    help: &'r [String],
    dead_ends: &'r [String],
    symptoms: &'r [String],
    url: Option<&'r str>,
    fixes: Vec<Fix<'r>>,
    seen: Option<Seen<'r>>,
}

#[derive(Serialize)]
struct Labelled<'r> {
    #[serde(flatten)]
    place: Place,
    message: &'r str,
}

#[derive(Serialize)]
struct Fix<'r> {
    message: &'r str,
    applicability: &'r str,
    #[serde(rename = "for")]
    versions: Option<String>,
    edits: Vec<Edit<'r>>,
}

#[derive(Serialize)]
struct Edit<'r> {
    #[serde(flatten)]
    place: Place,
    text: &'r str,
}

#[derive(Serialize)]
struct Hop<'r> {
    directive: &'r str,
    #[serde(flatten)]
    place: Place,
    speaks: Speaks<'r>,
    peers: Vec<Peer<'r>>,
}

#[derive(Serialize)]
struct Speaks<'r> {
    protocol: &'r str,
    tls: bool,
    sni: Option<&'r str>,
    alpn: &'r [String],
    proxy_protocol: bool,
    decided_by: Option<Place>,
}

#[derive(Serialize)]
struct Peer<'r> {
    address: &'r str,
    accepts: &'r [String],
    confidence: Option<&'r str>,
    evidence: Option<Place>,
    verdict: &'r str,
}

#[derive(Serialize)]
struct Place {
    file: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u64,
}

impl Place {
    fn of(at: Location, places: &Places<'_>) -> Self {
        let start = Point::of(at.source, at.span.start, places);
        let end = Point::of(at.source, at.span.end.max(at.span.start), places);
        let file = places.path(at.source).to_string_lossy().into_owned();
        Self { file, range: Range { start, end } }
    }
}

impl Point {
    fn of(source: SourceId, offset: u32, places: &Places<'_>) -> Self {
        let position = places.position(source, offset);
        let offset = places.before(source).bytes + u64::from(offset);
        Self { line: position.line, column: position.column, offset }
    }
}
