//! What Ctrl-C does to a run that reads logs.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

/// Ctrl-C ends whoever writes to the pipe, and with that the input; what was read by then is still
/// to be told. A second one ends the run.
pub(super) fn ends_input() {
    // Where no handler can be set, Ctrl-C does what it always does.
    let _ = ctrlc::set_handler(|| {
        if PRESSED.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "this is what a signal does")]
            std::process::exit(130);
        }
    });
}

/// A file, which Ctrl-C ends as it ends a pipe.
pub(super) struct Ended<R>(pub(super) R);

impl<R: Read> Read for Ended<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match PRESSED.load(Ordering::Relaxed) {
            true => Err(io::Error::other("ended by Ctrl-C")),
            false => self.0.read(buffer),
        }
    }
}

/// Whether it was pressed.
static PRESSED: AtomicBool = AtomicBool::new(false);
