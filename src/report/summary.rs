//! The last line: what was looked at, aimed at and found, so that silence can be trusted.

use super::text::{count, visible};
use crate::diagnostic::{Confidence, HopTally, Level, LogTally, Report, TargetRow};
use crate::nginx::version::NEWEST;
use crate::nginx::{Flavor, VersionSet};

/// What was not read, if anything, and the summary, each one line without its end. What is below
/// `level` or `confidence` is hidden.
pub fn summary(report: &Report, level: Level, confidence: Confidence) -> String {
    let summary = &report.summary;
    let mut text = unread(report);
    if let Some(tally) = &summary.log {
        text.push_str(&log(tally));
    }
    if summary.files > 0 || summary.log.is_none() {
        text.push_str(&format!(
            "{}, target {}, {}: ",
            count(summary.files, "file"),
            target(&report.target),
            hops(summary.hops)
        ));
    }
    let parts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info")];
    let found: Vec<_> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(n, word)| count(*n, word)).collect();
    text.push_str(if found.is_empty() { "no findings" } else { "" });
    text.push_str(&found.join(", "));
    if summary.fixable > 0 {
        text.push_str(&format!(" ({} with a safe fix)", summary.fixable));
    }
    if summary.known > 0 {
        text.push_str(&format!("; {} in the baseline", summary.known));
    }
    if summary.hidden > 0 {
        text.push_str(&format!("; {} hidden below --min-level {level}", summary.hidden));
        if confidence > Confidence::Likely {
            text.push_str(&format!(" or --min-confidence {confidence}"));
        }
    }
    text
}

/// `5 hops (3 proven, 1 likely, 1 unknown)`.
pub(super) fn hops(tally: HopTally) -> String {
    let HopTally { proven, likely, unknown } = tally;
    let parts = [(proven, "proven"), (likely, "likely"), (unknown, "unknown")];
    let known: Vec<_> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    match proven + likely + unknown {
        0 => "no hops".into(),
        all => format!("{} ({})", count(all, "hop"), known.join(", ")),
    }
}

/// The target with where it comes from.
pub(super) fn target(target: &TargetRow) -> String {
    let flavor = match target.flavor {
        Flavor::Nginx => String::new(),
        other => format!("{other} "),
    };
    let origin = target.origin.as_deref().map(visible);
    let origin = match (target.assumed, origin) {
        (true, None) => " (assumed; set nginx-version to be exact)".into(),
        (true, Some(origin)) => format!(" ({origin}; set nginx-version to be exact)"),
        (false, Some(origin)) => format!(" ({origin})"),
        (false, None) => String::new(),
    };
    format!("{flavor}{}{origin}", versions(&target.versions))
}

/// A range that ends at the newest release, or before it, as people write it.
fn versions(set: &VersionSet) -> String {
    match set.ranges() {
        [range] if range.until == Some(NEWEST.next()) && range.since != NEWEST => {
            format!("{} – {NEWEST}", range.since)
        }
        _ => set.to_string(),
    }
}

/// What an error log holds beside the lines of findings, and how much it holds.
fn log(tally: &LogTally) -> String {
    let mut text = String::new();
    for row in tally.ordinary.iter().take(ORDINARY) {
        // What a message begins with may end in the middle of it.
        let begin = row.text.trim_end_matches([' ', '"', ':']);
        let perhaps = match row.perhaps.as_slice() {
            [] => String::new(),
            names if names.len() > PERHAPS => {
                format!(" (or one of {} mismatches: ngxlint explain '{begin}')", names.len())
            }
            names => format!(" (or is it `{}`?)", names.join("`, `")),
        };
        let (fault, meaning) = (row.fault, row.meaning);
        let line = format!("{} × `{begin}`, {fault} fault: {meaning}{perhaps}\n", row.count);
        text.push_str(&line);
    }
    if let Some(more) = tally.ordinary.get(ORDINARY..).filter(|more| !more.is_empty()) {
        let lines: u64 = more.iter().map(|row| row.count).sum();
        text.push_str(&format!("{lines} × others that speak of no mismatch\n"));
    }
    let ordinary: u64 = tally.ordinary.iter().map(|row| row.count).sum();
    let parts = [
        (tally.diagnosed, "diagnosed"),
        (ordinary, "of no mismatch"),
        (tally.unknown, "unknown"),
        (tally.foreign, "not of nginx"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts.map(|(number, what)| format!("{number} {what}")).collect();
    let lines = count(tally.lines as usize, "line");
    match parts.as_slice() {
        [] => text + &lines + ", ",
        parts => text + &format!("{lines} ({}), ", parts.join(", ")),
    }
}

fn unread(report: &Report) -> String {
    let unread = &report.summary.unread;
    if unread.is_empty() {
        return String::new();
    }
    let named: Vec<_> = unread.iter().take(NAMED).map(|name| visible(name)).collect();
    let more = match unread.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("not read: {}{more}\n", named.join(", "))
}

/// So many unread files are named.
const NAMED: usize = 5;
/// So many rules are named that may be behind such a line all the same.
const PERHAPS: usize = 3;
/// So many kinds of lines of no mismatch are named.
const ORDINARY: usize = 8;
