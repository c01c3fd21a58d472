//! From rules to findings that are shown: which rules run, on what, and what becomes of what they
//! say. Findings of several uses of one place are merged, weighed by confidence and target,
//! suppressed by comments, and filtered.

mod counterpart;
mod dispatch;
mod merge;
mod policy;
mod suppress;

pub use policy::{PerPath, Policy};

use std::collections::HashMap;

use crate::diagnostic::{Confidence, Diagnostic, Fix, Level};
use crate::include::Files;
use crate::model::Model;
use crate::nginx::VersionSet;
use crate::page::Page;
use crate::rules::{self, Finding, Rule};
use crate::source::SourceId;

/// What a run over one configuration found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is shown, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings below the least level or confidence that is shown.
    pub hidden: Vec<Diagnostic>,
}

/// Runs the rules that `policy` selects over a configuration and keeps what is found in the texts
/// that `reported` accepts. In an `assumed` target a finding that holds in a part of it weighs
/// less.
pub fn run(
    model: &Model<'_>,
    files: &Files,
    policy: &Policy,
    assumed: bool,
    reported: &dyn Fn(SourceId) -> bool,
) -> Outcome {
    let selected: Vec<&'static Rule> =
        rules::ALL.iter().copied().filter(|rule| policy.runs(rule)).collect();
    let mut findings = dispatch::all(model, files, &selected);
    findings.retain(|finding| reported(finding.diagnostic.at.source));
    let findings = merge::uses(model, findings);
    let mut findings = suppress::comments(model, files, policy, findings, reported);
    let mut symptoms = HashMap::new();
    let mut outcome = Outcome::default();
    for mut finding in findings.drain(..) {
        finding.diagnostic.level = weigh(model, policy, assumed, &finding);
        let Finding { mut diagnostic, .. } = finding;
        if diagnostic.level == Level::Allow {
            continue;
        }
        if diagnostic.level < policy.min_level || diagnostic.confidence < policy.min_confidence {
            outcome.hidden.push(diagnostic);
            continue;
        }
        // What no release of the target takes is no mend; what all of it takes comes first.
        let target = model.target();
        let meets = |fix: &Fix| fix.versions.as_ref().is_none_or(|versions| versions.meets(target));
        diagnostic.fixes.retain(meets);
        diagnostic.fixes.sort_by_key(|fix| !fix.is_right_in(target));
        if diagnostic.symptoms.is_empty() {
            let known = symptoms.entry(diagnostic.rule);
            let known = known.or_insert_with(|| logs(diagnostic.rule, target));
            diagnostic.symptoms.clone_from(known);
        }
        outcome.diagnostics.push(diagnostic);
    }
    outcome
}

/// The log line by which the page of a rule would have it known: its first for some release of the
/// target. The others are the page's to tell.
fn logs(rule: &str, target: &VersionSet) -> Vec<String> {
    // One page, not all of them: most runs find few kinds of things.
    let page = Rule::named(rule).and_then(|rule| Page::parse(rule.page).ok());
    page.into_iter()
        .flat_map(|page| page.symptoms)
        .filter(|symptom| symptom.versions.as_ref().is_none_or(|versions| versions.meets(target)))
        .find_map(|symptom| symptom.log)
        .into_iter()
        .collect()
}

/// The level of a finding. One that the user sets is final; else the rule's level sinks where the
/// finding is only likely, or holds only in a part of the target.
fn weigh(model: &Model<'_>, policy: &Policy, assumed: bool, finding: &Finding) -> Level {
    let diagnostic = &finding.diagnostic;
    let file = diagnostic.at.source;
    let set = Rule::named(diagnostic.rule).and_then(|rule| policy.level(rule, file));
    let wanted = policy.select.iter().any(|name| name == diagnostic.rule);
    if let Some(level) = set.filter(|level| !(wanted && *level == Level::Allow)) {
        return level;
    }
    let mut level = diagnostic.level;
    if diagnostic.confidence == Confidence::Likely && level == Level::Error {
        level = finding.likely_level.unwrap_or(Level::Info);
    }
    if diagnostic.affects.is_some() {
        let one_mend_for_all =
            || diagnostic.fixes.iter().any(|fix| fix.is_right_in(model.target()));
        let most = if assumed && !one_mend_for_all() { Level::Info } else { Level::Warning };
        level = level.min(most);
    }
    level
}
