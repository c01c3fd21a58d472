//! How often each rule found something, the most frequent first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::json::{CheckSummary, FORMAT, Target, Tool, write_document};
use crate::diagnostic::{Diagnostic, Level, Report};

/// Writes a line for each rule: how often, how bad at worst, which, and how often it has a safe fix.
///
/// # Errors
/// What the writer says.
pub fn statistics(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let rows = rows(report);
    let width = |text: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(text).max().unwrap_or(0);
    let count = width(&|row| row.count.to_string().len());
    let name = width(&|row| row.rule.len());
    for row in &rows {
        let level = match (row.errors, row.warnings) {
            (0, 0) => "info",
            (0, _) => "warning",
            _ => "error",
        };
        let line = format!("{:>count$}  {level:7}  {:name$}", row.count, row.rule);
        match row.fixable {
            0 => writeln!(out, "{}", line.trim_end())?,
            fixable => writeln!(out, "{line}  ({fixable} with a safe fix)")?,
        }
    }
    Ok(())
}

/// Writes the same as one document.
///
/// # Errors
/// What the writer says.
pub fn statistics_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let document = Document {
        version: FORMAT,
        tool: Tool::default(),
        target: Target::of(&report.target),
        statistics: rows(report),
        summary: CheckSummary::of(&report.summary),
    };
    write_document(out, &document)
}

fn rows(report: &Report) -> Vec<Row<'_>> {
    let mut rows: BTreeMap<&str, Row<'_>> = BTreeMap::new();
    for one in &report.diagnostics {
        let row = rows.entry(one.rule).or_insert_with(|| Row::of(one, report));
        row.count += 1;
        match one.level {
            Level::Error => row.errors += 1,
            Level::Warning => row.warnings += 1,
            Level::Info | Level::Allow => row.infos += 1,
        }
        row.fixable += usize::from(report.is_safely_fixable(one));
    }
    let mut rows: Vec<_> = rows.into_values().collect();
    rows.sort_by_key(|row| Reverse(row.count));
    rows
}

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    target: Target,
    statistics: Vec<Row<'r>>,
    summary: CheckSummary<'r>,
}

#[derive(Serialize)]
struct Row<'r> {
    rule: &'static str,
    category: &'static str,
    count: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: usize,
    url: Option<&'r str>,
}

impl<'r> Row<'r> {
    fn of(one: &Diagnostic, report: &'r Report) -> Self {
        let card = report.card(one.rule);
        Self {
            rule: one.rule,
            category: one.category.name(),
            count: 0,
            errors: 0,
            warnings: 0,
            infos: 0,
            fixable: 0,
            url: card.map(|card| card.url.as_str()),
        }
    }
}
