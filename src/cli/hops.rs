//! `ngxlint hops`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::check::NOTHING;
use super::option::{Configuration, Paths, Talk, Target, request};
use super::{Failure, guard, output, progress};
use crate::project::{self, BaselineChoice};
use crate::report;
use crate::source::Disk;

/// Show every connection that nginx opens.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    configuration: Configuration,
    /// How to write the hops
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    output_format: Format,
    #[command(flatten)]
    talk: Talk,
}

/// How to write the hops.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table, for people
    #[default]
    Text,
    /// One document, for programs
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { paths, target, configuration, output_format, talk } = arguments;
    let Target { place, nginx_version } = target;
    let request = request(paths, place, configuration, &talk)?;
    let request =
        project::Request { nginx_version, hops: true, baseline: BaselineChoice::None, ..request };
    let report = project::check(&Disk, &request);
    progress::clear();
    let report = report.map_err(Failure::new)?;
    guard::spare(&request, &report, &talk)?;
    let nothing = report.summary.files == 0;
    output::give(talk.file(), |out| match output_format {
        Format::Json => report::hops_json(out, &report),
        Format::Text if nothing => Ok(()),
        Format::Text => report::hops(out, &report, output::look(&talk)),
    })?;
    if nothing {
        output::say(NOTHING);
    } else if report.summary.errors > 0 && !talk.quiet {
        output::say("note: the configuration has errors, which `ngxlint check` shows");
    }
    output::skipped(&report.summary.skipped, talk.quiet);
    output::unknown_release(&report, &talk);
    output::files(&report, &talk);
    Ok(ExitCode::SUCCESS)
}

const EXAMPLES: &str = "\
A hop is a place where nginx opens a connection. For each: the directive, what is spoken there and
what decides that, and every peer with what it takes, whether the two agree, and how that is known.

Examples:
  ngxlint hops nginx.conf
  ngxlint hops --output-format json | jq '.hops[] | select(.peers[].verdict == \"mismatch\")'";
