//! Workflow commands, of which GitHub makes annotations, and the lines of `concise`: of the
//! annotations of a step it shows only ten of each level.

use std::io::{self, Write};

use super::concise::concise;
use super::place::Places;
use super::repository::Repository;
use super::text::{told, visible_path};
use crate::diagnostic::{Level, Report};

/// Writes a command for each finding, then a line for each.
///
/// # Errors
/// What the writer says.
pub fn github(out: &mut dyn Write, report: &Report, repository: &Repository<'_>) -> io::Result<()> {
    let places = Places::new(&report.sources);
    for diagnostic in &report.diagnostics {
        let command = match diagnostic.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info | Level::Allow => "notice",
        };
        let title = format!("ngxlint ({})", diagnostic.rule);
        let file = visible_path(&repository.path(places.path(diagnostic.at.source)));
        let [start, end] = places.ends(diagnostic.at);
        write!(out, "::{command} title={title},file={},line={}", property(&file), start.line)?;
        write!(out, ",endLine={}", end.line)?;
        // Columns are refused where there are several lines.
        if start.line == end.line {
            write!(out, ",col={},endColumn={}", start.column, end.column)?;
        }
        writeln!(out, "::{}", data(&told(diagnostic)))?;
    }
    concise(out, report, false)
}

/// What stands behind a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
