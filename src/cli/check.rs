//! `ngxlint check`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::fix::Fixing;
use super::format::Format;
use super::option::{
    Configuration, Levels, Name, Paths, Talk, Target, confidences, levels, request,
};
use super::{Failure, baseline, guard, output, progress, statistics};
use crate::diagnostic::{Confidence, Level, Report};
use crate::engine::Policy;
use crate::project;
use crate::report;
use crate::source::Disk;

/// Check configurations.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    findings: Findings,
    #[command(flatten)]
    known: baseline::Known,
    #[command(flatten)]
    fixing: Fixing,
    #[command(flatten)]
    configuration: Configuration,
    /// List the files that would be checked, and check nothing
    #[arg(long, help_heading = "Output", conflicts_with_all = ["fix", "diff", "statistics", "baseline", "write_baseline"])]
    show_files: bool,
    #[command(flatten)]
    talk: Talk,
}

/// Which findings there are to be, and how they are written.
#[derive(Args)]
pub(super) struct Findings {
    #[command(flatten)]
    selection: Selection,
    /// How to write what was found
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    output_format: Format,
    /// Show how often each rule found something instead of what it found
    #[arg(long, help_heading = "Output")]
    statistics: bool,
}

/// Which findings there are to be, and which of them count.
#[derive(Args)]
#[command(next_help_heading = "Rules")]
struct Selection {
    /// Run only these
    #[arg(long, value_name = "NAME|CATEGORY", value_delimiter = ',', value_parser = Name { categories: true }, hide_possible_values = true)]
    select: Vec<String>,
    /// Do not run these
    #[arg(long, value_name = "NAME|CATEGORY", value_delimiter = ',', value_parser = Name { categories: true }, hide_possible_values = true)]
    ignore: Vec<String>,
    #[command(flatten)]
    levels: Levels,
    /// Hide what is below this level [default: warning, for logs info, or what `--fail-on`
    /// needs]
    #[arg(long, value_name = "LEVEL", value_parser = levels())]
    min_level: Option<Level>,
    /// Hide what is less sure
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidences(), default_value = "likely")]
    min_confidence: Confidence,
    /// Exit with 1 if something of this level or above is shown
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t)]
    fail_on: FailOn,
}

/// What makes the exit 1.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    #[default]
    Warning,
    /// Everything; implies `--min-level info`
    Info,
    /// Nothing
    Never,
}

