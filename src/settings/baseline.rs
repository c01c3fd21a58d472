//! The baseline: what was found when somebody began to use ngxlint on a configuration, and is not to
//! be reported again. A file of its own, in TOML, that ngxlint writes and people may prune.

use super::Error;
use super::discover::open;
use super::error::suggestion;
use super::table::{Document, Table};
use crate::source::Loader;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::{Path, PathBuf};

/// The whole of a baseline. [`Display`](fmt::Display) is the text of its file: the same findings
/// give the same text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The file, as one would type it.
    pub file: PathBuf,
    /// The one absolute name of the directory that the files in it are named from.
    pub directory: PathBuf,
    /// How often each finding is known.
    pub known: BTreeMap<Known, usize>,
}

/// Findings that are alike. Lines and columns are no part of it: they move with every edit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The file, from the directory of the baseline, with `/`.
    pub file: String,
    /// The name of the rule.
    pub rule: String,
    /// The words of the directive that it is at, with one space between; those of the line, if it is
    /// at none.
    pub directive: String,
}

/// The baseline in the file at `path`. `rules` are the names of all rules.
///
/// # Errors
/// The file cannot be read, or is no baseline.
pub fn read_baseline(loader: &dyn Loader, path: &Path, rules: &[&str]) -> Result<Baseline, Error> {
    let (text, directory) = open(loader, path)?;
    let document = Document { file: path, text: &text };
    let parsed = document.parse()?;
    let top = Table::new(document, String::new(), 0, parsed.get_ref());
    let Some(version) = top.value("version") else {
        return Err(Error::whole(path, "is no baseline: it lacks the key `version`"));
    };
    if version.number()? != VERSION {
        return Err(version.error(format!("is not {VERSION}: another ngxlint wrote this")));
    }
    let top = top.only(&["version", "finding"])?;
    let mut known = BTreeMap::new();
    let findings = top.value("finding").map(|value| value.tables()).transpose()?;
    for table in findings.unwrap_or_default() {
        let table = table.only(&["file", "rule", "directive", "count"])?;
        let rule = table.need("rule")?;
        let name = rule.string()?;
        if !rules.contains(&name) {
            let near = suggestion(name, rules.iter().copied());
            return Err(rule.error(format!("names no rule: `{}`{near}", name.escape_debug())));
        }
        let file = table.need("file")?.string()?.to_owned();
        let directive = table.value("directive").map(|value| value.string()).transpose()?;
        let directive = directive.unwrap_or_default().to_owned();
        let count = table.value("count").map_or(Ok(1), |value| value.number())?;
        if known.insert(Known { file, rule: name.to_owned(), directive }, count).is_some() {
            return Err(rule.error("is known twice at the same directive: add up the counts"));
        }
    }
    Ok(Baseline { file: path.to_path_buf(), directory, known })
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}version = {VERSION}")?;
        for (Known { file, rule, directive }, count) in &self.known {
            writeln!(f, "\n[[finding]]\nfile = {}\nrule = {}", Quoted(file), Quoted(rule))?;
            if !directive.is_empty() {
                writeln!(f, "directive = {}", Quoted(directive))?;
            }
            if *count > 1 {
                writeln!(f, "count = {count}")?;
            }
        }
        Ok(())
    }
}

/// A string of TOML in which nothing stands that cannot be seen.
struct Quoted<'t>(&'t str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            let code = u32::from(letter);
            match letter {
                '"' | '\\' => write!(f, "\\{letter}")?,
                '\'' => f.write_char(letter)?,
                _ if letter.escape_debug().len() == 1 => f.write_char(letter)?,
                _ if code > 0xffff => write!(f, "\\U{code:08X}")?,
                _ => write!(f, "\\u{code:04X}")?,
            }
        }
        f.write_char('"')
    }
}

const VERSION: usize = 1;

