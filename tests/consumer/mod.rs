//! What reads ngxlint's output, as it is: validators, JSON schemas and XML schemas of the formats,
//! GitHub's toolkit, jq, vim and Emacs. `tests/fetch-consumers` brings them; without them the tests
//! fail. All read the output of the real binary on one hostile configuration.

#![expect(clippy::disallowed_methods, reason = "tests make their own files")]

mod editor;
mod hostile;
mod reader;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const FORMATS: [&str; 10] = [
    "full",
    "concise",
    "json",
    "json-lines",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
];

/// What a runner, a terminal, a browser or a parser would obey: as a word, in a comment and (without
/// `/`) in the name of a file.
const HOSTILE: &[u8] = b"::set-output name=a::b%0Ac \x1b[31m\x07\x7f##[add-mask]d##vso[e]<img src=x>\
    &amp;\\\"']]>![f](http://g)`h```@all|\x08\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xef\xbf\xbe\xe9\xff\r\n\
    ::error::i";

/// A repository: a root, and a part whose name is hostile.
fn repository() -> TempDir {
    let without = |letter: u8| -> Vec<u8> {
        HOSTILE.iter().copied().filter(|byte| *byte != letter).collect()
    };
    let (word, comment, name) = (HOSTILE, &*without(b'\n'), &*without(b'/'));
    let root: [&[u8]; 9] = [
        b"events {}\nhttp {\n    include conf.d/*.conf;\n    # ngxlint: ignore[a",
        comment,
        b"] ",
        comment,
        b"\n    resolver \"",
        word,
        b"\";\n\t\"",
        word,
        b"\" on;\n}\n",
    ];
    let site: [&[u8]; 7] = [
        b"# ",
        comment,
        b"\nupstream app {\n    server 127.0.0.1:8443;\n}\nserver {\n    listen 8443 ssl;\n    \"",
        word,
        b"\" 1;\n    location / {\n\tset $a \"\xc3\xa4\xf0\x9f\x98\x80\"; proxy_pass http://app; # ",
        comment,
        b"\n    }\n}\n",
    ];
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir_all(tree.path().join(".git")).unwrap();
    fs::create_dir_all(tree.path().join("conf.d")).unwrap();
    fs::write(tree.path().join("nginx.conf"), root.concat()).unwrap();
    let part = [b"conf.d/", name, b".conf"].concat();
    fs::write(tree.path().join(OsStr::from_bytes(&part)), site.concat()).unwrap();
    tree
}

/// What `ngxlint check` writes in that format.
fn checked(directory: &Path, format: &str) -> Output {
    let arguments = ["check", "--nginx-version", "1.28", "--output-format", format];
    let output = ngxlint(directory, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    output
}

fn ngxlint(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ngxlint"));
    command.current_dir(directory).args(arguments);
    command
}

/// Where the packages lie that `tests/fetch-consumers` brought.
fn packages() -> PathBuf {
    std::env::var_os("NGXLINT_CONSUMERS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/consumers"),
        PathBuf::from,
    )
}

/// A file beside this one.
fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumer").join(name)
}

/// What a program writes, given that input; it must succeed.
fn written(command: &mut Command, input: &[u8]) -> String {
    let output = run(command, input);
    assert!(output.status.success(), "{command:?}: {}", shown(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn run(command: &mut Command, input: &[u8]) -> Output {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child
        .unwrap_or_else(|error| panic!("{command:?}: {error}; tests/fetch-consumers brings it"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn shown(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{:?}\n{out}{err}", output.status)
}

fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(beside(script)).arg(packages());
    command
}

fn value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// The findings of the repository, as `json` has them.
fn findings(directory: &Path) -> Vec<serde_json::Value> {
    let output = checked(directory, "json");
    let document = value(std::str::from_utf8(&output.stdout).unwrap());
    let findings = document["diagnostics"].as_array().unwrap().clone();
    assert!(findings.len() >= 5, "{findings:#?}");
    findings
}
