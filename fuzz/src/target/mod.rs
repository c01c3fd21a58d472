//! What is done with the bytes of an input. Each target is a plain function that says which law was
//! broken: libFuzzer calls it, and a test does (`tests/fuzz`).

mod input;
mod material;
mod mutation;
pub mod seed;
mod statistic;

use arbitrary::Unstructured;
use ngxlint::project;

use crate::law;

/// The laws of the syntax, for any bytes.
///
/// # Errors
/// The law that is broken.
pub fn parse(bytes: &[u8]) -> Result<(), String> {
    law::syntax::laws(bytes)
}

/// The whole road from texts to every format of the report.
///
/// # Errors
/// The law that is broken, and the texts.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let Some(mut case) = input::case(&mut Unstructured::new(bytes)) else { return Ok(()) };
    case.request.hops = true;
    // Settings that are wrong are refused.
    let Ok(report) = project::check(&case.memory(), &case.request) else { return Ok(()) };
    law::report::laws(&report).map_err(|law| input::told(&case, &[law]))
}

/// The laws of fixes, safe and unsafe.
///
/// # Errors
/// The laws that are broken, and the texts.
pub fn fix(bytes: &[u8]) -> Result<(), String> {
    let mut bytes = Unstructured::new(bytes);
    let unsafely = bytes.arbitrary().unwrap_or_default();
    let Some(case) = input::case(&mut bytes) else { return Ok(()) };
    if project::check(&case.memory(), &case.request).is_err() {
        return Ok(());
    }
    let mut wrong = Vec::new();
    let applied = law::fix::judge(&case, unsafely, &mut wrong);
    statistic::count(&applied);
    if wrong.is_empty() { Ok(()) } else { Err(input::told(&case, &wrong)) }
}

/// The laws of error logs, beside the configurations that they may come of.
///
/// # Errors
/// The law that is broken.
pub fn log(bytes: &[u8]) -> Result<(), String> {
    let mut bytes = Unstructured::new(bytes);
    let case = bytes.arbitrary::<u16>().unwrap_or_default();
    let piece = bytes.arbitrary::<u8>().unwrap_or_default();
    let mut case = input::case_of_log(case);
    case.request.hops = true;
    law::log::laws(&case, bytes.take_rest(), usize::from(piece))
        .map_err(|law| input::told(&case, &[law]))
}
