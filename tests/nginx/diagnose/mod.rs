//! From error logs that real nginx wrote to the pass that was planted as the fault.

mod hop;
mod hostile;
mod kept;
mod variant;

use std::path::PathBuf;

use ngxlint::diagnostic::{Confidence, Diagnostic, Level, OrdinaryRow, Report};
use ngxlint::engine::Policy;
use ngxlint::nginx::{Version, VersionSet};
use ngxlint::project::{self, Diagnosis, Log, Request};
use ngxlint::source::Memory;

/// A finding, as far as these tests ask for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    rule: &'static str,
    /// Where it stands in the configuration; `None`: in the log.
    at: Option<u32>,
    /// How many lines show it.
    count: u64,
    /// The times of the first and the last.
    times: (String, String),
}

/// What is found in a report, in order.
fn found(report: &Report) -> Vec<Found> {
    let of = |one: &Diagnostic| {
        let name = &report.sources.source(one.at.source).name;
        let seen = one.seen.clone();
        Found {
            rule: one.rule,
            at: name.ends_with("nginx.conf").then_some(one.at.span.start),
            count: seen.as_ref().map_or(0, |seen| seen.count),
            times: seen.map(|seen| (seen.first, seen.last)).unwrap_or_default(),
        }
    };
    let mut all: Vec<Found> = report.diagnostics.iter().map(of).collect();
    all.sort_unstable();
    all
}

/// What a user asks for who has this configuration and these settings.
fn asked(text: &str, settings: &str, release: Version) -> (Memory, Request) {
    let mut memory = Memory::default();
    memory.insert("/nginx.conf", text);
    memory.insert("/ngxlint.toml", settings);
    let policy = Policy { min_level: Level::Info, ..Policy::default() };
    let roots = vec![PathBuf::from("/nginx.conf")];
    let nginx_version = Some(VersionSet::exactly(release));
    (memory, Request { roots, nginx_version, policy, ..Request::default() })
}

/// What logs tell of a configuration of which no more is known.
fn diagnose(text: &str, release: Version, logs: &[&[u8]]) -> Diagnosis {
    let (memory, request) = asked(text, "", release);
    let name = |index| PathBuf::from(format!("error.log.{index}"));
    let log = |(index, bytes)| Log {
        name: name(index),
        input: Box::new(bytes) as Box<dyn std::io::Read>,
    };
    let logs = logs.iter().copied().enumerate().map(log).collect();
    project::diagnose(&memory, &request, logs).unwrap()
}

/// What a log tells without any configuration.
fn by_text(release: Version, log: &[u8]) -> Report {
    let (_, request) = asked("", "", release);
    let request = Request { roots: Vec::new(), ..request };
    let log = Log { name: "error.log".into(), input: Box::new(log) };
    project::diagnose(&Memory::default(), &request, vec![log]).unwrap().report
}

/// Situations whose lines are first of all signs of another rule, and which, and why.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "HTTP/1 in cleartext to a TLS peer that answers with an alert",
        "http1-to-http2-upstream",
        "any answer that is no HTTP/1 gives the line, most come from HTTP/2",
    ),
    (
        "cleartext through a stream that passes bytes on to TLS",
        "http1-to-http2-upstream",
        "any answer that is no HTTP/1 gives the line, most come from HTTP/2",
    ),
    (
        "gRPC to a listener without HTTP/2 that passes it on",
        "http2-to-http1-upstream",
        "the line is of the pass to the listener; the rule speaks of the listener",
    ),
];

/// Findings that a log tells of beside that of the situation, and by which lines.
const BESIDE: &[(&str, &str, &str)] = &[
    (
        "`proxy_protocol` in the `listen` of one of two servers",
        "duplicate-server-name",
        "conflicting server name",
    ),
    (
        "no PROXY header from a stream front that looks for a name",
        "missing-upstream-sni",
        "peer closed connection in SSL handshake",
    ),
];

/// Lines that many things make; a rule that may be behind them is named, no more.
const AMBIGUOUS: &[&str] = &[
    "upstream prematurely closed connection",
    "recv() failed (104: Connection reset by peer)",
    "connect() failed (111: Connection refused)",
    "upstream timed out",
    "peer closed connection in SSL handshake",
];

