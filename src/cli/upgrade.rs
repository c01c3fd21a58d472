//! `ngxlint upgrade`.

use std::process::ExitCode;

use clap::Args;

use super::Failure;
use super::check::Findings;
use super::option::{Configuration, Paths, Place, Talk, request};
use crate::nginx::VersionSet;
use crate::nginx::version::NEWEST;
use crate::project::{self, BaselineChoice, Upgrade};

/// Show what changes for a configuration between two releases of nginx.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,
    /// The release that runs now: `1.28`, `1.28.1`, or a range
    #[arg(long, value_name = "VERSION", help_heading = "Target")]
    from: VersionSet,
    /// The release that is to run [default: the newest that is known]
    #[arg(long, value_name = "VERSION", help_heading = "Target")]
    to: Option<VersionSet>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    findings: Findings,
    #[command(flatten)]
    configuration: Configuration,
    #[command(flatten)]
    talk: Talk,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { paths, from, to, place, findings, configuration, talk } = arguments;
    let to = to.unwrap_or_else(|| VersionSet::exactly(NEWEST));
    let upgrade = Some(Upgrade::new(from, to).map_err(Failure::new)?);
    let request = request(paths, place, configuration, &talk)?;
    let baseline = BaselineChoice::None;
    findings.give(project::Request { upgrade, baseline, ..request }, &talk)
}

const EXAMPLES: &str = "\
Shown is what the newer release says of the configuration and the older does not: directives that
are gone or on their way out, connections that break; and what changes without a word: passes and
directives that rely on a default or a meaning that is another there, with the way to keep the old.

Exit status:
  0  nothing at or above --fail-on changes
  1  something does
  2  a bad option, bad settings, or a PATH that cannot be read

Examples:
  ngxlint upgrade --from 1.28 --to 1.31 nginx.conf
  ngxlint upgrade --from 1.22.1 --output-format json /etc/nginx/nginx.conf";
