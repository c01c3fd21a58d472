//! Hands each rule what it looks at: one pass over the directives, by a table of their names.

use crate::include::Files;
use crate::model::Model;
use crate::nginx::DirectiveId;
use crate::rules::{Context, Finding, On, Rule};

/// Everything the rules find. A debug build goes the plain way too, each rule by itself, and
/// compares.
pub(super) fn all(model: &Model<'_>, files: &Files, rules: &[&'static Rule]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules {
        whole(model, files, rule, &mut findings);
    }
    hops(model, files, rules, &mut findings);
    by_table(model, files, rules, &mut findings);
    debug_assert_eq!(places(&findings), places(&one_by_one(model, files, rules)));
    findings
}

/// The checks of everything but hops and single directives.
fn whole(model: &Model<'_>, files: &Files, rule: &'static Rule, findings: &mut Vec<Finding>) {
    let mut context = Context::new(model, files, rule, findings);
    match rule.check {
        On::Config(check) => check(&mut context),
        On::Source(check) => {
            for source in model.config().sources() {
                check(source, &mut context);
            }
        }
        On::Directive(..) | On::Engine | On::Hop(_) => {}
    }
}

/// The checks of hops, all of them for one hop after the other: what is asked of it stays near.
fn hops(model: &Model<'_>, files: &Files, rules: &[&'static Rule], findings: &mut Vec<Finding>) {
    for hop in model.hops() {
        for rule in rules {
            if let On::Hop(check) = rule.check {
                check(hop, &mut Context::new(model, files, rule, findings));
            }
        }
    }
}

/// The checks of single directives, in one pass over those that some rule looks at.
fn by_table(
    model: &Model<'_>,
    files: &Files,
    rules: &[&'static Rule],
    findings: &mut Vec<Finding>,
) {
    let mut table: Vec<Vec<&'static Rule>> = vec![Vec::new(); DirectiveId::COUNT];
    for rule in rules {
        if let On::Directive(ids, _) = rule.check {
            for id in ids {
                table[id.index()].push(rule);
            }
        }
    }
    for (id, rules) in DirectiveId::all().zip(&table).filter(|(_, rules)| !rules.is_empty()) {
        for (used, scope) in model.every(id) {
            for rule in rules {
                if let On::Directive(_, check) = rule.check {
                    check(used, scope, &mut Context::new(model, files, rule, findings));
                }
            }
        }
    }
}

/// The plain way: rule by rule, all directives for each.
fn one_by_one(model: &Model<'_>, files: &Files, rules: &[&'static Rule]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules {
        match rule.check {
            On::Directive(ids, check) => {
                for (id, used, scope) in model.directives() {
                    if ids.contains(&id) {
                        check(used, scope, &mut Context::new(model, files, rule, &mut findings));
                    }
                }
            }
            On::Hop(_) => hops(model, files, std::slice::from_ref(rule), &mut findings),
            On::Config(_) | On::Engine | On::Source(_) => whole(model, files, rule, &mut findings),
        }
    }
    findings
}

/// What was found and where, in an order that does not depend on the way.
fn places(findings: &[Finding]) -> Vec<(&str, crate::source::Location, &str)> {
    let place = |finding: &'_ Finding| -> (&'static str, _, _) {
        (finding.diagnostic.rule, finding.diagnostic.at, finding.instance)
    };
    let mut all: Vec<_> = findings.iter().collect();
    all.sort_by_key(|finding| place(finding));
    all.iter()
        .map(|finding| {
            (finding.diagnostic.rule, finding.diagnostic.at, finding.diagnostic.message.as_str())
        })
        .collect()
}
