//! The `ngxlint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ngxlint::cli::run(std::env::args_os())
}
