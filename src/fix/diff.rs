//! What fixes change, as `patch` reads it.

use std::io::{self, Write};

use similar::TextDiff;

use super::Changed;

/// Writes the change of a text as a unified diff, byte for byte.
///
/// # Errors
/// What the writer says.
pub fn diff(out: &mut dyn Write, changed: &Changed) -> io::Result<()> {
    let path = changed.path.to_string_lossy();
    let diff = TextDiff::from_lines(&*changed.before, &*changed.after);
    writeln!(out, "--- {path}\n+++ {path}")?;
    // Written hunk by hunk: as a whole, similar 2.7 writes bytes that are no UTF-8 as others.
    for hunk in diff.unified_diff().iter_hunks() {
        hunk.to_writer(&mut *out)?;
    }
    Ok(())
}
