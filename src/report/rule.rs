//! What there is to know of a rule, for a terminal and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::Look;
use super::json::write_document;
use super::text::cut;
use crate::diagnostic::Card;
use crate::nginx::VersionSet;
use crate::page::Page;

/// Writes a rule's page as text.
///
/// # Errors
/// What the writer says.
pub fn rule_text(out: &mut dyn Write, card: &Card, page: &Page<'_>, look: Look) -> io::Result<()> {
    writeln!(out, "{} ({}, {})\n", card.name, card.category, card.level)?;
    write!(out, "{}", page.text(look.width))?;
    writeln!(out, "\n{}", card.url)
}

/// Writes one line for each rule.
///
/// # Errors
/// What the writer says.
pub fn rule_list(out: &mut dyn Write, rules: &[(Card, Page<'_>)], look: Look) -> io::Result<()> {
    let widest = rules.iter().map(|(card, _)| card.name.len()).max().unwrap_or(0);
    for (card, page) in rules {
        let line = format!(
            "{:<widest$}  {:<7}  {:<11}  {}",
            card.name, card.level, card.category, page.summary
        );
        writeln!(out, "{}", cut(line.trim_end(), look.width.max(60)))?;
    }
    Ok(())
}

/// Writes a rule's page as a JSON document.
///
/// # Errors
/// What the writer says.
pub fn rule_json(out: &mut dyn Write, card: &Card, page: &Page<'_>) -> io::Result<()> {
    write_document(out, &Rule::of(card, page))
}

/// Writes the pages of several rules as one JSON document.
///
/// # Errors
/// What the writer says.
pub fn rules_json(out: &mut dyn Write, rules: &[(Card, Page<'_>)]) -> io::Result<()> {
    let rules: Vec<_> = rules.iter().map(|(card, page)| Rule::of(card, page)).collect();
    write_document(out, &rules)
}

#[derive(Serialize)]
struct Rule<'p> {
    name: &'p str,
    category: &'p str,
    level: &'p str,
    language: &'static str,
    summary: &'p str,
    url: &'p str,
    aliases: &'p [String],
    symptoms: Vec<Symptom<'p>>,
    workarounds: Vec<Advice<'p>>,
    dead_ends: Vec<Advice<'p>>,
    sections: Vec<Section<'p>>,
}

#[derive(Serialize)]
struct Symptom<'p> {
    log: Option<&'p str>,
    client: Option<&'p str>,
    versions: Option<String>,
    levels: Vec<LogLevel<'p>>,
    of_upstream: bool,
    schemes: &'p [String],
    status: &'p [u16],
    proves: Vec<&'static str>,
    suggests: Vec<&'static str>,
    usual: bool,
}

#[derive(Serialize)]
struct LogLevel<'p> {
    level: &'p str,
    versions: String,
}

#[derive(Serialize)]
struct Advice<'p> {
    text: &'p str,
    versions: Option<String>,
    success: Option<u8>,
    fails: Option<u8>,
    source: Option<&'p str>,
    measured: Option<&'p str>,
}

#[derive(Serialize)]
struct Section<'p> {
    heading: &'p str,
    markdown: &'p str,
}

impl<'p> Rule<'p> {
    fn of(card: &'p Card, page: &'p Page<'_>) -> Self {
        let versions = |set: &Option<VersionSet>| set.as_ref().map(ToString::to_string);
        let symptoms = page.symptoms.iter().map(|row| Symptom {
            log: row.log.as_deref(),
            client: row.client.as_deref(),
            versions: versions(&row.versions),
            levels: row
                .levels
                .iter()
                .map(|(versions, level)| LogLevel { level, versions: versions.to_string() })
                .collect(),
            of_upstream: row.of_upstream,
            schemes: &row.schemes,
            status: &row.status,
            proves: row.proves.iter().map(|word| word.name()).collect(),
            suggests: row.suggests.iter().map(|word| word.name()).collect(),
            usual: row.usual,
        });
        let workarounds = page.workarounds.iter().map(|row| Advice {
            text: &row.text,
            versions: versions(&row.versions),
            success: row.success,
            fails: None,
            source: row.source.as_deref(),
            measured: row.measured.as_deref(),
        });
        let dead_ends = page.dead_ends.iter().map(|row| Advice {
            text: &row.text,
            versions: versions(&row.versions),
            success: None,
            fails: row.fails,
            source: row.source.as_deref(),
            measured: row.measured.as_deref(),
        });
        let sections = page
            .sections
            .iter()
            .map(|section| Section { heading: section.heading, markdown: section.text });
        Self {
            name: card.name,
            category: card.category.name(),
            level: card.level.name(),
            language: page.language.name(),
            summary: &page.summary,
            url: &card.url,
            aliases: &page.aliases,
            symptoms: symptoms.collect(),
            workarounds: workarounds.collect(),
            dead_ends: dead_ends.collect(),
            sections: sections.collect(),
        }
    }
}
