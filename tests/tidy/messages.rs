//! The table of nginx's messages: each is covered by a rule that there is or will be, or says why
//! text alone cannot decide it. That it holds every message is compared with nginx's source.

use std::collections::BTreeSet;
use std::path::Path;

use ngxlint::rules::{ALL, COMING};
use serde_json::Value;

/// The strings of a field: one, a list of several, or none.
fn strings<'a>(entry: &'a Value, field: &str) -> Vec<&'a str> {
    match &entry[field] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Everything that is wrong with the table, a line each.
fn wrong(table: &Value) -> Vec<String> {
    let entries = table["messages"].as_array().expect("a list of messages");
    let reasons: BTreeSet<&str> = strings(&table["_meta"], "reasons").into_iter().collect();
    let is_rule = |name: &str| ALL.iter().any(|rule| rule.name == name) || COMING.contains(&name);
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    let mut last = None;
    for entry in entries {
        let place =
            ["src", "text", "form", "level"].map(|field| entry[field].as_str().unwrap_or(""));
        let mut say = |what: &str| wrong.push(format!("{} `{}`: {what}", place[0], place[1]));
        let (rules, reason) = (strings(entry, "rule"), entry["not_text"].as_str());
        if rules.is_empty() != reason.is_some() {
            say("needs either `rule` or `not_text`");
        }
        for rule in rules.iter().filter(|rule| !is_rule(rule)) {
            say(&format!("no rule `{rule}`"));
        }
        if entry["rule"].is_array() && rules.iter().collect::<BTreeSet<_>>().len() < 2 {
            say("a list of rules names several");
        }
        if reason.is_some_and(|reason| !reasons.contains(reason)) {
            say("a reason that `_meta` does not list");
        }
        if last.is_some_and(|last| last >= place) {
            say("out of order, or twice");
        }
        used.extend(reason);
        last = Some(place);
    }
    wrong.extend(reasons.difference(&used).map(|reason| format!("no message for `{reason}`")));
    wrong
}

#[test]
fn every_message_has_its_rule_or_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/messages.json");
    let table = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let wrong = wrong(&table);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_wrong_table_is_found() {
    let table = serde_json::json!({
        "_meta": { "reasons": ["memory", "users"] },
        "messages": [
            { "src": "b", "text": "t", "level": "emerg", "rule": "no-rule" },
            { "src": "a", "text": "t", "level": "emerg", "rule": ["invalid-value"] },
            { "src": "c", "text": "t", "level": "emerg" },
            { "src": "c", "text": "t", "level": "emerg", "rule": "invalid-value", "not_text": "users" },
            { "src": "d", "text": "t", "level": "emerg", "not_text": "weather" },
        ],
    });
    let expected = [
        "b `t`: no rule `no-rule`",
        "a `t`: a list of rules names several",
        "a `t`: out of order, or twice",
        "c `t`: needs either `rule` or `not_text`",
        "c `t`: needs either `rule` or `not_text`",
        "c `t`: out of order, or twice",
        "d `t`: a reason that `_meta` does not list",
        "no message for `memory`",
    ];
    assert_eq!(wrong(&table), expected);
}