impl FailOn {
    fn by(self, level: Level) -> bool {
        match self {
            Self::Error => level >= Level::Error,
            Self::Warning => level >= Level::Warning,
            Self::Info => level >= Level::Info,
            Self::Never => false,
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { paths, target, findings, known, fixing, configuration, show_files, talk } =
        arguments;
    let Target { place, nginx_version } = target;
    let request = request(paths, place, configuration, &talk)?;
    let request = project::Request { nginx_version, baseline: known.choice()?, ..request };
    if show_files {
        findings.has_no_format("--show-files")?;
        return list(&request, &talk);
    }
    if fixing.is_asked_for()? {
        let policy = findings.selection.policy(Level::Warning);
        return fixing.run(findings, &project::Request { policy, ..request }, &talk);
    }
    findings.give(request, &talk)
}

impl Findings {
    /// Checks what is asked for, writes what was found, and says how to exit.
    pub(super) fn give(self, request: project::Request, talk: &Talk) -> Result<ExitCode, Failure> {
        let policy = self.selection.policy(Level::Warning);
        let request = project::Request { policy, ..request };
        let report = project::check(&Disk, &request);
        progress::clear();
        let report = report.map_err(Failure::new)?;
        guard::spare(&request, &report, talk)?;
        let exit = self.write(&report, &request.policy, talk)?;
        baseline::write(&request.baseline, &report, talk)?;
        Ok(exit)
    }

    /// Refuses a format where what that option asks for has but one.
    pub(super) fn has_no_format(&self, option: &str) -> Result<(), Failure> {
        match self.output_format {
            Format::Full => Ok(()),
            _ => Err(Failure::new(format!("`{option}` cannot be used with `--output-format`"))),
        }
    }

    /// Refuses a format in which what is asked for is not written, before a file is changed.
    pub(super) fn can_be_written(&self) -> Result<(), Failure> {
        if self.statistics { statistics::is_json(self.output_format).map(drop) } else { Ok(()) }
    }

    /// What to run and to show where logs are read: somebody asked what their lines mean.
    pub(super) fn policy_for_logs(&self) -> Policy {
        self.selection.policy(Level::Info)
    }

    /// Says what was found where standard output is taken, and how to exit.
    pub(super) fn write_aside(self, report: &Report, talk: &Talk) -> ExitCode {
        let mut lines = Vec::new();
        // Memory takes whatever is written.
        let _ = report::concise(&mut lines, report, false);
        if !talk.quiet {
            String::from_utf8_lossy(&lines).lines().for_each(output::say);
        }
        self.selection.exit(report)
    }

    /// Writes what was found, and says how to exit.
    pub(super) fn write(
        self,
        report: &Report,
        policy: &Policy,
        talk: &Talk,
    ) -> Result<ExitCode, Failure> {
        let Self { selection, output_format: format, statistics } = self;
        let summary = report::summary(report, policy.min_level, policy.min_confidence);
        if statistics {
            statistics::write(report, format, &summary, talk)?;
        } else {
            output::give(talk.file(), |out| format.write(out, report, &summary, talk))?;
        }
        // What is written to a file is shown, too.
        if talk.file().is_some() && !statistics && !talk.quiet {
            output::give(None, |out| Format::Concise.write(out, report, &summary, talk))?;
        }
        if report.summary.files == 0 && report.summary.log.is_none() {
            output::say(NOTHING);
        } else if format.is_lines(talk) && !statistics && !talk.quiet {
            summary.lines().for_each(output::say);
        }
        if !statistics {
            format.say_left_out(report);
        }
        output::skipped(&report.summary.skipped, talk.quiet);
        output::unknown_release(report, talk);
        baseline::stale(report, talk);
        output::files(report, talk);
        Ok(selection.exit(report))
    }
}

/// Lists the files that would be checked: made visible for a terminal, else byte for byte.
fn list(request: &project::Request, talk: &Talk) -> Result<ExitCode, Failure> {
    let files = project::files(&Disk, request);
    progress::clear();
    let project::Listing { files, skipped } = files.map_err(Failure::new)?;
    guard::spare_all(request, files.iter().map(PathBuf::as_path), talk)?;
    let raw = talk.file().is_some() || !output::is_terminal();
    output::give(talk.file(), |out| {
        files.iter().try_for_each(|file| match raw {
            true => {
                out.write_all(file.as_os_str().as_encoded_bytes())?;
                out.write_all(b"\n")
            }
            false => writeln!(out, "{}", report::visible_path(file)),
        })
    })?;
    output::skipped(&skipped, talk.quiet);
    if files.is_empty() {
        output::say(NOTHING);
    }
    Ok(ExitCode::SUCCESS)
}

impl Selection {
    fn exit(&self, report: &Report) -> ExitCode {
        let failed = report.diagnostics.iter().any(|diagnostic| self.fail_on.by(diagnostic.level));
        ExitCode::from(u8::from(failed))
    }

    /// What is asked for; `level`: what is shown at least, where nobody says so.
    fn policy(&self, level: Level) -> Policy {
        let implied = if self.fail_on == FailOn::Info { Level::Info } else { level };
        Policy {
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            levels: self.levels.0.clone(),
            min_level: self.min_level.unwrap_or(implied),
            min_confidence: self.min_confidence,
            ..Policy::default()
        }
    }
}

pub(super) const NOTHING: &str =
    "nothing to lint: no nginx configuration is there, or all of it is excluded";

const EXAMPLES: &str = "\
Exit status:
  0  nothing at or above --fail-on was found
  1  something was
  2  a bad option, bad settings, or a PATH that cannot be read

Examples:
  ngxlint check                                  what is below the current directory
  ngxlint check nginx.conf                       one configuration with all it includes
  ngxlint check conf.d/site.conf                 a part, seen from the root that includes it
  ngxlint check --nginx-version '>=1.22, <1.26'  for some releases only
  nginx -T 2>/dev/null | ngxlint check -         what a running machine would load";
