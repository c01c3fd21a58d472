//! The laws of fixes, safe and unsafe.
#![no_main]

use ngxlint_fuzz::{end, target};

libfuzzer_sys::fuzz_target!(init: end::write_if_asked("fix"), |bytes: &[u8]| {
    if let Err(law) = target::fix(bytes) {
        end::broken(&law);
    }
});
