//! `ngxlint check --fix` and `--diff`.

use std::process::ExitCode;

use clap::Args;

use super::check::Findings;
use super::option::Talk;
use super::{Failure, guard, output, progress};
use crate::fix::{self, Changed, Fixed};
use crate::project::{self, Request};
use crate::report::{count, visible, visible_path};
use crate::source::Disk;

/// What to do with fixes.
#[derive(Args)]
#[command(next_help_heading = "Fixes")]
pub(super) struct Fixing {
    /// Apply the fixes that are safe, in the files that are reported
    #[arg(long)]
    fix: bool,
    /// Show as a diff what would be fixed, and write nothing
    #[arg(long, conflicts_with_all = ["fix", "statistics"])]
    diff: bool,
    /// With --fix or --diff: also apply fixes that guess what was meant
    #[arg(long)]
    unsafe_fixes: bool,
}

impl Fixing {
    /// Whether anything is to be done with fixes.
    pub(super) fn is_asked_for(&self) -> Result<bool, Failure> {
        if self.unsafe_fixes && !(self.fix || self.diff) {
            return Err(Failure::new("`--unsafe-fixes` needs `--fix` or `--diff`"));
        }
        Ok(self.fix || self.diff)
    }

    /// Fixes what is found, and reports what is left.
    pub(super) fn run(
        &self,
        findings: Findings,
        request: &Request,
        talk: &Talk,
    ) -> Result<ExitCode, Failure> {
        if self.diff {
            findings.has_no_format("--diff")?;
        }
        findings.can_be_written()?;
        let fixed = project::fix(&Disk, request, self.unsafe_fixes);
        progress::clear();
        let fixed = fixed.map_err(Failure::new)?;
        guard::spare(request, &fixed.report, talk)?;
        if self.diff {
            return diff(&fixed, talk, self);
        }
        if let Some(stdin) = &request.stdin {
            if !request.paths.is_empty() {
                return Err(Failure::new("`--fix` mends standard input or files, not both"));
            }
            let after = fixed.changed.iter().find(|one| one.path == stdin.name);
            let bytes = after.map_or(stdin.bytes.as_slice(), |one| &*one.after);
            output::give(talk.file(), |out| out.write_all(bytes))?;
            self.tell(&fixed, talk);
            output::skipped(&fixed.report.summary.skipped, talk.quiet);
            return Ok(findings.write_aside(&fixed.report, talk));
        }
        write(&fixed.changed)?;
        self.tell(&fixed, talk);
        findings.write(&fixed.report, &request.policy, talk)
    }

    /// Says what was fixed, and what is left that could be.
    fn tell(&self, fixed: &Fixed, talk: &Talk) {
        if talk.quiet {
            return;
        }
        for one in &fixed.applied {
            let path = visible_path(&one.path);
            output::say(&format!("fixed: {path}: {} [{}]", one.message, one.rule));
        }
        for one in &fixed.withheld {
            let (path, rule) = (visible_path(&one.path), one.rule);
            output::say(&format!(
                "not fixed: {path}: the edit would change more than it says [{rule}]"
            ));
        }
        let more = fix::unsafely_fixable(&fixed.report);
        if more > 0 && !self.unsafe_fixes {
            output::say(&format!("{more} more could be fixed with --unsafe-fixes"));
        }
    }
}

/// Writes the files. Each is whole at any time; those that were written before one fails stay so.
fn write(changed: &[Changed]) -> Result<(), Failure> {
    for (index, one) in changed.iter().enumerate() {
        Disk.replace(&one.path, &one.before, &one.after).map_err(|error| {
            let written: Vec<_> =
                changed.iter().take(index).map(|one| visible_path(&one.path)).collect();
            let written = match written.as_slice() {
                [] => "nothing was written".into(),
                files => format!("written before: {}", files.join(", ")),
            };
            Failure::new(format!("{}: {error}; {written}", visible_path(&one.path)))
        })?;
    }
    Ok(())
}

/// Shows what would be changed. A terminal gets it made visible, a file byte for byte.
fn diff(fixed: &Fixed, talk: &Talk, fixing: &Fixing) -> Result<ExitCode, Failure> {
    let raw = talk.file().is_some() || !output::is_terminal();
    output::give(talk.file(), |out| {
        for one in &fixed.changed {
            if raw {
                fix::diff(out, one)?;
                continue;
            }
            let mut text = Vec::new();
            fix::diff(&mut text, one)?;
            for line in String::from_utf8_lossy(&text).lines() {
                writeln!(out, "{}", visible(line))?;
            }
        }
        Ok(())
    })?;
    output::skipped(&fixed.report.summary.skipped, talk.quiet);
    if !talk.quiet {
        let files = count(fixed.changed.len(), "file");
        let more = fix::unsafely_fixable(&fixed.report);
        let left = match more {
            0 => String::new(),
            _ if fixing.unsafe_fixes => String::new(),
            more => format!("; {more} more with --unsafe-fixes"),
        };
        let fixes = fixed.applied.len();
        output::say(&format!("{fixes} would be fixed in {files}{left}"));
    }
    Ok(ExitCode::from(u8::from(!fixed.changed.is_empty())))
}
