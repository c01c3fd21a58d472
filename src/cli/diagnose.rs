//! `ngxlint diagnose`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::check::Findings;
use super::option::{Configuration, Paths, Talk, Target, request};
use super::{Failure, backend, guard, interrupt, output, progress};
use crate::diagnostic::Report;
use crate::project::{self, BaselineChoice, Log};
use crate::source::Disk;

/// Find what is behind the lines of an error log.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Error logs, also those that gzip compressed; `-` is standard input [default: standard input]
    #[arg(value_name = "ERROR_LOG")]
    logs: Vec<PathBuf>,
    /// Add what the logs prove of peers to `ngxlint.toml`, as `[[backend]]`
    #[arg(long)]
    write_backends: bool,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    findings: Findings,
    #[command(flatten)]
    configuration: Configuration,
    #[command(flatten)]
    talk: Talk,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { mut logs, write_backends, target, findings, configuration, talk } = arguments;
    let Target { place, nginx_version } = target;
    let request = request(Paths::default(), place, configuration, &talk)?;
    if logs.is_empty() {
        if std::io::stdin().is_terminal() {
            return Err(Failure::new(
                "there is no log to read: name an ERROR_LOG, or `-` for standard input",
            ));
        }
        logs.push(PathBuf::from("-"));
    }
    let names = logs.clone();
    interrupt::ends_input();
    let opened: Result<Vec<_>, Failure> = logs.into_iter().map(open).collect();
    let policy = findings.policy_for_logs();
    let baseline = BaselineChoice::None;
    let request =
        project::Request { nginx_version, policy, baseline, needs_root: write_backends, ..request };
    let diagnosis = project::diagnose(&Disk, &request, opened?);
    progress::clear();
    let diagnosis = diagnosis.map_err(Failure::new)?;
    let sources = diagnosis.report.sources.iter().map(|(_, source)| source.name.as_path());
    let read = sources.chain(names.iter().map(PathBuf::as_path));
    guard::spare_all(&request, read, &talk)?;
    if let Some(tally) = &diagnosis.report.summary.log {
        for broken in &tally.broken {
            output::say(&format!("warning: {broken}; what was read before counts"));
        }
        for name in &tally.foreign_logs {
            output::say(&format!("warning: {name}: not one line is of an error log of nginx"));
        }
    }
    let exit = findings.write(&diagnosis.report, &request.policy, &talk)?;
    let Report { summary, diagnostics, .. } = &diagnosis.report;
    if summary.files == 0 && !diagnostics.is_empty() && !talk.quiet {
        output::say("with a configuration (--root FILE) each line leads to the directive at fault");
    }
    if write_backends {
        backend::write(&diagnosis.learned, &talk)?;
    }
    Ok(exit)
}

fn open(path: PathBuf) -> Result<Log<'static>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Log { name: path, input: Box::new(std::io::stdin()) });
    }
    let file = output::open(&path)?;
    Ok(Log { name: path, input: Box::new(interrupt::Ended(file)) })
}

const EXAMPLES: &str = "\
With a configuration (--root, or `roots` of the settings) each line leads to the directive at fault.
Without one the text of the line is all there is. A pipe is read to its end; Ctrl-C ends it.

Exit status:
  0  nothing at or above --fail-on was found
  1  something was
  2  a bad option, bad settings, or a log or a configuration that cannot be read

Examples:
  ngxlint diagnose --root /etc/nginx/nginx.conf /var/log/nginx/error.log*
  docker logs web 2>&1 | ngxlint diagnose --root nginx.conf
  timeout 300 tail -F error.log | ngxlint diagnose --root nginx.conf --output-format json";
