//! The diagnostic format of reviewdog. Its columns count bytes of UTF-8, its messages become Markdown
//! in comments.

use std::io::{self, Write};

use serde::Serialize;

use super::json::write_document;
use super::place::Places;
use super::text::{markdown, told, visible, web};
use crate::diagnostic::{Diagnostic, Fix, Level, Report};
use crate::nginx::VersionSet;
use crate::source::{Location, Position, Span};

/// Writes the findings.
///
/// # Errors
/// What the writer says.
pub fn rdjson(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let home = env!("CARGO_PKG_REPOSITORY");
    let document = Document {
        source: Named { name: env!("CARGO_PKG_NAME"), url: web(home) },
        diagnostics: report.diagnostics.iter().map(|one| finding(one, report, &places)).collect(),
    };
    write_document(out, &document)
}

fn finding<'r>(diagnostic: &'r Diagnostic, report: &'r Report, places: &Places<'_>) -> Finding<'r> {
    let url = report.card(diagnostic.rule).and_then(|card| web(&card.url));
    let suggestions = diagnostic.fixes.iter();
    let target = &report.target.versions;
    let related = diagnostic.labels.iter().map(|label| Related {
        message: markdown(&visible(&label.message)),
        location: Place::of(label.at, places),
    });
    Finding {
        message: markdown(&told(diagnostic)),
        location: Place::of(diagnostic.at, places),
        severity: match diagnostic.level {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Info | Level::Allow => "INFO",
        },
        code: Code { value: diagnostic.rule, url },
        suggestions: suggestions.filter_map(|fix| suggestion(fix, target, places)).collect(),
        related_locations: related.collect(),
    }
}

/// A fix as one replacement, which can be accepted alone: that of all from its first edit to its
/// last. Fixes of several files have none.
fn suggestion(fix: &Fix, target: &VersionSet, places: &Places<'_>) -> Option<Suggestion> {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.at.span);
    let first = edits.first()?;
    let source = first.at.source;
    if !fix.is_right_in(target) || edits.iter().any(|edit| edit.at.source != source) {
        return None;
    }
    let (mut text, mut from) = (Vec::new(), first.at.span.start);
    for edit in &edits {
        let kept = Span { start: from, end: edit.at.span.start.max(from) };
        text.extend_from_slice(places.text(Location::new(source, kept)));
        text.extend_from_slice(edit.text.as_bytes());
        from = edit.at.span.end;
    }
    let whole = Location::new(source, Span { start: first.at.span.start, end: from });
    // What is no UTF-8 cannot be kept in a document.
    let text = String::from_utf8(text).ok()?;
    Some(Suggestion { range: Range::of(whole, places), text })
}

#[derive(Serialize)]
struct Document<'r> {
    source: Named<'r>,
    diagnostics: Vec<Finding<'r>>,
}

#[derive(Serialize)]
struct Named<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'r str>,
}

#[derive(Serialize)]
struct Finding<'r> {
    message: String,
    location: Place,
    severity: &'static str,
    code: Code<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'r str>,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    range: Range,
}

impl Place {
    fn of(at: Location, places: &Places<'_>) -> Self {
        let path = places.path(at.source).to_string_lossy().into_owned();
        Self { path, range: Range::of(at, places) }
    }
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

impl Range {
    fn of(at: Location, places: &Places<'_>) -> Self {
        let point = |Position { line, column }| Point { line, column };
        let [start, end] = places.ends_in_bytes(at).map(point);
        Self { start, end }
    }
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}
