//! The contract of the verbs that read logs and messages, and the language of pages.

use std::io::Read;
use std::os::unix::process::CommandExt;

use super::*;

const CONF: &str = include_str!("../../fixtures/logs/shop/nginx.conf");
const LOG: &str = include_str!("../../fixtures/logs/shop/error.log");
const LINE: &str =
    "upstream sent no valid HTTP/1.0 header while reading response header from upstream";
const NONE: &str = "not one line is of an error log of nginx";

/// Arguments, standard input, exit, standard output, standard error.
type Row = (&'static [&'static str], &'static str, i32, Stream, Stream);

const CONTRACT: &[Row] = &[
    // diagnose: where lines come from.
    (&["diagnose", "--root", "nginx.conf", "error.log"], "", 1, Has("[nginx.conf:10:13]"), Empty),
    (&["diagnose", "error.log"], "", 1, Has("[error.log:1:39]"), Has("--root FILE")),
    (&["diagnose", "error.log", "-q"], "", 1, Has("[error.log:1:39]"), Empty),
    (&["diagnose", "-", "-q"], LOG, 1, Has("[-:1:39]"), Empty),
    (&["diagnose", "-q"], LOG, 1, Has("[-:1:39]"), Empty),
    (&["diagnose"], "", 0, Has("0 lines, no findings"), Empty),
    (&["diagnose", "error.log.gz", "-q"], "", 1, Has("[error.log.gz:1:39]"), Empty),
    (
        &["diagnose", "--root", "nginx.conf", "error.log", "error.log.gz"],
        "",
        1,
        Has("14 lines"),
        Empty,
    ),
    (&["diagnose", "empty.log"], "", 0, Has("0 lines, no findings"), Empty),
    // diagnose: formats.
    (
        &["diagnose", "--root", "nginx.conf", "error.log", "--output-format", "concise"],
        "",
        1,
        Has("nginx.conf:10:13: error: "),
        Has("7 lines (3 diagnosed, "),
    ),
    (
        &["diagnose", "--root", "nginx.conf", "error.log", "--output-format", "concise", "-q"],
        "",
        1,
        Has("nginx.conf:10:13: error: "),
        Empty,
    ),
    (&["diagnose", "error.log", "--output-format", "json"], "", 1, Has("\"diagnosed\": 3"), Any),
    (&["diagnose", "empty.log", "--output-format", "json"], "", 0, Has("\"lines\": 0"), Empty),
    (&["diagnose", "error.log", "-q", "-o", "report.txt"], "", 1, Empty, Empty),
    (&["diagnose", "error.log", "--output-format", "xml"], "", 2, Empty, Has("possible values")),
    // diagnose: policy.
    (&["diagnose", "error.log", "-q", "--fail-on", "never"], "", 0, Has("[http1-"), Empty),
    (&["diagnose", "error.log", "-q", "--select", "missing-resolver"], "", 0, Empty, Empty),
    (&["diagnose", "error.log", "-q", "--ignore", "protocol"], "", 0, Empty, Empty),
    (&["diagnose", "error.log", "--info", "protocol"], "", 0, Has("2 infos"), Any),
    (&["diagnose", "error.log", "--info", "protocol", "--fail-on", "info"], "", 1, Any, Any),
    (
        &["diagnose", "error.log", "--warn", "protocol", "--min-level", "error"],
        "",
        0,
        Has("no findings; 2 hidden below --min-level error"),
        Any,
    ),
    (&["diagnose", "error.log", "--statistics"], "", 1, Has("1  error    http1-to-"), Any),
    (&["diagnose", "error.log", "--statistics"], "", 1, Has(" lines"), Has("with a configuration")),
    // diagnose: what is no log, or breaks off.
    (&["diagnose", "zeros.log"], "", 0, Has("1 line (1 not of nginx)"), Has(NONE)),
    (&["diagnose", "bytes.log"], "", 0, Has("not of nginx)"), Has(NONE)),
    (
        &["diagnose", "access.log"],
        "",
        0,
        Has("2 lines (2 not of nginx)"),
        Has("access.log: not one"),
    ),
    (&["diagnose", "access.log", "error.log"], "", 1, Has("[http1-"), Has("access.log: not one")),
    (&["diagnose", "cut.log.gz"], "", 1, Has("[http1-"), Has("warning: cut.log.gz: incomplete")),
    (&["diagnose", "cut.log.gz", "error.log"], "", 1, Has("[tls-"), Has("warning: cut.log.gz: ")),
    // diagnose: what cannot be read.
    (&["diagnose", "absent.log"], "", 2, Empty, Has("absent.log: ")),
    (&["diagnose", "error.log", "absent.log"], "", 2, Empty, Has("absent.log: ")),
    (&["diagnose", "directory"], "", 2, Empty, Has("directory: ")),
    (&["diagnose", "e\x1b[31m\u{202e}.log"], "", 2, Empty, Has("e␛[31m\\u{202e}.log: ")),
    // It can be opened, by root too, and not be read.
    (&["diagnose", "/proc/self/mem"], "", 2, Empty, Has("/proc/self/mem: ")),
    (&["diagnose", "--root", "absent.conf", "error.log"], "", 2, Empty, Has("absent.conf")),
    (&["diagnose", "--config", "absent.toml", "error.log"], "", 2, Empty, Has("absent.toml: ")),
    (&["diagnose", "--nonsense"], "", 2, Empty, Has("--nonsense")),
    (&["diagnose", "--write-backends", "error.log"], "", 2, Empty, Has("needs a configuration")),
    (&["diagnose", "--help"], "", 0, Has("Ctrl-C ends it"), Empty),
    // explain.
    (&["explain"], LINE, 2, Empty, Has("Usage: ngxlint explain")),
    (&["explain", LINE], "", 0, Has("http1-to-http2-upstream (protocol, error): "), Empty),
    (&["explain", "-"], LOG, 0, Has("http1-to-http2-upstream (protocol, error): "), Empty),
    (&["explain", "no", "resolver", "defined"], "", 0, Has("missing-resolver (protocol"), Empty),
    (&["explain", "http1-to-http2-upstream"], "", 0, Has("WHAT HAPPENS"), Empty),
    (&["explain", LINE, "--output-format", "markdown"], "", 0, Has("# http1-to-http2-"), Empty),
    (&["explain", LINE, "--output-format", "json"], "", 0, Has("\"matches\": ["), Empty),
    (&["explain", "-"], "", 1, Empty, Has("nothing is known of that")),
    (&["explain", "qwertz uiop"], "", 1, Empty, Has("nothing is known of that")),
    (&["explain", "qwertz", "--output-format", "json"], "", 1, Has("\"matches\": []"), Any),
    (&["explain", "x", "--output-format", "full"], "", 2, Empty, Has("possible values")),
    (&["explain", "x", "--lang", "fr"], "", 2, Empty, Has("possible values")),
    (&["explain", "--help"], "", 0, Has("1  nothing is"), Empty),
    // rule.
    (&["rule", "syntax-error", "--lang", "fr"], "", 2, Empty, Has("possible values")),
    (&["rule", "http1-to-http2-upstream", "--lang", "zh"], "", 0, Has("现象"), Empty),
    (&["rule", "syntax-error", "--lang", "zh"], "", 0, Has("现象"), Empty),
    (&["rule", "--all", "--lang", "zh"], "", 0, Has("把 HTTP/1.x 发给只支持 HTTP/2 的上游"), Empty),
    (
        &["rule", "http1-to-http2-upstream", "--lang", "zh", "--output-format", "json"],
        "",
        0,
        Has("\"language\": \"zh\",\n  \"summary\": \"把 HTTP/1.x 发给只支持 HTTP/2 的上游\""),
        Empty,
    ),
    (
        &["rule", "syntax-error", "--lang", "zh", "--output-format", "json"],
        "",
        0,
        Has("\"language\": \"zh\""),
        Empty,
    ),
    (&["rule", "--help"], "", 0, Has("--lang <LANGUAGE>"), Empty),
];

