//! What came of the cases: how many there were, what was left out and why, and where ngxlint and
//! nginx differ, put together by directive and by what nginx says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::KNOWN;

/// The places that are shown of a group in a failure; the rest is in the written report.
const SHOWN: usize = 60;

/// One way to differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    /// The directive, or what was done to a good configuration.
    pub(super) subject: String,
    /// What nginx says, without what is particular.
    pub(super) nginx: String,
    /// What ngxlint says.
    pub(super) ngxlint: String,
}

/// A way to differ that stays, and why.
pub(super) struct Known {
    /// The directive; `*`: any.
    pub(super) subject: &'static str,
    /// What nginx says, as [`shape`] has it.
    pub(super) nginx: &'static str,
    /// Why it is right that ngxlint says something else.
    pub(super) reason: &'static str,
}

impl Known {
    fn is(&self, way: &Way) -> bool {
        self.nginx == way.nginx && (self.subject == "*" || self.subject == way.subject)
    }
}

/// The cases that differ in one way.
#[derive(Default)]
struct Group {
    count: usize,
    releases: BTreeSet<String>,
    example: String,
}

/// What came of many cases.
#[derive(Default)]
pub(super) struct Report {
    /// How many were judged.
    pub(super) cases: usize,
    /// How many of them are texts that fixes changed.
    pub(super) fixed: usize,
    /// How many were left out, and why.
    pub(super) left_out: BTreeMap<&'static str, usize>,
    groups: BTreeMap<Way, Group>,
    known: BTreeMap<usize, usize>,
    /// A line for each case, if they are wanted.
    pub(super) rows: String,
}

impl Report {
    pub(super) fn leave_out(&mut self, reason: &'static str) {
        *self.left_out.entry(reason).or_default() += 1;
    }

    /// Notes that a case differs; one that is known to is only counted.
    pub(super) fn differ(&mut self, release: &str, way: Way, example: impl FnOnce() -> String) {
        let known = KNOWN.iter().position(|known| known.is(&way));
        if let Some(index) = known {
            *self.known.entry(index).or_default() += 1;
            return;
        }
        let group = self.groups.entry(way).or_default();
        group.count += 1;
        group.releases.insert(release.to_owned());
        if group.example.is_empty() {
            group.example = example();
        }
    }

    /// Puts another report to this one.
    pub(super) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.fixed += other.fixed;
        self.rows.push_str(&other.rows);
        for (reason, count) in other.left_out {
            *self.left_out.entry(reason).or_default() += count;
        }
        for (index, count) in other.known {
            *self.known.entry(index).or_default() += count;
        }
        for (way, group) in other.groups {
            let own = self.groups.entry(way).or_default();
            own.count += group.count;
            own.releases.extend(group.releases);
            if own.example.is_empty() {
                own.example = group.example;
            }
        }
    }

    /// Writes it where `NGXLINT_DIFFER_REPORT` says, a directory, and fails if anything differs.
    pub(super) fn hold(&self, name: &str) {
        let mut groups: Vec<(&Way, &Group)> = self.groups.iter().collect();
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.count));
        let differing: usize = groups.iter().map(|(_, group)| group.count).sum();
        let mut text = format!(
            "{name}: {} cases, {} of them fixed, {differing} differ in {} ways\nleft out: {:?}\nknown: {:?}\n",
            self.cases,
            self.fixed,
            groups.len(),
            self.left_out,
            self.known
                .iter()
                .map(|(index, count)| (KNOWN[*index].reason, count))
                .collect::<Vec<_>>(),
        );
        let head = text.len();
        let mut shown = None;
        for (index, (way, group)) in groups.iter().enumerate() {
            let releases = group.releases.iter().cloned().collect::<Vec<_>>().join(" ");
            let Way { subject, nginx, ngxlint } = way;
            let count = group.count;
            let example = group.example.trim_end().replace('\n', "\n        ");
            write!(text, "{count:6} {subject}\n    nginx   {nginx} ({releases})\n").unwrap();
            write!(text, "    ngxlint {ngxlint}\n        {example}\n").unwrap();
            if index + 1 == SHOWN {
                shown = Some(text.len());
            }
        }
        if let Some(directory) = std::env::var_os("NGXLINT_DIFFER_REPORT") {
            let directory = std::path::PathBuf::from(directory);
            std::fs::create_dir_all(&directory).unwrap();
            std::fs::write(directory.join(format!("{name}.txt")), &text).unwrap();
            if !self.rows.is_empty() {
                std::fs::write(directory.join(format!("{name}.tsv")), &self.rows).unwrap();
            }
        }
        let end = shown.unwrap_or(text.len());
        assert!(text.len() == head, "{}", &text[..end]);
    }
}

/// A message of nginx without what is particular: quoted words and numbers.
pub(super) fn shape(message: &str) -> String {
    let mut shape = String::new();
    let mut quoted = false;
    for part in message.split('"') {
        shape.push_str(if quoted { "\"…\"" } else { part });
        quoted = !quoted;
    }
    let mut short = String::new();
    for byte in shape.chars() {
        if !byte.is_ascii_digit() {
            short.push(byte);
        } else if !short.ends_with('N') {
            short.push('N');
        }
    }
    short
}
