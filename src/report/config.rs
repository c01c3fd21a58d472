//! The settings in force, as a settings file would state them, with where each comes from.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::json::{FORMAT, Tool, escaped, write_document};
use super::text::{visible, visible_path};
use crate::diagnostic::{Origin, SettingRow};

/// Writes the settings as TOML: what is stated or found as it would be set, the defaults as
/// comments. Behind each stands where it comes from.
///
/// # Errors
/// What the writer says.
pub fn config_text(
    out: &mut dyn Write,
    file: Option<&Path>,
    rows: &[SettingRow],
) -> io::Result<()> {
    match file {
        Some(file) => writeln!(out, "# settings file: {}", visible_path(file))?,
        None => writeln!(out, "# settings file: none")?,
    }
    let mut lines: Vec<(String, Option<String>)> = Vec::new();
    for rows in rows.chunk_by(|one, other| one.key == other.key) {
        let Some(first) = rows.first() else { continue };
        let key = escaped(&first.key);
        let has_tables = |row: &SettingRow| {
            row.value.as_array().is_some_and(|items| items.iter().any(Value::is_object))
        };
        if rows.len() == 1 && !has_tables(first) {
            let line = match (&first.value, &first.origin) {
                (Value::Null, _) => format!("# {key} is not set"),
                (value, Origin::Default) => format!("# {key} = {}", toml(value)),
                (value, _) => format!("{key} = {}", toml(value)),
            };
            lines.push((line, Some(origin(&first.origin))));
            continue;
        }
        lines.push((format!("{key} = ["), None));
        for row in rows {
            for item in row.value.as_array().into_iter().flatten() {
                lines.push((format!("    {},", toml(item)), Some(origin(&row.origin))));
            }
        }
        lines.push(("]".into(), None));
    }
    let width = |(line, _): &(String, Option<String>)| line.chars().count();
    let column = lines.iter().map(width).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    for (line, origin) in &lines {
        match origin {
            Some(origin) => writeln!(out, "{line:column$}  # {origin}")?,
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// Writes the settings as one document.
///
/// # Errors
/// What the writer says.
pub fn config_json(
    out: &mut dyn Write,
    file: Option<&Path>,
    rows: &[SettingRow],
) -> io::Result<()> {
    let settings = rows.iter().map(|row| Setting {
        key: &row.key,
        value: &row.value,
        origin: match &row.origin {
            Origin::Default => From { kind: "default", ..From::default() },
            Origin::File { file, line } => From {
                kind: "file",
                file: Some(file.to_string_lossy().into_owned()),
                line: Some(*line),
                ..From::default()
            },
            Origin::Found(text) => From { kind: "found", text: Some(text), ..From::default() },
            Origin::Option(option) => {
                From { kind: "option", option: Some(option), ..From::default() }
            }
        },
    });
    let document = Document {
        version: FORMAT,
        tool: Tool::default(),
        file: file.map(|file| file.to_string_lossy().into_owned()),
        settings: settings.collect(),
    };
    write_document(out, &document)
}

/// Writes the JSON Schema of the settings file.
///
/// # Errors
/// What the writer says.
pub fn schema(out: &mut dyn Write, schema: &Value) -> io::Result<()> {
    write_document(out, schema)
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".into(),
        Origin::File { file, line } => format!("{}:{line}", visible_path(file)),
        Origin::Found(text) => visible(text).into_owned(),
        Origin::Option(option) => (*option).into(),
    }
}

/// A value as TOML writes it in a line. What JSON escapes in a string, TOML takes.
fn toml(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Array(items) => format!("[{}]", list(items.iter().map(toml).collect())),
        Value::Object(table) if table.is_empty() => "{}".into(),
        Value::Object(table) => {
            let pair = |(key, value): (&String, &Value)| format!("{key} = {}", toml(value));
            format!("{{ {} }}", list(table.iter().map(pair).collect()))
        }
        other => escaped(&other.to_string()).into_owned(),
    }
}

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    file: Option<String>,
    settings: Vec<Setting<'r>>,
}

#[derive(Serialize)]
struct Setting<'r> {
    key: &'r str,
    value: &'r Value,
    origin: From<'r>,
}

#[derive(Default, Serialize)]
struct From<'r> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(rename = "from", skip_serializing_if = "Option::is_none")]
    text: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<&'static str>,
}

/// A longer line does not move the origins of the others to the right.
const WIDEST: usize = 60;
