//! A line on the terminal while a run takes long, gone when it ends.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::report::visible;

/// What a run may call with what it is doing; `None` where nobody would see it.
pub(super) fn reporter(quiet: bool) -> Option<fn(&str)> {
    if quiet || !io::stderr().is_terminal() {
        return None;
    }
    START.get_or_init(Instant::now);
    Some(show)
}

/// Takes the line away, if there is one.
pub(super) fn clear() {
    if SHOWN.load(Ordering::Relaxed) > 0 {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

fn show(doing: &str) {
    let Some(start) = START.get() else { return };
    let now = start.elapsed().as_millis() as u64;
    let due = SHOWN.load(Ordering::Relaxed).max(PATIENCE - PACE) + PACE;
    if now >= due {
        SHOWN.store(now, Ordering::Relaxed);
        let doing: String = doing.chars().take(70).collect();
        let _ = write!(io::stderr(), "\r\x1b[K{}", visible(&doing));
    }
}

/// When the run began.
static START: OnceLock<Instant> = OnceLock::new();

/// When the line was last written, in milliseconds from the start; 0: never.
static SHOWN: AtomicU64 = AtomicU64::new(0);

/// So many milliseconds a run may take before anything is said.
const PATIENCE: u64 = 1000;

/// So many milliseconds lie between two lines.
const PACE: u64 = 100;
