//! The format for people: each finding with the lines it is about, drawn by miette. This is the
//! only place that knows of miette.

use std::fmt;
use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents,
};

use super::Look;
use super::excerpt::{Excerpt, Mark, excerpts};
use super::place::Places;
use super::text::{count, finished, paragraph, visible};
use crate::diagnostic::{Diagnostic, Fix, Label, Level, Report};

/// Writes every finding: message and rule, the lines of all places it names, and what to do.
///
/// # Errors
/// What the writer says.
pub fn full(out: &mut dyn Write, report: &Report, look: Look) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let painter = painter(look);
    for diagnostic in &report.diagnostics {
        let drawing = Drawing::of(diagnostic, &places, look);
        let mut text = String::new();
        painter.render_report(&mut text, &drawing).map_err(io::Error::other)?;
        for line in text.strip_prefix("  ").unwrap_or(&text).lines() {
            writeln!(out, "{}", finished(line.trim_end()))?;
        }
        footer(out, diagnostic, report, &places, look)?;
        writeln!(out)?;
    }
    Ok(())
}

fn painter(look: Look) -> GraphicalReportHandler {
    let mut theme = match look.color {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    };
    theme.characters.error = "error:".into();
    theme.characters.warning = "warning:".into();
    theme.characters.advice = "info:".into();
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_wrap_lines(false)
        .with_width(look.width)
        .tab_width(4)
        .without_syntax_highlighting()
}

/// What to do, and what else is known, below the lines.
fn footer(
    out: &mut dyn Write,
    diagnostic: &Diagnostic,
    report: &Report,
    places: &Places<'_>,
    look: Look,
) -> io::Result<()> {
    let start = |word: &str| match look.color {
        true => format!("  = \x1b[36m{word}:\x1b[0m "),
        false => format!("  = {word}: "),
    };
    let mut note = |word: &str, text: &str| {
        let column = word.len() + 6;
        paragraph(out, (&start(word), column), &visible(text), column, look.width)
    };
    for label in diagnostic.labels.iter().skip(DRAWN) {
        note("also", &format!("{} at {}", label.message, places.show(label.at)))?;
    }
    if let Some(versions) = &diagnostic.affects {
        note("affects", &format!("nginx {versions}"))?;
    }
    for symptom in &diagnostic.symptoms {
        note("log", symptom)?;
    }
    for help in &diagnostic.help {
        note("help", help)?;
    }
    for fix in &diagnostic.fixes {
        note("fix", &mend(fix))?;
    }
    for dead_end in &diagnostic.dead_ends {
        note("in vain", dead_end)?;
    }
    match report.card(diagnostic.rule) {
        Some(card) => {
            // What terminals take for a link (OSC 8); the name is one of the program's own.
            let page = format!("ngxlint rule {}", card.name);
            match look.links && card.url.starts_with("https://") {
                true => {
                    let (start, url) = (start("see"), &card.url);
                    writeln!(out, "{start}\x1b]8;;{url}\x1b\\{page}\x1b]8;;\x1b\\")
                }
                false => note("see", &page),
            }
        }
        None => Ok(()),
    }
}

fn mend(fix: &Fix) -> String {
    let versions = match &fix.versions {
        Some(versions) => format!(", for nginx {versions}"),
        None => String::new(),
    };
    let edits = count(fix.edits.len(), "edit");
    format!("{} ({}, {edits}{versions})", fix.message, fix.applicability)
}

/// A finding as miette takes it.
#[derive(Debug)]
struct Drawing {
    message: String,
    severity: Severity,
    excerpts: Vec<Excerpt>,
    marks: Vec<Mark>,
    /// The mark of the finding itself.
    primary: usize,
}

impl Drawing {
    fn of(diagnostic: &Diagnostic, places: &Places<'_>, look: Look) -> Self {
        let said: Vec<_> =
            diagnostic.labels.iter().take(DRAWN).map(|label| visible(&label.message)).collect();
        let label = |(label, said): (&Label, _)| (label.at, Some(said));
        let mut marked = vec![(diagnostic.at, None)];
        marked.extend(diagnostic.labels.iter().zip(said.iter().map(AsRef::as_ref)).map(label));
        let (excerpts, marks) = excerpts(&marked, places, look.width.saturating_sub(12).max(40));
        let (marks, primary) = apart(marks, &excerpts);
        let severity = match diagnostic.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info | Level::Allow => Severity::Advice,
        };
        let message = format!("{} [{}]", visible(&diagnostic.message), diagnostic.rule);
        Self { message, severity, excerpts, marks, primary }
    }
}

/// The marks without overlaps within one line, which miette draws beside each other: they become
/// one that says everything. Beside them the index of what the first mark became.
fn apart(mut marks: Vec<Mark>, excerpts: &[Excerpt]) -> (Vec<Mark>, usize) {
    let Some((first, at)) = marks.first().map(|mark| (mark.start, mark.at)) else {
        return (marks, 0);
    };
    let in_line = |mark: &Mark| {
        let excerpt = excerpts.iter().rev().find(|excerpt| excerpt.base <= mark.start);
        let text = excerpt.and_then(|excerpt| {
            excerpt.text.get(mark.start - excerpt.base..mark.end - excerpt.base)
        });
        text.is_some_and(|text| !text.contains('\n'))
    };
    marks.sort_by_key(|mark| (mark.start, mark.end));
    let mut kept: Vec<Mark> = Vec::new();
    for mark in marks {
        match kept.last_mut() {
            Some(last)
                if in_line(last)
                    && in_line(&mark)
                    && (mark.start < last.end || mark.start == last.start) =>
            {
                last.end = last.end.max(mark.end);
                last.text = match (last.text.take(), mark.text) {
                    (Some(one), Some(other)) => Some(one + "\n" + &other),
                    (one, other) => one.or(other),
                };
            }
            _ => kept.push(mark),
        }
    }
    let primary = kept.iter().rposition(|mark| mark.start <= first).unwrap_or(0);
    if let Some(mark) = kept.get_mut(primary) {
        mark.at = at;
    }
    (kept, primary)
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = |(index, mark): (usize, &Mark)| {
            let (range, text) = (mark.start..mark.end, mark.text.clone());
            match index == self.primary {
                true => LabeledSpan::new_primary_with_span(text, range),
                false => LabeledSpan::new_with_span(text, range),
            }
        };
        Some(Box::new(self.marks.iter().enumerate().map(span)))
    }
}

/// All excerpts as one text; a span never reaches from one into another, so that miette draws
/// each in a frame of its own.
impl SourceCode for Drawing {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let holds = |one: &&Excerpt| one.base <= span.offset() && end < one.base + one.text.len();
        let excerpt = self.excerpts.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let mut line = excerpt.line as usize - 1;
        let mut column = 0;
        // Without context, miette only asks where the span is.
        let mark = self.marks.iter().find(|mark| mark.start == span.offset());
        if let (0, 0, Some(mark)) = (before, after, mark) {
            (line, column) = (mark.at.0 as usize - 1, mark.at.1 as usize - 1);
        }
        Ok(Box::new(MietteSpanContents::new_named(
            excerpt.name.clone(),
            excerpt.text.as_bytes(),
            (excerpt.base, excerpt.text.len()).into(),
            line,
            column,
            excerpt.lines as usize,
        )))
    }
}

/// So many labels are drawn; the others are named below the drawing.
const DRAWN: usize = 8;
