//! The whole road from texts to every format of the report.
#![no_main]

use ngxlint_fuzz::{end, target};

libfuzzer_sys::fuzz_target!(init: end::write_if_asked("check"), |bytes: &[u8]| {
    if let Err(law) = target::check(bytes) {
        end::broken(&law);
    }
});
