//! What every report keeps to.

use std::io::Write;

use ngxlint::diagnostic::{Confidence, Level, Report};
use ngxlint::report::{self, Look, Repository};
use ngxlint::source::{Location, Memory};

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
    for width in [Look::default().width, 40] {
        let look = Look { width, ..Look::default() };
        written("full", &|out| report::full(out, report, look))?;
        written("hops", &|out| report::hops(out, report, look))?;
    }
    let summary = report::summary(report, Level::Info, Confidence::Likely);
    written("summary", &|out| out.write_all(summary.as_bytes()))?;
    written("concise", &|out| report::concise(out, report, false))?;
    let nowhere = Memory::default();
    let repository = Repository::new(&nowhere, "/r/deploy".into());
    written("github", &|out| report::github(out, report, &repository))?;
    written("junit", &|out| report::junit(out, report))?;
    written("checkstyle", &|out| report::checkstyle(out, report))?;
    let lines = written("json-lines", &|out| report::json_lines(out, report))?;
    lines.lines().try_for_each(parses)?;
    for document in [
        written("json", &|out| report::check_json(out, report))?,
        written("hops", &|out| report::hops_json(out, report))?,
        written("sarif", &|out| report::sarif(out, report, &repository))?,
        written("gitlab", &|out| report::gitlab(out, report, &repository))?,
        written("rdjson", &|out| report::rdjson(out, report))?,
    ] {
        parses(&document)?;
    }
    Ok(())
}

/// What is written in that format; nobody who reads it obeys any of it.
fn written(
    format: &str,
    write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>,
) -> Result<String, String> {
    let mut out = Vec::new();
    write(&mut out).map_err(|error| format!("memory takes it: {error}"))?;
    let text = String::from_utf8(out).map_err(|error| format!("{format}: {error}"))?;
    harmless(format, &text)?;
    Ok(text)
}

fn parses(document: &str) -> Result<(), String> {
    let parsed = serde_json::from_str::<serde_json::Value>(document);
    hold(parsed.is_ok(), || format!("{parsed:?}: {document}"))
}

/// That neither a terminal nor a reader is moved by a text, and that the runner of a CI system finds
/// no command in it but those of `github` that are ngxlint's own.
///
/// # Errors
/// What would be obeyed.
pub(crate) fn harmless(format: &str, text: &str) -> Result<(), String> {
    hold(!text.contains(moves), || format!("{format}: {text:?} moves a terminal"))?;
    let command = |line: &&str| {
        let line = line.trim_start();
        let ours = ["error", "warning", "notice"].map(|one| format!("::{one} title=ngxlint ("));
        let is_ours = format == "github" && ours.iter().any(|ours| line.starts_with(ours));
        line.starts_with("::") && !is_ours || line.contains("##[") || line.contains("##vso[")
    };
    let commands: Vec<_> = text.lines().filter(command).collect();
    hold(commands.is_empty(), || format!("{format}: a runner obeys {commands:?}"))
}

/// Whether a terminal or a reader would be moved by it. JSON, XML and text all have line ends.
pub(crate) fn moves(letter: char) -> bool {
    letter != '\n'
        && (letter.is_control()
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}