const HEAD: &str = "\
# What ngxlint found when this was written, and does not report again (docs/adopting.md).
# `ngxlint check --write-baseline` writes it anew; whoever mends a finding may delete its lines.
";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Memory;

    const RULES: [&str; 2] = ["lost-proxy-headers", "syntax-error"];

    fn read(text: &str) -> Result<Baseline, Error> {
        let mut memory = Memory::default();
        memory.insert("etc/known.toml", text);
        read_baseline(&memory, Path::new("etc/known.toml"), &RULES)
    }

    fn known(file: &str, rule: &str, directive: &str) -> Known {
        Known { file: file.to_owned(), rule: rule.to_owned(), directive: directive.to_owned() }
    }

    #[test]
    fn what_is_written_is_sorted_and_can_be_read() {
        let mut baseline = read("version = 1").unwrap();
        assert_eq!(baseline.directory, Path::new("/etc"));
        let hostile = "a \"b\" \\n\n\u{1b}[31m \u{202e} é 漢 \u{1f600} \u{e0001} '";
        baseline.known.insert(known("b.conf", "syntax-error", hostile), 1);
        baseline.known.insert(known("a.conf", "syntax-error", ""), 12);
        baseline.known.insert(known("a.conf", "lost-proxy-headers", "proxy_set_header A b"), 1);
        let text = baseline.to_string();
        insta::assert_snapshot!(text, @r#"
        # What ngxlint found when this was written, and does not report again (docs/adopting.md).
        # `ngxlint check --write-baseline` writes it anew; whoever mends a finding may delete its lines.
        version = 1

        [[finding]]
        file = "a.conf"
        rule = "lost-proxy-headers"
        directive = "proxy_set_header A b"

        [[finding]]
        file = "a.conf"
        rule = "syntax-error"
        count = 12

        [[finding]]
        file = "b.conf"
        rule = "syntax-error"
        directive = "a \"b\" \\n\u000A\u001B[31m \u202E é 漢 😀 \U000E0001 '"
        "#);
        assert_eq!(read(&text).unwrap(), baseline);
    }

    #[test]
    fn every_fault_names_file_line_and_key() {
        let finding = "version = 1\n[[finding]]\n";
        let cases = [
            "",
            "roots = []",
            "version = 2",
            "version = \"1\"",
            "version = -1",
            "version = 1\nfindings = []",
            "version = 1\nfinding = {}",
            &format!("{finding}rule = \"syntax-error\""),
            &format!("{finding}file = \"a\""),
            &format!("{finding}file = \"a\"\nrule = \"syntax-eror\""),
            &format!("{finding}file = \"a\"\nrule = \"syntax-error\"\ncount = 0"),
            &format!("{finding}file = \"a\"\nrule = \"syntax-error\"\nline = 3"),
            &format!(
                "{finding}file = \"a\"\nrule = \"syntax-error\"\n[[finding]]\nfile = \"a\"\nrule = \"syntax-error\""
            ),
            "<<<<<<< HEAD",
        ];
        let faults: Vec<_> = cases.map(|text| read(text).unwrap_err().to_string()).into();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        etc/known.toml: is no baseline: it lacks the key `version`
        etc/known.toml: is no baseline: it lacks the key `version`
        etc/known.toml:1: `version` is not 1: another ngxlint wrote this
        etc/known.toml:1: `version` is a number, not a string
        etc/known.toml:1: `version` is no number from 1 on
        etc/known.toml:2: unknown key `findings`; did you mean `finding`?
        etc/known.toml:2: `finding` is a list of tables: begin each with `[[finding]]`
        etc/known.toml:2: `finding` lacks the key `file`
        etc/known.toml:2: `finding` lacks the key `rule`
        etc/known.toml:4: `finding.rule` names no rule: `syntax-eror`; did you mean `syntax-error`?
        etc/known.toml:5: `finding.count` is no number from 1 on
        etc/known.toml:5: unknown key `finding.line`
        etc/known.toml:7: `finding.rule` is known twice at the same directive: add up the counts
        etc/known.toml:1: is not TOML: key with no value, expected `=`
        "#);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(file in "\\PC{1,10}|.{1,10}", directive in ".{0,20}|\\PC{0,20}", count in 1usize..9) {
            let mut baseline = read("version = 1").unwrap();
            baseline.known.insert(known(&file, "syntax-error", &directive), count);
            prop_assert_eq!(read(&baseline.to_string()).unwrap(), baseline);
        }

        #[test]
        fn no_text_is_too_much(text in "[a-z\\[\\]\"'={}., #0-9\n-]{0,60}|\\PC{0,40}") {
            let _ = read(&text);
            let _ = read(&format!("version = 1\n{text}"));
        }
    }
}
