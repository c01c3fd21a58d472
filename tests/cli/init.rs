//! `ngxlint init`: what it writes is taken, changes no finding, and every example in it is right.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{CLEAN, Run, command};

const PASS: &str = "server {
    listen 80;
    location / {
        proxy_pass http://10.0.0.9:9000;
    }
}
";

const MAIN: &str = "events {}
http {
    include conf.d/*.conf;
    include /opt/elsewhere/*.conf;
}
";

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files.iter().chain(&[(".git/HEAD", "")]) {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

/// A run with a `PATH` that has an `nginx` which says that, or none.
fn run(tree: &Path, arguments: &[&str], version: Option<&str>) -> Run {
    let bin = tempfile::tempdir().unwrap();
    if let Some(version) = version {
        let program = bin.path().join("nginx");
        fs::write(&program, format!("#!/bin/sh\necho '{version}' >&2\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let output = command(tree, arguments).env("PATH", bin.path()).output().unwrap();
    Run {
        exit: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The settings with every example set.
fn uncommented(text: &str) -> String {
    let is_setting = |line: &str| {
        let key = line.split(" = ").next().unwrap_or_default();
        let is_key =
            !key.is_empty() && key.chars().all(|one| one == '-' || one.is_ascii_lowercase());
        line.starts_with('[') || line.starts_with('"') || (is_key && line.contains(" = "))
    };
    let set = |line: &str| match line.strip_prefix("# ").filter(|line| is_setting(line)) {
        Some(setting) => format!("{setting}\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(set).collect()
}

fn holds(tree: &Path, text: &str) {
    fs::write(tree.join("all.toml"), text).unwrap();
    let run = Run::of(tree, &["config", "--config", "all.toml"], None);
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{text}");
    let settings: toml::Table = toml::from_str(text).unwrap();
    let schema = include_str!("../../docs/schema/ngxlint.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    jsonschema::validate(&schema, &serde_json::to_value(settings).unwrap()).unwrap();
}

#[test]
fn what_is_found_is_set_and_the_rest_is_shown() {
    let tree = tree(&[("deploy/nginx.conf", MAIN), ("deploy/conf.d/a.conf", PASS)]);
    let before = Run::of(tree.path(), &["check", "--fail-on", "never"], None);
    let run = run(tree.path(), &["init"], Some("nginx version: nginx/1.28.3"));
    assert_eq!((run.exit, run.out.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(
        run.err,
        "ngxlint.toml: written, 1 root found; `ngxlint check` uses it from now on\n"
    );
    let text = fs::read_to_string(tree.path().join("ngxlint.toml")).unwrap();
    insta::assert_snapshot!(text, @r##"
    #:schema ngxlint.schema.json
    # What ngxlint is to know of this configuration. `ngxlint config` shows what holds and where it comes
    # from; a line that begins with `# ` and a key is an example: take the `# ` away to set it.
    # Editors check it and complete with the schema of the first line, which this makes:
    # ngxlint config --schema >ngxlint.schema.json

    # The releases of nginx that the configuration is for. Unset, they are those of the
    # installed nginx or of the image beside the configuration, else assumed.
    # As `nginx -v` says where this was written.
    nginx-version = "1.28.3"

    # The server that reads the configuration: whose directives there are.
    # flavor = "nginx"

    # The modules outside nginx that are there, beside those that `load_module` loads. Unset,
    # any that ngxlint knows may be.
    # modules = ["lua", "brotli"]

    # The files nginx is started with. They are checked where no PATH is named, and in a
    # directory that is searched no other file but a dump counts as one then.
    roots = ["deploy/nginx.conf"]

    # Files that are never reported, not even when named; they are still read where something
    # includes them.
    # exclude = ["vendor/**", "*.bak.conf"]

    # Directives that nobody else knows; `*` stands for any bytes. Nothing is said of them.
    # extra-directives = ["my_module_*"]

    # The file of what was found when somebody began, and is not reported again;
    # `--write-baseline` writes it.
    # baseline = "ngxlint-baseline.toml"

    # How includes are followed.
    # Included, and not read so far: /opt/elsewhere/*.conf (not here).
    # [include.map]
    # "/etc/nginx" = "nginx"

    # Levels by rule or category. A rule's own name beats its category.
    # [rules]
    # meta = "allow"
    # tls-to-plaintext-upstream = "error"

    # Levels in some files, by a glob; where several fit, the last one counts. They beat
    # `rules`.
    # [per-path."sites-available/legacy/*".rules]
    # deprecated = "allow"

    # What peers outside of the configuration speak; where several addresses fit, the first
    # one counts.
    # Nothing here tells what these speak: 10.0.0.9:9000.
    # [[backend]]
    # address = "10.0.0.9:9000"
    # speaks = ["http/1.1"]
    "##);
    holds(tree.path(), &text);
    let all = uncommented(&text);
    for key in ["\nexclude = [", "\n[include.map]", "\n[[backend]]", "\nflavor = "] {
        assert!(all.contains(key) && !text.contains(key), "{key} {all}");
    }
    holds(tree.path(), &all);
    // The findings are those of before.
    let line = |run: &Run| run.out.lines().last().unwrap().split(": ").last().unwrap().to_owned();
    let after = Run::of(tree.path(), &["check", "--fail-on", "never"], None);
    assert_eq!(line(&after), line(&before));
    assert!(after.out.contains("target 1.28.3 (from ngxlint.toml:"), "{after:?}");
}

#[test]
fn nothing_is_written_over() {
    for name in ["ngxlint.toml", ".ngxlint.toml"] {
        let tree = tree(&[("nginx.conf", CLEAN), (name, "roots = []\n")]);
        let run = run(tree.path(), &["init"], None);
        assert_eq!(run.exit, Some(2));
        assert!(run.err.contains(&format!("error: {name} is there already")), "{run:?}");
        let files = fs::read_dir(tree.path()).unwrap().count();
        assert_eq!(
            (fs::read_to_string(tree.path().join(name)).unwrap().as_str(), files),
            ("roots = []\n", 3)
        );
    }
}

#[test]
fn it_can_be_looked_at_first() {
    let tree = tree(&[("nginx.conf", CLEAN), ("ngxlint.toml", "flavor = \"plus\"\n")]);
    let run = run(tree.path(), &["init", "--stdout"], None);
    assert_eq!(run.exit, Some(0));
    assert!(run.out.contains("\nroots = [\"nginx.conf\"]\n"), "{run:?}");
    assert_eq!(fs::read_dir(tree.path()).unwrap().count(), 3);
    holds(tree.path(), &run.out);
    holds(tree.path(), &uncommented(&run.out));
}

#[test]
fn an_image_stays_where_it_is_stated() {
    let docker = ("Dockerfile", "FROM openresty/openresty:1.25.3.1-alpine\n");
    let tree = tree(&[("nginx.conf", CLEAN), docker]);
    let run = run(tree.path(), &["init", "--stdout"], Some("nginx version: nginx/1.22.1"));
    assert!(run.out.contains("\n# nginx-version = \"1.25.3\"\n"), "{run:?}");
    assert!(run.out.contains("\n# flavor = \"openresty\"\n"), "{run:?}");
}

#[test]
fn an_nginx_of_another_age_is_not_taken() {
    let new = "events {}\nhttp {\n    http2 on;\n}\n";
    let tree = tree(&[("nginx.conf", new)]);
    let run = run(tree.path(), &["init", "--stdout"], Some("nginx version: nginx/1.22.1"));
    assert!(run.out.contains("\n# nginx-version = "), "{run:?}");
    assert!(run.out.contains("says 1.22.1 here, which does not take"), "{run:?}");
}

#[test]
fn roots_are_not_set_where_files_have_none() {
    let tree = tree(&[("a/nginx.conf", CLEAN), ("conf.d/loose.conf", PASS)]);
    let run = run(tree.path(), &["init", "--stdout"], None);
    assert!(run.out.contains("\n# roots = [\"a/nginx.conf\"]\n"), "{run:?}");
    assert!(run.out.contains("no root includes these: conf.d/loose.conf."), "{run:?}");
    holds(tree.path(), &uncommented(&run.out));
}

#[test]
fn what_is_hostile_is_shown_and_not_set() {
    let hostile = "server {\n    location / {\n        proxy_pass \"http://a\u{202e}b\u{1b}[31m:9000\";\n    }\n}\n";
    let main = "events {}\nhttp {\n    include \"/x\u{1b}]0;\n[rules]/*\";\n    include conf.d/*.conf;\n}\n";
    let tree = tree(&[("a\u{202e}\n#\u{1b}b/nginx.conf", main), ("conf.d/a.conf", hostile)]);
    let run = run(tree.path(), &["init", "--stdout"], None);
    let raw = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
    assert!(run.exit == Some(0) && !run.out.contains(raw) && !run.err.contains(raw), "{run:?}");
    holds(tree.path(), &run.out);
    holds(tree.path(), &uncommented(&run.out));
}

#[test]
fn who_begins_below_a_root_is_told() {
    let tree = tree(&[("nginx.conf", MAIN), ("conf.d/a.conf", PASS), ("ngxlint.toml", "")]);
    let run = run(tree.path(), &["init", "conf.d"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(run.err.contains("nginx.conf includes what is here"), "{run:?}");
    assert!(run.err.contains("note: ngxlint.toml no longer holds here"), "{run:?}");
    assert!(tree.path().join("conf.d/ngxlint.toml").is_file());
}

#[test]
fn where_nothing_is_no_release_is_made_up() {
    let tree = tree(&[("README.md", "")]);
    let run = run(tree.path(), &["init", "--stdout"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(!run.out.contains("none") && run.out.contains("\n# nginx-version = \""), "{run:?}");
    holds(tree.path(), &uncommented(&run.out));
}

#[test]
fn what_is_only_printed_takes_no_settings_their_place() {
    let tree = tree(&[("nginx.conf", CLEAN), (".ngxlint.toml", "flavor = \"plus\"\n")]);
    let printed = run(tree.path(), &["init", "--stdout"], None);
    assert!(!printed.err.contains("no longer holds"), "{printed:?}");
    fs::create_dir(tree.path().join("below")).unwrap();
    let written = run(tree.path(), &["init", "below"], None);
    assert!(written.err.contains(".ngxlint.toml no longer holds here"), "{written:?}");
}
