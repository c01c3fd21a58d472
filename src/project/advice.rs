//! What is said of the lines of an error log: how often they came, what they tell, what helps.

use std::path::PathBuf;

use bstr::ByteSlice;

use crate::diagnostic::{Confidence, Diagnostic, Label, Level, Seen, TargetRow};
use crate::engine::Policy;
use crate::errorlog::Group;
use crate::nginx::VersionSet;
use crate::page::{Page, Symptom};
use crate::rules::Rule;
use crate::source::{Before, Location, Sources, Span};

/// A group of lines with what the pages say of them.
pub(super) struct Advice<'a> {
    pub(super) group: &'a Group,
    /// The pages that know the line, the likeliest first.
    pub(super) rows: &'a [(&'a Page<'a>, &'a Symptom)],
    /// What the configuration is for, if one is known.
    pub(super) target: Option<&'a TargetRow>,
    /// Which rules run, and at which level.
    pub(super) policy: &'a Policy,
}

impl Advice<'_> {
    /// Adds a finding of a rule that explains the lines; one that explains others already is added
    /// to.
    pub(super) fn add(&self, found: &mut Vec<Diagnostic>, mut known: Diagnostic, label: Label) {
        let mut help = self.told();
        let same = |one: &&mut Diagnostic| one.rule == known.rule && one.at == known.at;
        if let Some(one) = found.iter_mut().find(same) {
            help.retain(|line| !one.help.contains(line));
            one.help.extend(help);
            one.labels.push(label);
            if let Some(seen) = &mut one.seen {
                let own = seen_of(self.group);
                seen.count += own.count;
                seen.first = seen.first.clone().min(own.first);
                seen.last = seen.last.clone().max(own.last);
            }
            return;
        }
        let line = self.group.sample.line();
        known.symptoms = vec![line.message.to_str_lossy().into_owned()];
        known.labels.push(label);
        known.seen = Some(seen_of(self.group));
        help.append(&mut known.help);
        known.help = help;
        if let Some((page, row)) = self.rows.iter().find(|(page, _)| page.name == known.rule) {
            // A likely finding rests on what such a line usually means.
            known.help.extend(self.others(page).filter(|_| known.confidence == Confidence::Likely));
            known.dead_ends = self.dead_ends(page);
            // What was only likely has come to pass.
            let is_set = |rule: &&Rule| self.policy.level(rule, known.at.source).is_some();
            let rule = Rule::named(known.rule).filter(|rule| row.usual && !is_set(rule));
            known.level = known.level.max(rule.map_or(Level::Allow, |rule| rule.level));
        }
        found.push(known);
    }

    /// What the lines tell beside what they say.
    fn told(&self) -> Vec<String> {
        let mut told: Vec<String> = self.group.told.clone().into_iter().collect();
        if self.group.mixed {
            told.push("the lines are of more peers and servers than can be told apart".into());
        }
        let level = self.group.level.name();
        let releases = |(_, row): &(&Page<'_>, &Symptom)| {
            let by_level = row.levels.iter().find(|(_, known)| known == level);
            let versions = by_level.map(|(versions, _)| versions.clone());
            match (&row.versions, versions) {
                (Some(one), Some(other)) => Some(one.intersect(&other)),
                (one, other) => one.clone().or(other),
            }
        };
        let written: Option<Vec<VersionSet>> = self.rows.iter().map(releases).collect();
        if let (Some(written), Some(target)) = (written, self.target)
            && let Some(first) = written.first()
            && !written.iter().any(|written| written.meets(&target.versions))
        {
            told.push(format!(
                "nginx {first} writes this line at `{level}`, the target is {}: the log is of \
                 another release",
                target.versions
            ));
        }
        told
    }

    /// Which rules the same line may come of, beside that of a page.
    fn others(&self, page: &Page<'_>) -> Option<String> {
        let others = self.rows.iter().filter(|(other, _)| other.name != page.name);
        let mut others: Vec<String> =
            others.map(|(other, _)| format!("`{}`", other.name)).collect();
        others.dedup();
        (!others.is_empty()).then(|| format!("the same line may come of {}", others.join(", ")))
    }

    fn dead_ends(&self, page: &Page<'_>) -> Vec<String> {
        let dead_ends = page.dead_ends.iter().map(|one| (&one.text, &one.versions));
        self.in_target(dead_ends)
    }

    fn workarounds(&self, page: &Page<'_>) -> Vec<String> {
        self.in_target(page.workarounds.iter().map(|one| (&one.text, &one.versions)))
    }

    /// The texts that hold somewhere in the target, each with the releases where not in all of it.
    fn in_target<'p>(
        &self,
        texts: impl Iterator<Item = (&'p String, &'p Option<VersionSet>)>,
    ) -> Vec<String> {
        let target = self.target.map(|target| &target.versions);
        let lines = texts.filter_map(|(text, versions)| match (versions, target) {
            (None, _) => Some(text.clone()),
            (Some(versions), Some(target)) if !versions.meets(target) => None,
            (Some(versions), Some(target)) if target.is_subset(versions) => Some(text.clone()),
            (Some(versions), _) => Some(format!("{text} (nginx {versions})")),
        });
        lines.take(MOST).collect()
    }
}

