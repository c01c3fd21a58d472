//! `--statistics`: how often each rule found something.

use super::format::Format;
use super::option::Talk;
use super::{Failure, output};
use crate::diagnostic::Report;
use crate::report;

/// Writes how often each rule found something; `summary` stands below what is for people.
pub(super) fn write(
    report: &Report,
    format: Format,
    summary: &str,
    talk: &Talk,
) -> Result<(), Failure> {
    let json = match format {
        Format::Json => true,
        Format::Full | Format::Concise => false,
        _ => return Err(Failure::new("`--statistics` is written as full, concise or json")),
    };
    let something = report.summary.files > 0 || report.summary.log.is_some();
    let below = something && !talk.quiet;
    output::give(talk.file(), |out| match json {
        true => report::statistics_json(out, report),
        false => {
            report::statistics(out, report)?;
            if below { writeln!(out, "{summary}") } else { Ok(()) }
        }
    })
}
