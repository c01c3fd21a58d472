//! `ngxlint config`: what it shows is what holds, and the schema is that of the settings.

use std::fs;

use serde_json::Value;

use super::{CLEAN, Run};

const SETTINGS: &str = r#"# settings
nginx-version = "1.22"
flavor = "openresty"
roots = ["nginx.conf"]
exclude = [
    "vendor/**",
]

[include]
map = { "/opt/\u202e" = "nginx", "/etc" = "x" }

[rules]
style = "allow"
syntax-error = "warning"

[per-path."sites/a b/*".rules]
meta = "allow"

[[backend]]
address = "10.0.0.5:8080"
speaks = ["h2c"]

[[backend]]
address = "*.internal"
speaks = ["tls", "http/1.1"]
"#;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

fn repository() -> tempfile::TempDir {
    tree(&[(".git/HEAD", ""), ("ngxlint.toml", SETTINGS), ("nginx.conf", CLEAN)])
}

/// A root that is not there is told of with the line that names it, however it was come by.
#[test]
fn what_settings_name_and_is_not_there_is_told_of_with_its_line() {
    let tree = tempfile::tempdir().expect("a directory");
    fs::create_dir(tree.path().join(".git")).expect("a repository");
    fs::write(tree.path().join("a.conf"), "server {}\n").expect("a file");
    let settings = "# where nginx begins\nroots = [\"etc/nginx.conf\"]\n";
    fs::write(tree.path().join("ngxlint.toml"), settings).expect("settings");
    let says = "error: ngxlint.toml:2: `roots` names etc/nginx.conf: no such file or directory\n";
    for arguments in [&["check"][..], &["check", "."], &["check", "a.conf"], &["hops"]] {
        let run = Run::of(tree.path(), arguments, None);
        // What was typed as `.` is shown so.
        assert_eq!(
            (run.exit, run.err.replace("./", "")),
            (Some(2), says.to_owned()),
            "{arguments:?}"
        );
    }
    let run = Run::of(tree.path(), &["check", "--root", "etc/nginx.conf"], None);
    assert_eq!(run.err, "error: etc/nginx.conf: no such file or directory\n");
}

#[test]
fn every_setting_stands_with_its_origin() {
    let tree = repository();
    let arguments = [
        "config",
        "nginx.conf",
        "--exclude",
        "*.bak",
        "--error",
        "syntax-error",
        "--map",
        "/etc=y",
        "--root",
        "b.conf",
    ];
    let run = Run::of(tree.path(), &arguments, None);
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(run.out, @r#"
    # settings file: ngxlint.toml
    nginx-version = "1.22"                                # ngxlint.toml:2
    flavor = "openresty"                                  # ngxlint.toml:3
    # modules is not set                                  # default
    roots = ["b.conf"]                                    # --root
    exclude = [
        "vendor/**",                                      # ngxlint.toml:5
        "*.bak",                                          # --exclude
    ]
    # extra-directives = []                               # default
    include.map."/opt/\u202e" = "nginx"                   # ngxlint.toml:10
    include.map."/etc" = "y"                              # --map
    rules.style = "allow"                                 # ngxlint.toml:13
    rules.syntax-error = "error"                          # --error
    per-path."sites/a b/*".rules.meta = "allow"           # ngxlint.toml:17
    # baseline is not set                                 # default
    backend = [
        { address = "10.0.0.5:8080", speaks = ["h2c"] },  # ngxlint.toml:19
        { address = "*.internal", speaks = ["tls", "http/1.1"] },  # ngxlint.toml:23
    ]
    "#);
    let none = Run::of(tree.path(), &["config", "--no-config", "--nginx-version", "1.30"], None);
    let first: Vec<_> = none.out.lines().take(3).collect();
    insta::assert_snapshot!(first.join("\n"), @r#"
    # settings file: none
    nginx-version = ">=1.30.0, <1.31.0"  # --nginx-version
    # flavor = "nginx"                   # default
    "#);
}

#[test]
fn the_target_that_is_found_is_shown() {
    let tree = tree(&[
        (".git/HEAD", ""),
        ("Dockerfile", "FROM openresty/openresty:1.25.3.1-alpine\n"),
        ("conf/nginx.conf", CLEAN),
    ]);
    let run = Run::of(&tree.path().join("conf"), &["config"], None);
    let found = "  # from `FROM openresty/openresty:1.25.3.1-alpine` at ../Dockerfile:1\n";
    for line in ["nginx-version = \"1.25.3\"", "flavor = \"openresty\""] {
        assert!(run.out.contains(&format!("\n{line}")) && run.out.contains(found), "{run:?}");
    }
}

#[test]
fn what_is_shown_is_a_settings_file_that_says_the_same() {
    let tree = repository();
    let shown = |arguments: &[&str]| {
        let run = Run::of(tree.path(), arguments, None);
        assert_eq!(run.exit, Some(0), "{run:?}");
        run.out
    };
    let values = |text: &str| -> Vec<(Value, Value)> {
        let document: Value = serde_json::from_str(text).unwrap();
        let rows = document["settings"].as_array().unwrap().iter();
        rows.map(|row| (row["key"].clone(), row["value"].clone())).collect()
    };
    let before = values(&shown(&["config", "--output-format", "json"]));
    fs::write(tree.path().join("again.toml"), shown(&["config"])).unwrap();
    let again = shown(&["config", "--config", "again.toml", "--output-format", "json"]);
    assert_eq!(values(&again), before);
}

#[test]
fn json_is_the_document_of_its_schema() {
    let tree = repository();
    let schema = include_str!("../../docs/schema/config.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    for options in [&[][..], &["--no-config"], &["--allow", "meta", "--flavor", "angie"]] {
        let arguments = [&["config", "--output-format", "json"], options].concat();
        let run = Run::of(tree.path(), &arguments, None);
        let document: Value = serde_json::from_str(&run.out).unwrap();
        jsonschema::validate(&schema, &document).unwrap();
        let keys = document["settings"].as_array().unwrap();
        assert!(keys.len() >= 10, "{document}");
        assert!(!run.out.contains('\u{202e}'));
    }
}

#[test]
fn the_schema_of_the_settings_is_fresh() {
    let tree = tree(&[]);
    let run = Run::of(tree.path(), &["config", "--schema"], None);
    let file = include_str!("../../docs/schema/ngxlint.schema.json");
    let fresh = "ngxlint config --schema >docs/schema/ngxlint.schema.json";
    assert!(run.out == file, "make it again: {fresh}");
    let schema: Value = serde_json::from_str(file).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let settings: toml::Table = toml::from_str(SETTINGS).unwrap();
    jsonschema::validate(&schema, &serde_json::to_value(settings).unwrap()).unwrap();
}
