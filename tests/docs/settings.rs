//! The page on the settings is in step with their schema, and its examples are settings.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const PAGE: &str = include_str!("../../docs/settings.md");

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/schema/ngxlint.schema.json")).unwrap()
}

/// The keys of the page with what it says of each.
fn sections() -> Vec<(&'static str, &'static str)> {
    let (_, rest) = PAGE.split_once("\n## ").unwrap();
    let section = |text: &'static str| {
        let (title, text) = text.split_once('\n').unwrap();
        (title.trim_matches('`'), text)
    };
    rest.split("\n## ").map(section).collect()
}

fn examples(text: &str) -> Vec<&str> {
    let fences = text.split("```toml\n").skip(1);
    fences.map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_page_has_the_keys_of_the_schema() {
    let schema = schema();
    let mut keys: Vec<&str> = sections().iter().map(|(key, _)| *key).collect();
    keys.sort_unstable();
    let known = schema["properties"].as_object().unwrap();
    assert_eq!(keys, known.keys().map(String::as_str).collect::<Vec<_>>());
    for (key, text) in sections() {
        // The default, as TOML writes it.
        let default = match &known[key]["default"] {
            Value::Null => "not set".to_owned(),
            value => format!("`{value}`"),
        };
        let stated = text.split("\nDefault: ").nth(1).unwrap();
        assert!(stated.starts_with(&default), "{key}: {default}");
        let own: Vec<&str> = examples(text);
        assert!(!own.is_empty(), "{key} has no example");
        for example in own {
            let table: toml::Table = toml::from_str(example).unwrap();
            assert_eq!(table.keys().collect::<Vec<_>>(), [key]);
        }
    }
}

#[test]
fn every_word_that_a_key_takes_is_on_the_page() {
    let schema = schema();
    let words = |value: &Value| -> Vec<String> {
        let words = value["enum"].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let keys = &schema["properties"];
    let speaks = &keys["backend"]["items"]["properties"]["speaks"]["items"];
    for (key, words) in [
        ("flavor", words(&keys["flavor"])),
        ("modules", words(&keys["modules"]["items"]["anyOf"][0])),
        ("rules", words(&schema["$defs"]["level"])),
        ("backend", words(speaks)),
    ] {
        let (_, text) = sections().into_iter().find(|(name, _)| *name == key).unwrap();
        for word in words {
            assert!(text.contains(&format!("`{word}`")), "{key}: {word}");
        }
    }
    let inner = |value: &Value| value["properties"].as_object().unwrap().clone();
    for (key, table) in
        [("include", inner(&keys["include"])), ("backend", inner(&keys["backend"]["items"]))]
    {
        let (_, text) = sections().into_iter().find(|(name, _)| *name == key).unwrap();
        for name in table.keys() {
            assert!(text.contains(&format!("`{name}`")), "{key}: {name}");
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the program reads the examples from a file")]
fn every_example_is_taken() {
    let directory = tempfile::tempdir().unwrap();
    let schema = schema();
    let readme = include_str!("../../README.md");
    let readme: Vec<&str> = examples(readme).into_iter().filter(|one| one.contains('=')).collect();
    let all = [examples(PAGE), readme].concat();
    assert!(all.len() > 11);
    for example in all {
        let table: toml::Table = toml::from_str(example).expect(example);
        let document = serde_json::to_value(table).unwrap();
        let errors = jsonschema::validate(&schema, &document);
        assert!(errors.is_ok(), "{errors:?} {example}");
        let file = directory.path().join("settings.toml");
        std::fs::write(&file, example).unwrap();
        let output = config(directory.path(), &["--config", "settings.toml"]);
        assert_eq!(output.0, Some(0), "{example} {}", output.1);
    }
}

fn config(directory: &Path, options: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ngxlint"));
    let output = command.current_dir(directory).arg("config").args(options).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}
