//! The settings file as a JSON Schema, for editors and for those who check the file elsewhere. What
//! is a list in the code (keys, flavors, levels, protocols, modules, rules) is taken from there.

use serde_json::{Map, Value, json};

use super::read::{BACKEND_KEYS, INCLUDE_KEYS, KEYS, PER_PATH_KEYS, names};
use crate::diagnostic::{Category, Level};
use crate::nginx::module;
use crate::nginx::{Flavor, Protocol};

/// The schema. `rules` are the names of all rules with what to say of each; `coming` are names of
/// rules that are still to come, which settings may speak of already.
pub fn schema(rules: &[(&str, String)], coming: &[&str]) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ngxlint.toml",
        "description": "The settings of ngxlint: `ngxlint.toml` or `.ngxlint.toml`, the nearest upward \
            from the configuration. Paths and globs begin at the directory of the file.",
        "type": "object",
        "additionalProperties": false,
        "properties": table(&KEYS, property),
        "$defs": {
            "text": { "type": "string", "minLength": 1 },
            "texts": { "type": "array", "items": { "$ref": "#/$defs/text" } },
            "level": {
                "enum": names(Level::ALL, Level::name),
                "description": "error: the connection fails, or nginx refuses the configuration; \
                    warning: it works worse than written; info: a hint; allow: off.",
            },
            "levels": {
                "type": "object",
                "additionalProperties": false,
                "properties": levels(rules, coming),
            },
            "pattern": {
                "$ref": "#/$defs/text",
                "description": "A glob: `*` stays within a name, `**` does not, `{a,b}` is either. \
                    Without `/` it fits a file or a directory anywhere; a directory means all below it.",
            },
        },
    })
}

/// Where the schema is: in the package's repository, if it states one; else beside the settings, where
/// who wants it puts it.
pub fn location() -> String {
    match env!("CARGO_PKG_REPOSITORY") {
        "" => FILE.to_owned(),
        home => format!("{home}/raw/v{}/docs/schema/{FILE}", env!("CARGO_PKG_VERSION")),
    }
}

/// What holds where the file does not have that key, of those at its top; `None` if that depends on
/// the configuration.
pub fn default(key: &str) -> Option<Value> {
    property(key).get("default").cloned()
}

fn table(keys: &[&str], value: impl Fn(&str) -> Value) -> Value {
    keys.iter().map(|key| ((*key).to_owned(), value(key))).collect()
}

/// The value of a key at the top of the file.
pub(super) fn property(key: &str) -> Value {
    match key {
        "nginx-version" => json!({
            "$ref": "#/$defs/text",
            "description": "The releases of nginx that the configuration is for. Unset, they are those \
                of the installed nginx or of the image beside the configuration, else assumed.",
            "pattern": VERSIONS,
            "examples": ["1.22.1", "1.22", ">=1.20, <1.26", "1.22 || >=1.28"],
        }),
        "flavor" => json!({
            "enum": Flavor::ALL.map(Flavor::name),
            "description": "The server that reads the configuration: whose directives there are.",
            "default": Flavor::default().name(),
        }),
        "modules" => json!({
            "type": "array",
            "items": { "anyOf": [{ "enum": module::names() }, { "$ref": "#/$defs/text" }] },
            "description": "The modules outside nginx that are there, beside those that `load_module` \
                loads. Unset, any that ngxlint knows may be.",
            "examples": [["lua", "brotli"]],
        }),
        "roots" => json!({
            "$ref": "#/$defs/texts",
            "description": "The files nginx is started with. They are checked where no PATH is named, and \
                in a directory that is searched no other file but a dump counts as one then.",
            "default": [],
            "examples": [["nginx/nginx.conf"]],
        }),
        "exclude" => json!({
            "type": "array",
            "items": { "$ref": "#/$defs/pattern" },
            "description": "Files that are never reported, not even when named; they are still read where \
                something includes them.",
            "default": [],
            "examples": [["vendor/**", "*.bak.conf"]],
        }),
        "extra-directives" => json!({
            "$ref": "#/$defs/texts",
            "description": "Directives that nobody else knows; `*` stands for any bytes. Nothing is said of \
                them.",
            "default": [],
            "examples": [["my_module_*"]],
        }),
        "include" => json!({
            "type": "object",
            "description": "How includes are followed.",
            "additionalProperties": false,
            "properties": table(&INCLUDE_KEYS, |_| json!({
                "type": "object",
                "description": "Where directories of the server are to be found here; what is named may be \
                    read.",
                "propertyNames": { "minLength": 1 },
                "additionalProperties": { "$ref": "#/$defs/text" },
                "examples": [{ "/etc/nginx": "nginx" }],
            })),
            "default": {},
            "examples": [{ "map": { "/etc/nginx": "nginx" } }],
        }),
        "rules" => json!({
            "$ref": "#/$defs/levels",
            "description": "Levels by rule or category. A rule's own name beats its category.",
            "default": {},
            "examples": [{ "tls-to-plaintext-upstream": "error", "meta": "allow" }],
        }),
        "per-path" => json!({
            "type": "object",
            "description": "Levels in some files, by a glob; where several fit, the last one counts. They \
                beat `rules`.",
            "propertyNames": { "$ref": "#/$defs/pattern" },
            "additionalProperties": {
                "type": "object",
                "required": PER_PATH_KEYS,
                "additionalProperties": false,
                "properties": table(&PER_PATH_KEYS, |_| json!({ "$ref": "#/$defs/levels" })),
            },
            "default": {},
            "examples": [{ "sites-available/legacy/*": { "rules": { "deprecated": "allow" } } }],
        }),
        "baseline" => json!({
            "$ref": "#/$defs/text",
            "description": "The file of what was found when somebody began, and is not reported again; \
                `--write-baseline` writes it.",
            "examples": ["ngxlint-baseline.toml"],
        }),
        "backend" => json!({
            "type": "array",
            "description": "What peers outside of the configuration speak; where several addresses fit, the \
                first one counts.",
            "items": {
                "type": "object",
                "required": BACKEND_KEYS,
                "additionalProperties": false,
                "properties": table(&BACKEND_KEYS, backend),
            },
            "default": [],
            "examples": [[{ "address": "10.0.0.5:8080", "speaks": ["h2c"] }]],
        }),
        _ => Value::Bool(false),
    }
}

