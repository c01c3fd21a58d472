//! `ngxlint version`.

use std::process::ExitCode;

use super::{Failure, output};
use crate::nginx::version::{NEWEST, OLDEST_ASSUMED};

/// Runs the command.
pub(super) fn run() -> Result<ExitCode, Failure> {
    output::give(None, |out| {
        writeln!(out, "ngxlint {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(
            out,
            "knows nginx up to {NEWEST}; where no target is stated, it assumes {OLDEST_ASSUMED} or later"
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
