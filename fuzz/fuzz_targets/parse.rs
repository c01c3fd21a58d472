//! The laws of the syntax, for any bytes.
#![no_main]

use ngxlint_fuzz::{end, target};

libfuzzer_sys::fuzz_target!(init: end::write_if_asked("parse"), |bytes: &[u8]| {
    if let Err(law) = target::parse(bytes) {
        end::broken(&law);
    }
});