#[test]
fn every_verb_of_logs_keeps_the_contract() {
    let tree = logs();
    let mut broken = Vec::new();
    for (arguments, input, exit, out, err) in CONTRACT {
        let run = Run::of(tree.path(), arguments, Some(input));
        let kept = run.exit == Some(*exit) && holds(&run.out, *out) && holds(&run.err, *err);
        if !kept {
            broken.push(format!("{arguments:?}\n  wanted {exit}, {out:?}, {err:?}\n  {run:?}"));
        }
        if run.exit != Some(2) && arguments.contains(&"json") && arguments[0] != "rule" {
            let schema = match arguments[0] {
                "diagnose" => include_str!("../../docs/schema/check.schema.json"),
                _ => include_str!("../../docs/schema/explain.schema.json"),
            };
            let schema = serde_json::from_str(schema).unwrap();
            let document = serde_json::from_str(&run.out).unwrap();
            jsonschema::validate(&schema, &document).unwrap();
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn nothing_of_a_log_reaches_the_terminal_as_it_is() {
    let tree = logs();
    let odd = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\r\u{8}\0";
    let raw = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
    // Every field that a client or a peer may choose, and the text of a message itself.
    let fields = LOG.replace("example.com", odd).replace("/a", odd);
    let message = LOG.replace("header from", odd).replace("open() \"", &format!("open() \"{odd}"));
    let line = LOG.replace("\n", &format!("\n{odd}"));
    let latin = [b"\xff\x9b31m ", LOG.as_bytes()].concat();
    for log in [fields.as_bytes(), message.as_bytes(), line.as_bytes(), &latin] {
        fs::write(tree.path().join("odd.log"), log).unwrap();
        for format in ["full", "concise", "json"] {
            for root in [&["--root", "nginx.conf"][..], &[]] {
                let arguments =
                    [&["diagnose", "odd.log", "--output-format", format], root].concat();
                let run = Run::of(tree.path(), &arguments, None);
                assert!(!run.out.contains(raw) && !run.err.contains(raw), "{run:?}");
            }
        }
        let text = String::from_utf8_lossy(log);
        for format in ["text", "markdown", "json"] {
            let run =
                Run::of(tree.path(), &["explain", "-", "--output-format", format], Some(&text));
            assert!(!run.out.contains(raw) && !run.err.contains(raw), "{run:?}");
        }
    }
}

#[test]
fn backends_are_written_once_and_whole() {
    let tree = logs();
    let settings = tree.path().join("ngxlint.toml");
    let link = tree.path().join("link");
    fs::rename(tree.path().join("mine.toml"), &link).unwrap();
    std::os::unix::fs::symlink("link", &settings).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    fs::set_permissions(&link, mode).unwrap();
    let write = ["diagnose", "--write-backends", "error.log"];
    let run = Run::of(tree.path(), &write, None);
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(run.err.contains("ngxlint.toml: 2 peers added"), "{run:?}");
    let written = fs::read_to_string(&settings).unwrap();
    assert_eq!(written, format!("{SETTINGS}{ADDED}"));
    let now = fs::symlink_metadata(&settings).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&link).unwrap().permissions());
    assert!(now.is_symlink() && mode & 0o777 == 0o640, "{mode:o}");
    let again = Run::of(tree.path(), &write, None);
    assert!(again.err.contains("nothing was learned"), "{again:?}");
    assert_eq!(fs::read_to_string(&settings).unwrap(), written);
    // From then on, without a log.
    let check = Run::of(tree.path(), &["check", "--output-format", "concise"], None);
    assert!(check.out.contains("[http1-to-http2-upstream]"), "{check:?}");
    assert!(check.out.contains("[tls-to-plaintext-upstream]"), "{check:?}");
}

#[test]
fn settings_are_made_where_there_are_none() {
    let tree = logs();
    let write = ["diagnose", "--write-backends", "--root", "nginx.conf", "error.log", "-q"];
    let run = Run::of(tree.path(), &write, None);
    assert_eq!((run.exit, run.err.as_str()), (Some(1), ""), "{run:?}");
    assert_eq!(fs::read_to_string(tree.path().join("ngxlint.toml")).unwrap(), ADDED);
}

#[test]
fn settings_that_cannot_be_written_stay_as_they_are() {
    let tree = logs();
    let settings = tree.path().join("ngxlint.toml");
    fs::rename(tree.path().join("mine.toml"), &settings).unwrap();
    let before = fs::read_dir(tree.path()).unwrap().count();
    // A disk that is full, as far as a limit can play one.
    let full = "trap '' XFSZ; ulimit -f 0; exec \"$0\" diagnose --write-backends error.log";
    let output = Command::new("sh")
        .args(["-c", full, env!("CARGO_BIN_EXE_ngxlint")])
        .current_dir(tree.path())
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("error: ngxlint.toml: cannot be written: File too large"), "{err}");
    // What was found is told all the same.
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("[http1-to-http2-upstream]"), "{out}");
    assert_eq!(fs::read_to_string(&settings).unwrap(), SETTINGS);
    let mut permissions = fs::metadata(&settings).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&settings, permissions).unwrap();
    let run = Run::of(tree.path(), &["diagnose", "--write-backends", "error.log", "-q"], None);
    assert_eq!(run.exit, Some(2), "{run:?}");
    assert!(
        run.err.to_lowercase().contains("ngxlint.toml: cannot be written: permission denied"),
        "{run:?}"
    );
    assert_eq!(fs::read_to_string(&settings).unwrap(), SETTINGS);
    // Nothing is left behind.
    assert_eq!(fs::read_dir(tree.path()).unwrap().count(), before);
}