#[test]
fn every_exception_is_met() {
    let mut names = ELSEWHERE.iter().chain(BESIDE).map(|(name, ..)| name);
    assert!(names.all(|name| kept::all().iter().any(|kept| kept.situation.name == *name)));
}

#[test]
fn every_log_leads_to_what_was_planted() {
    for kept in kept::all() {
        let report = diagnose(&kept.text, kept.release.version, &[kept.log.as_bytes()]).report;
        let all = found(&report);
        let told = || format!("{}{all:#?}", kept.told());
        let of_situation = |(name, ..): &&(&str, &str, &str)| *name == kept.situation.name;
        let planted = kept.planted();
        assert!(!planted.is_empty(), "{}", told());
        let elsewhere = ELSEWHERE.iter().find(of_situation);
        let rule = elsewhere.map_or(kept.situation.rule, |(_, rule, _)| rule);
        let beside = BESIDE.iter().find(of_situation);
        let (own, others): (Vec<&Found>, Vec<&Found>) =
            all.iter().partition(|one| one.rule == rule);
        assert!(
            others.iter().all(|one| beside.is_some_and(|(_, rule, _)| one.rule == *rule)),
            "{}",
            told()
        );
        let log = report.summary.log.as_ref().unwrap();
        if own.is_empty() {
            let is_ambiguous = |row: &OrdinaryRow| {
                AMBIGUOUS.contains(&row.text.split(" while ").next().unwrap())
                    && row.perhaps.contains(&rule)
            };
            assert!(log.ordinary.iter().any(is_ambiguous), "{}{log:?}", told());
            continue;
        }
        let is_own = |record: &&str| beside.is_none_or(|(_, _, text)| !record.contains(text));
        let count = own.iter().map(|one| one.count).sum::<u64>();
        assert_eq!(count, kept.records().filter(is_own).count() as u64, "{}", told());
        if elsewhere.is_none() {
            let is_planted = |one: &&Found| one.at.is_some_and(|at| planted.contains(&at));
            assert!(own.iter().all(is_planted), "{}", told());
        }
    }
}

/// Where another rule is likelier, the page of the planted one is named all the same.
#[test]
fn what_else_a_line_may_mean_is_said() {
    for kept in kept::all() {
        let Some((_, rule, _)) = ELSEWHERE.iter().find(|(name, ..)| *name == kept.situation.name)
        else {
            continue;
        };
        let report = diagnose(&kept.text, kept.release.version, &[kept.log.as_bytes()]).report;
        let one = report.diagnostics.iter().find(|one| one.rule == *rule).unwrap();
        let named = format!("`{}`", kept.situation.rule);
        let is_named = one.help.iter().any(|line| line.contains(&named));
        // What the configuration itself shows is certain.
        let is_certain = one.confidence == Confidence::Certain;
        assert!(is_named || is_certain, "{}{:?}", kept.told(), one.help);
    }
}

/// Without a configuration the text leads to the rule all the same.
#[test]
fn every_line_is_explained() {
    for kept in kept::all() {
        let rule = kept.situation.rule;
        let line = kept.log.lines().find(|line| kept.is_own(line)).unwrap();
        let explanation = project::explain(line);
        let first: Vec<_> = explanation.matches.iter().take(3).map(|one| one.rule.name).collect();
        let usual = ELSEWHERE.iter().find(|(name, ..)| *name == kept.situation.name);
        let is_named = first.contains(&usual.map_or(rule, |(_, rule, _)| *rule));
        // More rules than three may be behind such a line, and most likely none.
        let is_ambiguous = AMBIGUOUS.iter().any(|text| line.contains(text));
        let is_ordinary = is_ambiguous && explanation.ordinary.is_some();
        assert!(is_named || is_ordinary, "{first:?}{}", kept.told());
        let report = by_text(kept.release.version, kept.log.as_bytes());
        let log = report.summary.log.as_ref().unwrap();
        let named = report.diagnostics.iter().any(|one| {
            one.rule == rule || one.help.iter().any(|line| line.contains(&format!("`{rule}`")))
        });
        let perhaps = log.ordinary.iter().any(|row| row.perhaps.contains(&rule));
        assert!(named || perhaps || usual.is_some(), "{:?}{}", found(&report), kept.told());
    }
}
