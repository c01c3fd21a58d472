//! What holds of every error log that is read.

use std::io::Read;

use ngxlint::diagnostic::LogTally;
use ngxlint::errorlog::{self, Line};
use ngxlint::project::{self, Diagnosis, Log};

use super::fix::Case;
use super::{hold, report};

/// The laws of a log, read whole and in pieces of that size, where lines may come from that
/// configuration; of size 0, of single bytes, it is explained too.
///
/// # Errors
/// The law that it breaks.
pub(crate) fn laws(case: &Case, log: &[u8], piece: usize) -> Result<(), String> {
    let Ok(whole) = diagnosis(case, log, usize::MAX) else { return Ok(()) };
    let pieces = diagnosis(case, log, piece)?;
    let shown = |one: &Diagnosis| {
        let report = &one.report;
        let found = report.diagnostics.iter().map(|one| (one.rule, one.message.clone(), one.at));
        (found.collect::<Vec<_>>(), report.summary.log.clone(), one.learned.clone())
    };
    hold(shown(&whole) == shown(&pieces), || "pieces of a log say something else".into())?;
    report::laws(&whole.report)?;
    let tally = whole.report.summary.log.as_ref().ok_or("no log was read")?;
    let is_packed = log.starts_with(&[0x1f, 0x8b]);
    let ends = log.iter().filter(|byte| **byte == b'\n').count() as u64;
    let lines = ends + u64::from(log.last().is_some_and(|byte| *byte != b'\n'));
    hold(is_packed || tally.lines == lines, || format!("{} of {lines} lines", tally.lines))?;
    // A line that another broke into counts as both; each has the `#` of its process and thread.
    let records = lines + log.iter().filter(|byte| **byte == b'#').count() as u64;
    hold(is_packed || counted(tally) <= records, || {
        format!("more than {} lines: {tally:?}", tally.lines)
    })?;
    hold(is_packed || tally.broken.is_empty(), || format!("{:?}", tally.broken))?;
    each_line(log);
    if piece == 0 {
        // What people paste is short; the pages are read for each.
        project::explain(&String::from_utf8_lossy(&log[..log.len().min(EXPLAINED)]));
    }
    Ok(())
}

/// The lines that are counted as something.
fn counted(tally: &LogTally) -> u64 {
    let ordinary: u64 = tally.ordinary.iter().map(|row| row.count).sum();
    tally.diagnosed + ordinary + tally.unknown + tally.foreign
}

fn diagnosis(case: &Case, log: &[u8], piece: usize) -> Result<Diagnosis, String> {
    let input = Box::new(Pieces { rest: log, size: piece.max(1) });
    let log = Log { name: "error.log".into(), input };
    let diagnosis = project::diagnose(&case.memory(), &case.request, vec![log]);
    diagnosis.map_err(|error| error.to_string())
}

/// A line may be asked for anything.
fn each_line(log: &[u8]) {
    for text in log.split(|byte| *byte == b'\n').take(LINES) {
        errorlog::tell(text);
        if let Some(line) = Line::parse(text) {
            let _ = (line.scheme(), line.peer(), line.target(), line.place());
            errorlog::ordinary_cause(&line);
        }
    }
}

/// Gives a text in pieces of that size.
struct Pieces<'t> {
    rest: &'t [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let piece = self.size.min(self.rest.len()).min(buffer.len());
        let (now, rest) = self.rest.split_at(piece);
        buffer[..piece].copy_from_slice(now);
        self.rest = rest;
        Ok(piece)
    }
}

/// So many lines are taken apart one by one.
const LINES: usize = 32;
/// So many bytes are explained.
const EXPLAINED: usize = 500;