/// The value of a key of a `[[backend]]`.
fn backend(key: &str) -> Value {
    match key {
        "address" => json!({
            "$ref": "#/$defs/text",
            "description": "`host:port`, `host` (every port), `unix:/path` or the name of an `upstream`; \
                `*` and `?` stand for any characters and for one.",
        }),
        "speaks" => json!({
            "type": "array",
            "minItems": 1,
            "items": { "enum": Protocol::ALL.map(Protocol::name) },
            "description": "The whole truth about the peer. `tls`: TLS is required (`h2` implies it); \
                `tls` and `cleartext`: both are taken; `proxy-protocol`, `sni`: required; `grpc` is over \
                cleartext HTTP/2, or over TLS where `tls` stands beside it.",
        }),
        _ => Value::Bool(false),
    }
}

/// The level of each rule and category.
fn levels(rules: &[(&str, String)], coming: &[&str]) -> Value {
    let level =
        |description: String| json!({ "$ref": "#/$defs/level", "description": description });
    let mut levels = Map::new();
    for name in coming {
        let description = "A rule that is still to come: no effect yet.".to_owned();
        levels.insert((*name).to_owned(), level(description));
    }
    for category in Category::ALL {
        let description = format!("Every rule of the category `{category}`.");
        levels.insert(category.name().to_owned(), level(description));
    }
    for (name, description) in rules {
        levels.insert((*name).to_owned(), level(description.clone()));
    }
    Value::Object(levels)
}

/// What the file of the schema is called.
const FILE: &str = "ngxlint.schema.json";

