//! `--statistics`: how often each rule found something.

use super::format::Format;
use super::option::Talk;
use super::{Failure, output};
use crate::diagnostic::Report;
use crate::report;

/// Whether that format is for programs; an error where the statistics are not written in it.
pub(super) fn is_json(format: Format) -> Result<bool, Failure> {
    match format {
        Format::Json => Ok(true),
        Format::Full | Format::Concise => Ok(false),
        _ => Err(Failure::new("`--statistics` is written as full, concise or json")),
    }
}

/// Writes how often each rule found something; `summary` stands below what is for people.
pub(super) fn write(
    report: &Report,
    format: Format,
    summary: &str,
    talk: &Talk,
) -> Result<(), Failure> {
    let json = is_json(format)?;
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
