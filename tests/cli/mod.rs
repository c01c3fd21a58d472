//! The command line as a contract: which exit, and what on which stream, for each verb in each
//! situation. The real binary runs in a directory of its own.

#![expect(clippy::disallowed_methods, reason = "tests make their own files")]

mod adopting;
mod baseline;
mod color;
mod command;
mod completions;
mod config;
mod diagnose;
mod fault;
mod files;
mod fix;
mod format;
mod guard;
mod init;
mod log;
mod man;
mod snapshot;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What the situations are made of. Each directory is one; `.git` keeps settings from outside away.
const TREE: &[(&str, &str)] = &[
    (".git/HEAD", ""),
    ("clean/nginx.conf", CLEAN),
    ("broken/nginx.conf", BROKEN),
    ("empty/README.md", "# nothing for nginx"),
    ("excluded/ngxlint.toml", "exclude = [\"*.conf\"]\n"),
    ("excluded/nginx.conf", BROKEN),
    ("key/ngxlint.toml", "# settings\nnginx-versoin = \"1.22\"\n"),
    ("key/nginx.conf", CLEAN),
    ("rule/ngxlint.toml", "[rules]\nsyntax-eror = \"error\"\n"),
    ("rule/nginx.conf", CLEAN),
    ("toml/ngxlint.toml", "exclude = [\n"),
    ("toml/nginx.conf", CLEAN),
    ("directory/ngxlint.toml/x", ""),
    ("directory/nginx.conf", CLEAN),
    ("image/Dockerfile", "# the front\nFROM nginx:1.27.3\nCOPY conf /etc/nginx\n"),
    ("image/conf/nginx.conf", CLEAN),
    ("upgrade/nginx.conf", OLD),
    ("impossible/nginx.conf", "events {}\nhttp {\n    ssl on;\n    http2 on;\n}\n"),
];

const CLEAN: &str = "events {}
http {
    server {
        listen 80;
        location / {
            return 204;
        }
    }
}
";

