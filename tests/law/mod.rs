//! The laws: what holds for every input. Tests put generated and collected inputs before them, and
//! the fuzz targets (`fuzz/`) what libFuzzer makes.

pub(crate) mod fix;
pub(crate) mod fixture;
pub(crate) mod log;
pub(crate) mod report;
pub(crate) mod syntax;

/// That something holds.
///
/// # Errors
/// What does not.
fn hold(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}
