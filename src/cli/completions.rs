//! `ngxlint completions`.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Failure, output};

/// Print what makes a shell complete commands, options and their values.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "ngxlint", &mut script);
    output::give(None, |out| out.write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}

const EXAMPLES: &str = "\
Examples:
  ngxlint completions bash >~/.local/share/bash-completion/completions/ngxlint
  ngxlint completions zsh >\"${fpath[1]}/_ngxlint\"
  ngxlint completions fish >~/.config/fish/completions/ngxlint.fish
  ngxlint completions elvish >~/.config/elvish/lib/ngxlint.elv   # and `use ngxlint` in rc.elv
  ngxlint completions powershell >>$PROFILE";
