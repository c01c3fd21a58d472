//! `ngxlint config`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::option::{Configuration, Levels, Paths, Talk, Target, request};
use super::{Failure, output};
use crate::diagnostic::Card;
use crate::project;
use crate::report;
use crate::rules;
use crate::settings;
use crate::source::Disk;

/// Show the settings in force, and where each comes from.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The configuration, the part of one, or the directory whose settings are meant
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Print the JSON Schema of the settings file instead
    #[arg(long, exclusive = true)]
    schema: bool,
    #[command(flatten)]
    target: Target,
    #[command(flatten, next_help_heading = "Rules")]
    levels: Levels,
    #[command(flatten)]
    configuration: Configuration,
    /// How to write the settings
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    output_format: Format,
}

/// How to write the settings.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a settings file, the defaults as comments
    #[default]
    Text,
    /// One document, for programs
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    if arguments.schema {
        let described = |rule: &&'static rules::Rule| {
            let Card { name, category, level, summary, .. } = rule.card();
            (name, format!("{summary} ({category}, by default {level})"))
        };
        let described: Vec<_> = rules::ALL.iter().map(described).collect();
        let schema = settings::schema(&described, rules::COMING);
        output::give(None, |out| report::schema(out, &schema))?;
        return Ok(ExitCode::SUCCESS);
    }
    let Arguments { path, target, levels, configuration, output_format, .. } = arguments;
    let Target { place, nginx_version } = target;
    let request = request(Paths::default(), place, configuration, &Talk::default())?;
    let mut request = project::Request { nginx_version, ..request };
    request.policy.levels = levels.0;
    let project::InForce { file, rows } =
        project::config(&Disk, &request, &path).map_err(Failure::new)?;
    output::give(None, |out| match output_format {
        Format::Text => report::config_text(out, file.as_deref(), &rows),
        Format::Json => report::config_json(out, file.as_deref(), &rows),
    })?;
    Ok(ExitCode::SUCCESS)
}

const EXAMPLES: &str = "\
Each setting stands with its file and line, or with the option that it comes from; a default stands as
a comment. Values stand as they are written: a path of a settings file begins at its directory.

Examples:
  ngxlint config
  ngxlint config nginx/nginx.conf --nginx-version 1.28
  ngxlint config --output-format json | jq '.settings[] | select(.origin.kind != \"default\")'
  ngxlint config --schema >ngxlint.schema.json";
