//! The code quality report of GitLab.

use std::io::{self, Write};

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::json::write_document;
use super::place::Places;
use super::repository::Repository;
use super::text::visible;
use crate::diagnostic::{Level, Report};
use crate::source::Position;

/// Writes the findings.
///
/// # Errors
/// What the writer says.
pub fn gitlab(out: &mut dyn Write, report: &Report, repository: &Repository<'_>) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let known_by = fingerprints(report, &places, repository);
    let issue = |(diagnostic, fingerprint): (&crate::diagnostic::Diagnostic, _)| {
        let path = repository.path(places.path(diagnostic.at.source));
        let [begin, end] = places.ends(diagnostic.at).map(Point::of);
        Issue {
            // GitLab shows no `check_name`.
            description: format!("{}: {}", diagnostic.rule, visible(&diagnostic.message)),
            check_name: diagnostic.rule,
            fingerprint,
            severity: match diagnostic.level {
                Level::Error => "critical",
                Level::Warning => "minor",
                Level::Info | Level::Allow => "info",
            },
            location: Place {
                path: path.to_string_lossy().into_owned(),
                positions: Positions { begin, end },
            },
        }
    };
    let issues: Vec<_> = report.diagnostics.iter().zip(known_by).map(issue).collect();
    write_document(out, &issues)
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

impl Point {
    fn of(Position { line, column }: Position) -> Self {
        Self { line, column }
    }
}
