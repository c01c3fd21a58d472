//! What a settings file states, entry by entry, as it is written there: for those who show where a
//! setting comes from. Every key that is read is in it, because it is made of the file itself.

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::table::Document;

/// A value of a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The dotted key that leads to it, as TOML spells it: `per-path."a/*".rules.style`. Each
    /// table of a list of tables is an entry of the list's key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// The line, from 1.
    pub line: u32,
}

/// A dotted key, as TOML spells it.
pub fn dotted(parts: &[&str]) -> String {
    let spelled: Vec<String> = parts.iter().map(|part| spelled(part)).collect();
    spelled.join(".")
}

/// The entries of a table, in the order of the file.
pub(super) fn entries(document: Document<'_>, table: &DeTable<'_>) -> Vec<Entry> {
    let mut found = Vec::new();
    collect(document, "", table, &mut found);
    found.sort_by_key(|(offset, _)| *offset);
    found.into_iter().map(|(_, entry)| entry).collect()
}

fn collect(
    document: Document<'_>,
    prefix: &str,
    table: &DeTable<'_>,
    found: &mut Vec<(usize, Entry)>,
) {
    for (name, value) in table.iter() {
        let key = format!("{prefix}{}", spelled(name.get_ref()));
        let mut push = |offset: usize, value: &DeValue<'_>| {
            let line = document.line(offset);
            found.push((offset, Entry { key: key.clone(), value: json(value), line }));
        };
        match value.get_ref() {
            DeValue::Table(inner) => collect(document, &format!("{key}."), inner, found),
            DeValue::Array(array) if array.iter().any(|one| one.get_ref().is_table()) => {
                array.iter().for_each(|one| push(one.span().start, one.get_ref()));
            }
            other => push(name.span().start, other),
        }
    }
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::String(number.as_str().to_owned()),
        DeValue::Float(number) => Value::String(number.as_str().to_owned()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(array) => array.iter().map(|one| json(one.get_ref())).collect(),
        DeValue::Table(table) => {
            let pair = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                let name: &std::borrow::Cow<'_, str> = name.get_ref();
                (name.to_string(), json(value.get_ref()))
            };
            table.iter().map(pair).collect()
        }
    }
}

/// A key in quotes where it is no bare word. What JSON escapes in a string, TOML takes.
pub(super) fn spelled(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_bare = !key.is_empty() && key.bytes().all(bare);
    if is_bare { key.to_owned() } else { Value::from(key).to_string() }
}
