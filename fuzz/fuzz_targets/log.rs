//! The laws of error logs, beside the configurations that they may come of.
#![no_main]

use ngxlint_fuzz::{end, target};

libfuzzer_sys::fuzz_target!(init: end::write_if_asked("log"), |bytes: &[u8]| {
    if let Err(law) = target::log(bytes) {
        end::broken(&law);
    }
});