/// A block that is not closed.
const BROKEN: &str = "events {}
http {
    server {
        listen 80;
    }
";

/// What 1.22 takes without a word.
const OLD: &str = "events {}
http {
    server {
        listen 8001 http2;
        location / {
            proxy_pass http://10.0.0.5:9000;
        }
    }
    server {
        listen 8443;
        ssl on;
        ssl_certificate a.pem;
        ssl_certificate_key a.pem;
    }
}
";

const FINDING: &str = "nginx.conf:2:6: error: ";

/// What a stream holds.
#[derive(Copy, Clone, Debug)]
enum Stream {
    Empty,
    Has(&'static str),
    Any,
}

use Stream::{Any, Empty, Has};

/// Directory, arguments, exit, standard output, standard error.
type Row = (&'static str, &'static [&'static str], i32, Stream, Stream);

const CONTRACT: &[Row] = &[
    // Without a verb, and with a wrong one.
    ("clean", &[], 2, Empty, Has("Usage: ngxlint")),
    ("clean", &["--help"], 0, Has("Usage: ngxlint"), Empty),
    ("clean", &["--version"], 0, Has("ngxlint 0."), Empty),
    ("clean", &["chekc"], 2, Empty, Has("'check'")),
    ("clean", &["nginx.conf"], 2, Empty, Has("unrecognized subcommand")),
    ("clean", &["version"], 0, Has("ngxlint 0."), Empty),
    // check: what was found.
    ("clean", &["check"], 0, Has("no findings"), Empty),
    ("clean", &["check", "nginx.conf"], 0, Has("1 file, "), Empty),
    ("clean", &["check", "."], 0, Has("1 file, "), Empty),
    ("clean", &["check", "-q"], 0, Empty, Empty),
    ("clean", &["check", "-v"], 0, Any, Has("read nginx.conf")),
    ("clean", &["check", "--output-format", "concise"], 0, Empty, Has("no findings")),
    ("clean", &["check", "--output-format", "json"], 0, Has("\"errors\": 0"), Empty),
    ("broken", &["check"], 1, Has("[syntax-error]"), Empty),
    ("broken", &["check", "nginx.conf"], 1, Has("1 error"), Empty),
    ("broken", &["check", "--output-format", "concise"], 1, Has(FINDING), Has("1 error")),
    ("broken", &["check", "--output-format", "concise", "-q"], 1, Has(FINDING), Empty),
    ("broken", &["check", "--output-format", "json"], 1, Has("\"syntax-error\""), Empty),
    ("broken", &["check", "--fail-on", "never"], 0, Has("[syntax-error]"), Empty),
    ("broken", &["check", "--fail-on", "error"], 1, Has("[syntax-error]"), Empty),
    ("broken", &["check", "--fail-on", "info"], 1, Has("[syntax-error]"), Empty),
    ("broken", &["check", "--color", "always"], 1, Has("\x1b[31merror:"), Empty),
    // check: policy.
    ("broken", &["check", "--allow", "syntax-error"], 0, Has("no findings"), Empty),
    ("broken", &["check", "--ignore", "correctness"], 0, Has("no findings"), Empty),
    ("broken", &["check", "--select", "protocol"], 0, Has("no findings"), Empty),
    (
        "broken",
        &["check", "--warn", "syntax-error", "--fail-on", "error"],
        0,
        Has("1 warning"),
        Empty,
    ),
    ("broken", &["check", "--info", "syntax-error"], 0, Has("1 hidden"), Empty),
    ("broken", &["check", "--info", "syntax-error", "--fail-on", "info"], 1, Has("1 info"), Empty),
    ("broken", &["check", "--error", "syntax-error", "--allow", "syntax-error"], 0, Any, Empty),
    ("broken", &["check", "--allow", "syntax-error", "--error", "syntax-error"], 1, Any, Empty),
    // upgrade: what changes, and nothing that was there before.
    ("upgrade", &["upgrade"], 2, Empty, Has("--from <VERSION>")),
    ("upgrade", &["upgrade", "--from", "1.22", "--to", "1.24"], 0, Has("no findings"), Empty),
    (
        "upgrade",
        &["upgrade", "--from", "1.24", "--to", "1.28"],
        1,
        Has("[directive-version]"),
        Empty,
    ),
    (
        "upgrade",
        &["upgrade", "--from", "1.24", "--to", "1.28"],
        1,
        Has("[changed-directive]"),
        Empty,
    ),
    (
        "upgrade",
        &["upgrade", "--from", "1.24", "--to", "1.28"],
        1,
        Has("[deprecated-listen-http2]"),
        Empty,
    ),
    ("upgrade", &["upgrade", "--from", "1.26", "--to", "1.28"], 0, Has("no findings"), Empty),
    ("upgrade", &["upgrade", "--from", "1.28"], 1, Has("[changed-proxy-defaults]"), Empty),
    (
        "upgrade",
        &["upgrade", "--from", "1.28", "--allow", "changed-proxy-defaults"],
        0,
        Has("no findings"),
        Empty,
    ),
    ("upgrade", &["upgrade", "--from", "1.28", "--select", "correctness"], 0, Any, Empty),
    (
        "upgrade",
        &["upgrade", "--from", "1.28", "--output-format", "json"],
        1,
        Has("\"affects\""),
        Empty,
    ),
    ("upgrade", &["upgrade", "--from", "1.28", "--to", "1.26"], 2, Empty, Has("newer release")),
    ("empty", &["upgrade", "--from", "1.28"], 0, Empty, Has("nothing to lint")),
    // check: nothing to lint is said, and is no failure.
    ("empty", &["check"], 0, Empty, Has("nothing to lint")),
    ("empty", &["check", "-q"], 0, Empty, Has("nothing to lint")),
    ("empty", &["check", "--output-format", "concise"], 0, Empty, Has("nothing to lint")),
    (
        "empty",
        &["check", "--output-format", "json"],
        0,
        Has("\"files\": 0"),
        Has("nothing to lint"),
    ),
    ("excluded", &["check"], 0, Empty, Has("nothing to lint")),
    ("excluded", &["check", "--no-config"], 1, Has("[syntax-error]"), Empty),
    ("broken", &["check", "--exclude", "*.conf"], 0, Empty, Has("nothing to lint")),
    // check: bad options.
    ("clean", &["check", "--nonsense"], 2, Empty, Has("--nonsense")),
    ("clean", &["check", "--select", "syntax-eror"], 2, Empty, Has("did you mean `syntax-error`?")),
    ("clean", &["check", "--allow", "x,protocl"], 2, Empty, Has("it is no rule and no category")),
    ("clean", &["check", "--nginx-version", "1.x"], 2, Empty, Has("is not an nginx version")),
    ("clean", &["check", "--flavor", "ngnix"], 2, Empty, Has("'nginx'")),
    ("clean", &["check", "--output-format", "xml"], 2, Empty, Has("possible values")),
    ("clean", &["check", "--min-level", "allow"], 2, Empty, Has("possible values")),
    ("clean", &["check", "--map", "/etc/nginx"], 2, Empty, Has("FROM=TO")),
    ("clean", &["check", "--exclude", "[a"], 2, Empty, Has("is no pattern")),
    ("clean", &["check", "--config", "a", "--no-config"], 2, Empty, Has("cannot be used with")),
    ("clean", &["check", "--stdin-filename", "a"], 2, Empty, Has("give `-` as PATH")),
    ("clean", &["check", "-o", "absent/report.txt"], 2, Empty, Has("absent/report.txt")),
    // check: the target.
    ("clean", &["check", "--nginx-version", "1.22"], 0, Has("target >=1.22.0, <1.23.0, "), Empty),
    (
        "clean",
        &["check", "--nginx-version", "1.99"],
        0,
        Any,
        Has("1.99 is not a known release of nginx, the newest is 1.31.4; judged as 1.31.4\n"),
    ),
    ("clean", &["check", "--nginx-version", "1.99.3", "-q"], 0, Empty, Empty),
    ("clean", &["hops", "--nginx-version", "1.22.9"], 0, Any, Has("; judged as 1.22.1")),
    (
        "image",
        &["check"],
        0,
        Has("target 1.27.3 (from `FROM nginx:1.27.3` at Dockerfile:2), "),
        Empty,
    ),
    ("image/conf", &["check"], 0, Has("(from `FROM nginx:1.27.3` at ../Dockerfile:2), "), Empty),
    ("image/conf", &["hops"], 0, Has("(from `FROM nginx:1.27.3` at ../Dockerfile:2)"), Empty),
    ("image", &["check", "--nginx-version", "1.22.1"], 0, Has("target 1.22.1, "), Empty),
    ("impossible", &["check"], 1, Has("[impossible-target]"), Empty),
    // check: what cannot be read.
    ("clean", &["check", "absent.conf"], 2, Empty, Has("absent.conf")),
    ("clean", &["check", "nginx.conf", "absent"], 2, Empty, Has("absent")),
    ("clean", &["check", "--root", "absent.conf"], 2, Empty, Has("absent.conf")),
    ("clean", &["check", "e\x1b[31m\u{202e}.conf"], 2, Empty, Has("e␛[31m\\u{202e}.conf")),
    ("clean", &["check", "--config", "absent.toml"], 2, Empty, Has("absent.toml: cannot be read")),
    ("clean", &["check", "absent", "--output-format", "json"], 2, Empty, Has("absent")),
    (
        "key",
        &["check"],
        2,
        Empty,
        Has("ngxlint.toml:2: unknown key `nginx-versoin`; did you mean `nginx-version`?"),
    ),
    ("key", &["check", "--no-config"], 0, Has("no findings"), Empty),
    (
        "clean",
        &["check", "--config", "../key/ngxlint.toml"],
        2,
        Empty,
        Has("../key/ngxlint.toml:2: "),
    ),
    ("rule", &["check"], 2, Empty, Has("ngxlint.toml:2: `rules.syntax-eror` is no rule")),
    ("toml", &["check"], 2, Empty, Has("ngxlint.toml:1: is not TOML")),
    ("directory", &["check"], 2, Empty, Has("ngxlint.toml: cannot be read")),
    // hops.
    ("clean", &["hops"], 0, Has("no hops"), Empty),
    ("clean", &["hops", "nginx.conf"], 0, Has("no hops"), Empty),
    ("clean", &["hops", "--output-format", "json"], 0, Has("\"hops\": []"), Empty),
    ("broken", &["hops"], 0, Has("no hops"), Has("the configuration has errors")),
    ("empty", &["hops"], 0, Empty, Has("nothing to lint")),
    ("clean", &["hops", "absent.conf"], 2, Empty, Has("absent.conf")),
    ("clean", &["hops", "--output-format", "full"], 2, Empty, Has("possible values")),
    ("key", &["hops"], 2, Empty, Has("did you mean `nginx-version`?")),
    // rule.
    ("clean", &["rule", "syntax-error"], 0, Has("syntax-error"), Empty),
    (
        "clean",
        &["rule", "syntax-error", "--output-format", "markdown"],
        0,
        Has("# syntax-error"),
        Empty,
    ),
    (
        "clean",
        &["rule", "syntax-error", "--output-format", "json"],
        0,
        Has("\"syntax-error\""),
        Empty,
    ),
    ("clean", &["rule", "--all"], 0, Has("syntax-error"), Empty),
    ("clean", &["rule", "--all", "--output-format", "json"], 0, Has("\"syntax-error\""), Empty),
    ("clean", &["rule", "syntax-eror"], 2, Empty, Has("did you mean `syntax-error`?")),
    ("clean", &["rule", "protocol"], 2, Empty, Has("it is no rule")),
    ("clean", &["rule"], 2, Empty, Has("Usage: ngxlint rule")),
];

/// Every row.
fn contract() -> impl Iterator<Item = &'static Row> {
    CONTRACT.iter().chain(command::CONTRACT).chain(format::CONTRACT)
}

#[test]
fn every_verb_keeps_the_contract() {
    let tree = tree();
    let mut broken = Vec::new();
    for (directory, arguments, exit, out, err) in contract() {
        let run = Run::of(&tree.path().join(directory), arguments, None);
        let kept = run.exit == Some(*exit) && holds(&run.out, *out) && holds(&run.err, *err);
        if !kept {
            broken.push(format!(
                "in {directory}: {arguments:?}\n  wanted {exit}, {out:?}, {err:?}\n  {run:?}"
            ));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn nothing_of_a_run_reaches_the_terminal_as_it_is() {
    let tree = tree();
    for (directory, arguments, ..) in contract() {
        if arguments.contains(&"always") {
            continue;
        }
        let run = Run::of(&tree.path().join(directory), arguments, None);
        let raw = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
        assert!(!run.out.contains(raw) && !run.err.contains(raw), "{arguments:?} {run:?}");
    }
}

#[test]
fn json_is_one_document_whatever_was_found() {
    let tree = tree();
    for directory in ["clean", "broken", "empty", "excluded"] {
        for verb in ["check", "hops"] {
            let arguments = [verb, "--output-format", "json"];
            let run = Run::of(&tree.path().join(directory), &arguments, None);
            let document: serde_json::Value = serde_json::from_str(&run.out).expect(directory);
            assert_eq!(document["version"], 1, "{run:?}");
        }
    }
}

#[test]
fn standard_input_is_a_file() {
    let tree = tree();
    let concise = ["check", "-", "--output-format", "concise"];
    let clean = tree.path().join("clean");
    let run = Run::of(&clean, &concise, Some(BROKEN));
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(run.out.starts_with("-:2:6: error: "), "{run:?}");
    let named = [&concise[..], &["--stdin-filename", "nginx.conf"]].concat();
    let run = Run::of(&clean, &named, Some(BROKEN));
    assert!(run.out.starts_with(FINDING), "{run:?}");
    let run = Run::of(&clean, &["check", "-"], Some(CLEAN));
    assert_eq!(run.exit, Some(0), "{run:?}");
    let run = Run::of(&clean, &["hops", "-"], Some(CLEAN));
    assert_eq!(run.exit, Some(0), "{run:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let tree = tree();
    for (arguments, exit) in [
        (&["check"][..], 1),
        (&["check", "--output-format", "concise"], 1),
        (&["check", "--output-format", "json"], 1),
        (&["rule", "--all"], 0),
        (&["--help"], 0),
    ] {
        let mut child = command(&tree.path().join("broken"), arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!err.contains("error:") && !err.contains("panicked"), "{arguments:?} {err}");
    }
}

#[test]
fn a_link_out_of_the_repository_names_no_image() {
    let tree = tree();
    let (inside, outside) = (tree.path().join("r"), tree.path().join("outside"));
    fs::create_dir_all(inside.join(".git")).unwrap();
    fs::write(inside.join("nginx.conf"), CLEAN).unwrap();
    fs::write(&outside, "FROM nginx:1.27.3\n").unwrap();
    std::os::unix::fs::symlink(&outside, inside.join("Dockerfile")).unwrap();
    let run = Run::of(&inside, &["check"], None);
    assert!(run.out.contains("(assumed; set nginx-version to be exact)"), "{run:?}");
    fs::rename(&outside, inside.join("image")).unwrap();
    fs::remove_file(inside.join("Dockerfile")).unwrap();
    std::os::unix::fs::symlink("image", inside.join("Dockerfile")).unwrap();
    let run = Run::of(&inside, &["check"], None);
    assert!(run.out.contains("(from `FROM nginx:1.27.3` at Dockerfile:1)"), "{run:?}");
}

fn tree() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in TREE {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

fn holds(text: &str, stream: Stream) -> bool {
    match stream {
        Any => true,
        Empty => text.is_empty(),
        Has(part) => text.contains(part),
    }
}

/// What a run of the binary did.
#[derive(Debug)]
struct Run {
    exit: Option<i32>,
    out: String,
    err: String,
}

impl Run {
    fn of(directory: &Path, arguments: &[&str], input: Option<&str>) -> Self {
        let mut child = command(directory, arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // Who does not read standard input closes it.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Self {
            exit: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ngxlint"));
    command
        .current_dir(directory)
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
