//! What is known of a text, for a terminal and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::Look;
use super::json::{FORMAT, write_document};
use super::text::{finished, paragraph, visible};
use crate::diagnostic::Card;
use crate::nginx::VersionSet;
use crate::page::Page;

/// A rule that a text is about.
pub struct Explained<'p> {
    /// What a format says of it.
    pub card: Card,
    /// Its page.
    pub page: Page<'p>,
    /// Why it matches.
    pub why: String,
}

/// What is known of a text beside the rules that it is about.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// What its bytes tell.
    pub told: Option<String>,
    /// What it most often is, and whose fault.
    pub ordinary: Option<(String, &'static str)>,
}

/// Writes the rules that a text is about, the likeliest first; what helps against that alone.
///
/// # Errors
/// What the writer says.
pub fn explain_text(
    out: &mut dyn Write,
    found: &[Explained<'_>],
    aside: &Aside,
    look: Look,
) -> io::Result<()> {
    if let Some(told) = &aside.told {
        writeln!(out, "{}\n", finished(&visible(told)))?;
    }
    if let Some((meaning, fault)) = &aside.ordinary {
        writeln!(out, "Most often {fault}: {meaning}.\n")?;
    }
    for (index, one) in found.iter().enumerate() {
        let Card { name, category, level, .. } = &one.card;
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{name} ({category}, {level}): {}", one.page.summary)?;
        writeln!(out, "  why: {}", visible(&one.why))?;
        let mut item = |word: &str, text: &str, versions: &Option<VersionSet>| {
            let start = format!("  {word}: ");
            let versions = versions.as_ref().map(|set| format!(" (nginx {set})"));
            let text = format!("{text}{}", versions.unwrap_or_default());
            paragraph(out, (&start, start.len()), &text, 4, look.width)
        };
        let most = if index == 0 { MOST } else { 0 };
        for row in one.page.workarounds.iter().take(most) {
            item("helps", &row.text, &row.versions)?;
        }
        for row in one.page.dead_ends.iter().take(most) {
            item("in vain", &row.text, &row.versions)?;
        }
        writeln!(out, "  see: ngxlint rule {name}")?;
    }
    Ok(())
}

/// Writes the rules that a text is about as one JSON document.
///
/// # Errors
/// What the writer says.
pub fn explain_json(out: &mut dyn Write, found: &[Explained<'_>], aside: &Aside) -> io::Result<()> {
    let matches = found.iter().map(|one| Matched {
        rule: one.card.name,
        category: one.card.category.name(),
        level: one.card.level.name(),
        why: &one.why,
        language: one.page.language.name(),
        summary: &one.page.summary,
        url: &one.card.url,
    });
    let document = Document {
        version: FORMAT,
        told: aside.told.as_deref(),
        ordinary: aside.ordinary.as_ref().map(|(meaning, fault)| Ordinary { meaning, fault }),
        matches: matches.collect(),
    };
    write_document(out, &document)
}

#[derive(Serialize)]
struct Document<'p> {
    version: u32,
    told: Option<&'p str>,
    ordinary: Option<Ordinary<'p>>,
    matches: Vec<Matched<'p>>,
}

#[derive(Serialize)]
struct Ordinary<'p> {
    meaning: &'p str,
    fault: &'p str,
}

#[derive(Serialize)]
struct Matched<'p> {
    rule: &'p str,
    category: &'p str,
    level: &'p str,
    why: &'p str,
    language: &'static str,
    summary: &'p str,
    url: &'p str,
}

/// So many pieces of advice of a kind are given; the page has them all.
const MOST: usize = 4;
