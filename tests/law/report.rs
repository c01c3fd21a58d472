//! What every report keeps to.

use std::io::Write;

use ngxlint::diagnostic::{Confidence, Level, Report};
use ngxlint::report::{self, Look};
use ngxlint::source::Location;

use super::hold;

/// The laws of a report, and of what is written of it.
///
/// # Errors
/// The law that it breaks.
pub(crate) fn laws(report: &Report) -> Result<(), String> {
    let inside = |at: Location| at.span.end as usize <= report.sources.bytes(at.source).len();
    for one in &report.diagnostics {
        let places = inside(one.at) && one.labels.iter().all(|label| inside(label.at));
        hold(places, || format!("a place of {one:?} leaves its text"))?;
        let is_line = !one.message.is_empty() && !one.message.contains('\n');
        hold(is_line, || format!("{:?} is no line", one.message))?;
        hold(!one.message.ends_with('.'), || format!("{:?} has a full stop", one.message))?;
        for fix in &one.fixes {
            let edits = !fix.edits.is_empty() && fix.edits.iter().all(|edit| inside(edit.at));
            hold(edits, || format!("an edit of {one:?} leaves its text"))?;
        }
    }
    let written = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).map_err(|error| format!("memory takes it: {error}"))?;
        let text = String::from_utf8_lossy(&out);
        let is_harmful = |one: char| one.is_control() && one != '\n' || one == '\u{202e}';
        hold(!text.chars().any(is_harmful), || format!("{text:?} commands a terminal"))?;
        Ok::<_, String>(out)
    };
    let look = Look::default();
    written(&|out| report::full(out, report, look))?;
    written(&|out| report::concise(out, report, false))?;
    written(&|out| report::hops(out, report, look))?;
    let summary = report::summary(report, Level::Info, Confidence::Likely);
    written(&|out| out.write_all(summary.as_bytes()))?;
    for write in [report::check_json, report::hops_json] {
        let out = written(&|out| write(out, report))?;
        let parsed = serde_json::from_slice::<serde_json::Value>(&out);
        hold(parsed.is_ok(), || format!("{parsed:?}: {}", String::from_utf8_lossy(&out)))?;
    }
    Ok(())
}
