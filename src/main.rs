//! The `ngxlint` command.

use std::process::ExitCode;

/// A large configuration is some tens of megabytes of memory that are taken at once: this one takes
/// them in large pages where the system has such, which saves the kernel thousands of small ones.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ngxlint::cli::run(std::env::args_os())
}
