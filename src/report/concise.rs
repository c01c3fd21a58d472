//! The GCC shape, one line a finding: what vim, emacs, CI log viewers and problem matchers read.

use std::io::{self, Write};

use super::place::Places;
use super::text::{finished, visible};
use crate::diagnostic::{Level, Report};

/// Writes `path:line:column: error|warning|note: message [rule-name]` for each finding. Colour
/// goes around the whole line, where the matchers of CI systems take it.
///
/// # Errors
/// What the writer says.
pub fn concise(out: &mut dyn Write, report: &Report, color: bool) -> io::Result<()> {
    let places = Places::new(&report.sources);
    for diagnostic in &report.diagnostics {
        let (word, code) = match diagnostic.level {
            Level::Error => ("error", "31"),
            Level::Warning => ("warning", "33"),
            Level::Info | Level::Allow => ("note", "36"),
        };
        let (start, end) = match color {
            true => (format!("\x1b[{code}m"), "\x1b[0m"),
            false => (String::new(), ""),
        };
        let place = places.show(diagnostic.at);
        let message = visible(&diagnostic.message);
        let line = format!("{place}: {word}: {message} [{}]", diagnostic.rule);
        writeln!(out, "{start}{}{end}", finished(&line))?;
    }
    Ok(())
}