#[test]
fn ctrl_c_ends_the_pipe_and_not_the_run() {
    let tree = logs();
    let line = LOG.lines().next().unwrap();
    // More than any pipe on the way holds: when all is written, most of it was read.
    let (size, on_the_way) = (4 << 20, 1 << 20);
    let (lines, least) = (size / line.len(), (size - on_the_way) / line.len());
    // `tail -F`, but for the file: a program of the same group of processes. Whoever runs the tests
    // in the background may have them, and so their children, ignore the signal.
    let mut tail = Command::new("env")
        .args(["--default-signal=INT", "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let group = i32::try_from(tail.id()).unwrap();
    let mut run = command(tree.path(), &["diagnose", "--output-format", "json"]);
    let run = run.stdin(tail.stdout.take().unwrap()).process_group(group).spawn().unwrap();
    let mut pipe = tail.stdin.take().unwrap();
    pipe.write_all(format!("{line}\n").repeat(lines).as_bytes()).unwrap();
    let id = rustix::process::Pid::from_raw(group).unwrap();
    rustix::process::kill_process_group(id, rustix::process::Signal::INT).unwrap();
    assert!(!tail.wait().unwrap().success());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let seen = document["diagnostics"][0]["seen"]["count"].as_u64().unwrap();
    assert!(seen >= least as u64 && seen <= lines as u64, "{seen} of {lines}");
    drop(pipe);
}

#[test]
fn the_locale_says_in_which_language() {
    let tree = logs();
    let name = "http1-to-http2-upstream";
    let zh = "把 HTTP/1.x 发给只支持 HTTP/2 的上游";
    for (variables, arguments, is_zh) in [
        (&[("LC_ALL", "zh_CN.UTF-8")][..], &["rule", name][..], true),
        (&[("LC_ALL", "zh_CN.UTF-8")], &["rule", name, "--lang", "en"], false),
        (&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], &["rule", name], false),
        (&[("LC_ALL", "en_US.UTF-8")], &["rule", name, "--lang", "zh"], true),
        (&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW"), ("LANG", "C")], &["rule", name], true),
        (&[("LANG", "zh_CN")], &["explain", LINE], true),
        (&[("LANG", "zh_CN")], &["explain", LINE, "--output-format", "json"], true),
        (&[("LANG", "zh_CN")], &["explain", LINE, "--lang", "en"], false),
        (&[("LANG", "de_DE.UTF-8")], &["explain", LINE], false),
        (&[], &["rule", "--all"], false),
    ] {
        let mut command = command(tree.path(), arguments);
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(out.contains(zh), is_zh, "{variables:?} {arguments:?}");
    }
}

/// What a log is read beside.
const SETTINGS: &str = "\
# Ours.
roots = [ \"nginx.conf\" ] # the only one

[[backend]] # measured
address = \"10.0.0.9:80\"
speaks = [\"http/1.1\"]
";

const ADDED: &str = "
# An error log makes it likely.
[[backend]]
address = \"10.0.0.5:8080\"
speaks = [\"h2c\"]

# An error log shows it.
[[backend]]
address = \"10.0.0.6:9000\"
speaks = [\"cleartext\"]
";

fn logs() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    let mut packed = Vec::new();
    flate2::bufread::GzEncoder::new(LOG.as_bytes(), flate2::Compression::fast())
        .read_to_end(&mut packed)
        .unwrap();
    let access =
        "127.0.0.1 - - [30/Nov/2026:17:28:55 +0000] \"GET / HTTP/1.1\" 502 157 \"-\" \"x\"\n";
    let bytes: Vec<u8> =
        (0..100_000_u32).map(|one| (one.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (name, text) in [
        (".git/HEAD", &b""[..]),
        ("nginx.conf", CONF.as_bytes()),
        ("mine.toml", SETTINGS.as_bytes()),
        ("error.log", LOG.as_bytes()),
        ("error.log.gz", &packed),
        ("cut.log.gz", &packed[..packed.len() - 40]),
        ("empty.log", b""),
        ("zeros.log", &vec![0; 10_000_000]),
        ("bytes.log", &bytes),
        ("access.log", access.repeat(2).as_bytes()),
        ("directory/x", b""),
    ] {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}