/// A finding by the page that likeliest explains the lines, at the pass that opened the connection,
/// else at the log; `None` if its rule is not to run.
pub(super) fn by_page(
    advice: &Advice<'_>,
    log: Label,
    pass: Option<Location>,
) -> Option<Diagnostic> {
    let runs = |(page, row): &(&Page<'_>, &Symptom)| {
        let rule = Rule::named(&page.name).filter(|rule| advice.policy.runs(rule))?;
        // In the log of the upstream itself it may be of anybody who knocks at its port.
        Some((rule, row.usual && !row.of_upstream))
    };
    let (page, (rule, usual)) = advice.rows.iter().find_map(|row| Some((row.0, runs(row)?)))?;
    let line = advice.group.sample.line();
    let mut help = advice.told();
    help.extend(advice.workarounds(page));
    help.extend(advice.others(page));
    let at = pass.unwrap_or(log.at);
    let set = advice.policy.level(rule, at.source);
    Some(Diagnostic {
        rule: rule.name,
        category: rule.category,
        level: set.unwrap_or(if usual { rule.level } else { Level::Info }),
        confidence: Confidence::Likely,
        affects: None,
        message: page.summary.clone(),
        at,
        directive: String::new(),
        labels: vec![log],
        help,
        dead_ends: advice.dead_ends(page),
        symptoms: vec![line.message.to_str_lossy().into_owned()],
        fixes: Vec::new(),
        seen: Some(seen_of(advice.group)),
    })
}

fn seen_of(group: &Group) -> Seen {
    let text = |bytes: &[u8]| bytes.to_str_lossy().into_owned();
    Seen { count: group.count, first: text(&group.first), last: text(&group.last) }
}

/// Puts how often a finding was seen into its message, where every format shows it.
pub(super) fn count_in(finding: &mut Diagnostic) {
    let often = match finding.seen.as_ref().map(|seen| seen.count) {
        None => return,
        Some(1) => "seen once".into(),
        Some(2) => "seen twice".into(),
        Some(more) => format!("seen {more} times"),
    };
    finding.message = format!("{}; {often}", finding.message);
}

/// A label for the line of a log that shows a group, which becomes a source of its own.
pub(super) fn log_label(sources: &mut Sources, names: &[PathBuf], group: &Group) -> Label {
    let sample = &group.sample;
    let name = names.get(sample.log).cloned().unwrap_or_default();
    let lines = u32::try_from(sample.number.saturating_sub(1)).unwrap_or(u32::MAX);
    let before = Before { lines, bytes: sample.offset };
    let message = sample.line().message;
    let start = sample.bytes.find(message).unwrap_or(0) as u32;
    // Of a record of several lines the first shows enough.
    let length = message.find_byte(b'\n').unwrap_or(message.len()) as u32;
    let source = sources.add_part(name, sample.bytes.as_slice().into(), before);
    let at = Location::new(source, Span::new(start, start + length));
    Label { at, message: times(group) }
}

/// `12 times, from 2026/11/30 17:28:55 to 2026/11/30 18:00:00`.
fn times(group: &Group) -> String {
    let (first, last) = (group.first.to_str_lossy(), group.last.to_str_lossy());
    let when = match (first.as_ref(), last.as_ref()) {
        ("", _) => String::new(),
        (first, last) if first == last => format!(" at {first}"),
        (first, last) => format!(", from {first} to {last}"),
    };
    match group.count {
        1 => format!("once{when}"),
        more => format!("{more} times{when}"),
    }
}

/// So many pieces of advice of a kind are given; the page has them all.
const MOST: usize = 4;
