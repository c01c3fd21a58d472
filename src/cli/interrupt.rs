//! What Ctrl-C does to a run that reads a pipe.

use std::sync::atomic::{AtomicBool, Ordering};

/// Ctrl-C ends whoever writes to the pipe, and with that the input; what was read by then is still
/// to be told. A second one ends the run.
pub(super) fn ends_input() {
    // Where no handler can be set, Ctrl-C does what it always does.
    let _ = ctrlc::set_handler(|| {
        if AGAIN.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "this is what a signal does")]
            std::process::exit(130);
        }
    });
}

/// Whether it was pressed before.
static AGAIN: AtomicBool = AtomicBool::new(false);
