//! A settings file to begin with: every key with what it is for, some of them stated, the others as
//! comments with an example.

use serde_json::{Value, json};

use super::read::KEYS;
use super::schema::{location, property};

/// What is known of a key before anybody has set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The key.
    pub key: &'static str,
    /// What to say of it besides, a paragraph each, without control characters.
    pub notes: Vec<String>,
    /// What it is set to.
    pub value: Option<Value>,
    /// What the example is, where it is not set, instead of that of the manual.
    pub example: Option<Value>,
}

/// The text of a settings file that sets what is proposed.
///
/// # Errors
/// A value is none that TOML has.
pub fn template(proposals: &[Proposal]) -> Result<String, toml::ser::Error> {
    let mut lists = String::new();
    let mut tables = String::new();
    for key in KEYS {
        let none = Proposal::default();
        let proposal = proposals.iter().find(|one| one.key == key).unwrap_or(&none);
        let property = property(key);
        let example = proposal.example.clone().or_else(|| Some(property["examples"][0].clone()));
        let example = example.filter(|example| !example.is_null());
        let value = proposal.value.as_ref().or(example.as_ref());
        let Some(value) = value.or(property.get("default")) else { continue };
        let stated = toml::to_string(&json!({ key: value }))?;
        // What follows the first table of a file belongs to a table.
        let text = if stated.starts_with('[') { &mut tables } else { &mut lists };
        text.push('\n');
        let described = property["description"].as_str().unwrap_or_default();
        for note in [described].into_iter().chain(proposal.notes.iter().map(String::as_str)) {
            comment(text, note);
        }
        let mark = if proposal.value.is_some() { "" } else { "# " };
        for line in stated.lines().filter(|line| !line.is_empty()) {
            text.push_str(&format!("{mark}{line}\n"));
        }
    }
    let mut begin = format!("#:schema {}\n{INTRODUCTION}", location());
    if !location().contains("://") {
        begin.push_str(SCHEMA);
    }
    Ok(format!("{begin}{lists}{tables}"))
}

/// Appends a paragraph as a comment.
fn comment(text: &mut String, paragraph: &str) {
    let mut line = String::from("#");
    for word in paragraph.split(' ') {
        if line.len() > 1 && line.chars().count() + word.chars().count() >= WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

/// So many columns a comment has.
const WIDTH: usize = 90;

const INTRODUCTION: &str = "\
# What ngxlint is to know of this configuration. `ngxlint config` shows what holds and where it comes
# from; a line that begins with `# ` and a key is an example: take the `# ` away to set it.
";

const SCHEMA: &str = "\
# Editors check it and complete with the schema of the first line, which this makes:
# ngxlint config --schema >ngxlint.schema.json
";
