//! The command line: arguments in, [`project`](crate::project) called, a report written.
//!
//! One file per command. Everything that ends the program early is a `Failure` and exit 2; what
//! was found decides between 0 and 1. Data goes to standard output, everything said about the run
//! to standard error, and nothing that others wrote reaches either as it is.

mod backend;
mod baseline;
mod check;
mod completions;
mod config;
mod diagnose;
mod explain;
mod fix;
mod format;
mod guard;
mod hops;
mod init;
mod installed;
mod interrupt;
mod language;
mod man;
mod markdown;
mod option;
mod output;
mod progress;
mod rule;
mod statistics;
mod upgrade;
mod version;

use std::ffi::OsString;
use std::fmt::Display;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

/// Runs the command that the arguments (the program's name first) ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli.command,
        Err(error) => return refuse(&error),
    };
    let done = match command {
        Command::Check(arguments) => check::run(*arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Config(arguments) => config::run(*arguments),
        Command::Diagnose(arguments) => diagnose::run(*arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Hops(arguments) => hops::run(*arguments),
        Command::Init(arguments) => init::run(arguments),
        Command::Man(arguments) => man::run(&arguments),
        Command::Rule(arguments) => rule::run(&arguments),
        Command::Upgrade(arguments) => upgrade::run(*arguments),
        Command::Version => version::run(),
    };
    done.unwrap_or_else(|failure| {
        output::say(&format!("error: {}", failure.0));
        ExitCode::from(2)
    })
}

/// Finds where the two sides of a proxied connection disagree, and what else is wrong with an
/// nginx configuration.
#[derive(Parser)]
#[command(name = "ngxlint", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check configurations
    Check(Box<check::Arguments>),
    /// Print what makes a shell complete commands, options and their values
    Completions(completions::Arguments),
    /// Show the settings in force, and where each comes from
    Config(Box<config::Arguments>),
    /// Find what is behind the lines of an error log
    Diagnose(Box<diagnose::Arguments>),
    /// Find the rules that a message, a log line or a status is about
    Explain(explain::Arguments),
    /// Show every connection that nginx opens: what it speaks there, and what the peer takes
    Hops(Box<hops::Arguments>),
    /// Write a settings file to begin with
    Init(init::Arguments),
    /// Print the manual page, or write those of all commands
    Man(man::Arguments),
    /// Explain a rule, or list all rules
    Rule(rule::Arguments),
    /// Show what changes for a configuration between two releases of nginx
    Upgrade(Box<upgrade::Arguments>),
    /// Show the version of ngxlint, and which releases of nginx it knows
    Version,
}

/// Why a command could not be carried out.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn new(message: impl Display) -> Self {
        Self(message.to_string())
    }
}

/// What clap has to say: help is what was asked for, all else is a bad option.
fn refuse(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // A reader that has gone away has seen enough.
            let _ = error.print();
        }
        // The message repeats what was typed: it goes out line by line, made visible.
        _ => error.render().to_string().trim_end().lines().for_each(output::say),
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

const EXAMPLES: &str = "\
Examples:
  ngxlint init                         settings to begin with, once
  ngxlint check                        what is below the current directory
  ngxlint check /etc/nginx/nginx.conf  one configuration with all it includes
  ngxlint hops nginx.conf              who speaks what to whom
  ngxlint diagnose --root nginx.conf error.log
                                       what is behind the lines of a log
  ngxlint explain '502 Bad Gateway'    which rules a message or a status is about
  ngxlint upgrade --from 1.28          what changes with a newer nginx
  ngxlint rule syntax-error            what a rule means and what to do";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_options_are_what_clap_takes() {
        Cli::command().debug_assert();
    }
}
