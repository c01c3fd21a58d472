//! `ngxlint check --baseline` and `--write-baseline`.

use std::path::PathBuf;

use clap::Args;

use super::option::Talk;
use super::{Failure, output};
use crate::diagnostic::Report;
use crate::project::BaselineChoice;
use crate::report::{count, visible_path};

/// Which findings are known already.
#[derive(Args)]
#[command(next_help_heading = "Baseline")]
pub(super) struct Known {
    /// Do not report what this file says was there before; replaces `baseline` of the settings
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found to this file instead of reporting it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "fix", "diff", "show_files"])]
    write_baseline: Option<PathBuf>,
}

impl Known {
    /// Which of them are meant.
    pub(super) fn choice(&self) -> Result<BaselineChoice, Failure> {
        Ok(match (&self.write_baseline, &self.baseline) {
            (Some(path), _) if path.as_os_str() == "-" => {
                return Err(Failure::new("`--write-baseline` needs the name of a file, not `-`"));
            }
            (Some(path), _) => BaselineChoice::Write(path.clone()),
            (None, Some(path)) => BaselineChoice::File(path.clone()),
            (None, None) => BaselineChoice::Settings,
        })
    }
}

/// Writes the new baseline, if one is asked for.
pub(super) fn write(choice: &BaselineChoice, report: &Report, talk: &Talk) -> Result<(), Failure> {
    let (BaselineChoice::Write(path), Some(text)) = (choice, &report.baseline) else {
        return Ok(());
    };
    let before = output::read_settings(path)?;
    if before.as_ref() != Some(text) {
        output::write_settings(path, before.as_deref(), text)?;
    }
    if !talk.quiet {
        let findings = count(report.summary.known, "finding");
        output::say(&format!("{findings} written to {}", visible_path(path)));
    }
    Ok(())
}

/// Says what a baseline knows and is not found any more. It decides nothing: what was mended breaks
/// no build.
pub(super) fn stale(report: &Report, talk: &Talk) {
    let stale = &report.summary.stale;
    if talk.quiet || stale.is_empty() {
        return;
    }
    for sentence in stale.iter().take(NAMED) {
        output::say(&format!("note: {sentence}"));
    }
    if stale.len() > NAMED {
        output::say(&format!("note: {} more are not found any more", stale.len() - NAMED));
    }
    output::say("note: `--write-baseline` writes it anew without them");
}

/// So many are named.
const NAMED: usize = 10;