/// How a target is written.
const VERSIONS: &str = concat!(
    r"^\s*([<>]=?|=)?\s*\d+(\.\d+){0,2}\s*",
    r"((,|\|\|)\s*([<>]=?|=)?\s*\d+(\.\d+){0,2}\s*)*$"
);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jsonschema::Validator;
    use proptest::prelude::*;

    use super::*;
    use crate::settings::read;
    use crate::source::Memory;

    const COMING: [&str; 1] = ["h2c-smuggling"];

    const RULES: [&str; 2] = ["lost-proxy-headers", "syntax-error"];

    fn validator() -> Validator {
        let schema = schema(&RULES.map(|name| (name, name.to_owned())), &COMING);
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    /// Whether the reader takes a text; `None` if it is no TOML.
    fn is_read(text: &str) -> Option<bool> {
        let mut memory = Memory::default();
        memory.insert("ngxlint.toml", text);
        let names = [&RULES[..], &COMING].concat();
        match read(&memory, Path::new("ngxlint.toml"), &names) {
            Ok(_) => Some(true),
            Err(error) if error.to_string().contains("is not TOML") => None,
            Err(_) => Some(false),
        }
    }

    /// Whether the schema takes a text that is TOML.
    fn is_valid(validator: &Validator, text: &str) -> bool {
        let table: toml::Table = toml::from_str(text).expect(text);
        validator.is_valid(&serde_json::to_value(table).unwrap())
    }

    #[test]
    fn the_schema_takes_the_example_of_the_manual() {
        let text = r#"
nginx-version = "1.22"
flavor = "nginx"
modules = ["lua", "brotli"]
roots = ["nginx/nginx.conf"]
exclude = ["vendor/**"]
extra-directives = ["my_module_*"]
[include]
map = { "/etc/nginx" = "nginx" }
[rules]
lost-proxy-headers = "error"
style = "allow"
h2c-smuggling = "warning"
[per-path."sites-available/legacy/*".rules]
lost-proxy-headers = "allow"
[[backend]]
address = "10.0.0.5:8080"
speaks = ["h2c"]
"#;
        assert_eq!(is_read(text), Some(true));
        assert!(is_valid(&validator(), text));
    }

    #[test]
    fn every_key_is_described_with_what_it_is_like() {
        let validator = validator();
        for (key, inner) in [
            ("include", &INCLUDE_KEYS[..]),
            ("per-path", &PER_PATH_KEYS),
            ("backend", &BACKEND_KEYS),
            ("", &KEYS),
        ] {
            let text = property(key).to_string() + &backend("address").to_string();
            for name in inner {
                let known = property(name) != Value::Bool(false);
                assert!(known || text.contains(&format!("\"{name}\"")), "{key}.{name}");
            }
        }
        for key in KEYS {
            let property = property(key);
            assert!(property["description"].is_string(), "{key}");
            let example = match &property["examples"] {
                Value::Array(examples) => examples.clone(),
                _ => vec![json!("angie")],
            };
            for example in example {
                let document = json!({ key: example });
                let text = toml::to_string(&document)
                    .unwrap()
                    .replace("tls-to-plaintext-upstream", "syntax-error");
                assert_eq!(is_read(&text), Some(true), "{text}");
                assert!(is_valid(&validator, &text), "{text}");
            }
        }
        for key in BACKEND_KEYS {
            assert!(backend(key)["description"].is_string(), "{key}");
        }
    }

    /// What a key may be followed by, sensible or not. What only the reader can judge (a glob that
    /// is none, a range of releases that holds none) is not among it, nor a date, which JSON has not.
    const VALUES: [&str; 33] = [
        "1",
        "1.5",
        "true",
        "\"\"",
        "\"x\"",
        "\"1.22\"",
        "\" >= 1.20,<1.26 || 1.29.1 \"",
        "\"1.\"",
        "\"v1\"",
        "\"1.22,\"",
        "\"1 2\"",
        "\"angie\"",
        "\"error\"",
        "\"warn\"",
        "[]",
        "[1]",
        "[\"\"]",
        "[\"x\"]",
        "[\"lua\", \"x\"]",
        "[[]]",
        "[{}]",
        "{}",
        "{ a = 1 }",
        "{ map = {} }",
        "{ map = { \"/a\" = \"b\" } }",
        "{ map = { \"\" = \"b\" } }",
        "{ syntax-error = \"info\" }",
        "{ rules = { protocol = \"allow\" } }",
        "{ a = { rules = { h2c-smuggling = \"error\" } } }",
        "{ a = { rules = { x = \"error\" } } }",
        "[{ address = \"a\", speaks = [\"h2\", \"tls\"] }]",
        "[{ address = \"a\", speaks = [] }]",
        "[{ address = \"a\", speaks = [\"h3\"] }]",
    ];

    #[test]
    fn the_schema_and_the_reader_take_the_same() {
        let validator = validator();
        let (mut taken, mut refused) = (0, 0);
        let nested = ["include.map", "per-path.a", "per-path.a.rules", "rules.style", "x"];
        for key in KEYS.iter().chain(&nested) {
            for value in VALUES {
                let text = format!("{key} = {value}");
                let read = is_read(&text).expect(&text);
                assert_eq!(is_valid(&validator, &text), read, "{text}");
                *(if read { &mut taken } else { &mut refused }) += 1;
            }
        }
        assert!(taken > 20 && refused > 300, "{taken} {refused}");
    }

    proptest! {
        #[test]
        fn the_schema_and_the_reader_take_the_same_files(
            lines in prop::collection::vec(
                (prop::sample::select(&KEYS[..]), prop::sample::select(&VALUES[..])), 0..6)
        ) {
            let lines: Vec<_> = lines.iter().map(|(key, value)| format!("{key} = {value}")).collect();
            let text = lines.join("\n");
            if let Some(read) = is_read(&text) {
                prop_assert_eq!(is_valid(&validator(), &text), read, "{}", text);
            }
        }
    }
}
