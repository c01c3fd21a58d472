//! A baseline: what is in it is not reported, what is new is.

use super::*;

/// Two passes in cleartext to a listener that takes TLS; those in a fragment are added by tests.
const ROOT: &str = "events {}
http {
    server {
        listen 127.0.0.1:81 ssl;
        ssl_certificate a;
        ssl_certificate_key b;
    }
    server {
        listen 80;
        location /a {
            proxy_pass http://127.0.0.1:81;
        }
        location /b {
            proxy_pass   http://127.0.0.1:81;
        }
    }
    include conf.d/*.conf;
}
";

/// Another pass of the same words.
const SITE: &str = "server {
    listen 82;
    location / {
        proxy_pass http://127.0.0.1:81; # as ever
    }
}
";

const BOTH: &str = r#"# What ngxlint found when this was written, and does not report again (docs/adopting.md).
# `ngxlint check --write-baseline` writes it anew; whoever mends a finding may delete its lines.
version = 1

[[finding]]
file = "conf.d/site.conf"
rule = "plaintext-to-tls-upstream"
directive = "proxy_pass http://127.0.0.1:81"

[[finding]]
file = "nginx.conf"
rule = "plaintext-to-tls-upstream"
directive = "proxy_pass http://127.0.0.1:81"
count = 2
"#;

struct Tree(TempDir);

impl Tree {
    fn new() -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.write(".git/HEAD", "");
        tree.write("nginx.conf", ROOT);
        tree.write("conf.d/site.conf", SITE);
        tree
    }

    /// One whose baseline is written.
    fn known() -> Self {
        let tree = Self::new();
        let run = tree.run("check --write-baseline known.toml");
        assert_eq!(run.exit, Some(0), "{run:?}");
        tree
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &str) -> Run {
        self.run_in("", arguments)
    }

    fn run_in(&self, directory: &str, arguments: &str) -> Run {
        let arguments: Vec<_> = arguments.split(' ').collect();
        Run::of(&self.0.path().join(directory), &arguments, None)
    }
}

#[test]
fn what_was_there_before_is_not_reported() {
    let tree = Tree::new();
    let run = tree.run("check");
    assert!(run.exit == Some(1) && run.out.contains(": 3 errors (3 with"), "{run:?}");
    let run = tree.run("check --write-baseline known.toml");
    assert_eq!((run.exit, run.err.as_str()), (Some(0), "3 findings written to known.toml\n"));
    assert!(run.out.ends_with(": no findings; 3 in the baseline\n"), "{run:?}");
    assert_eq!(tree.read("known.toml"), BOTH);
    let run = tree.run("check --baseline known.toml");
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.out.ends_with(": no findings; 3 in the baseline\n"), "{run:?}");
    // Nothing is written where nothing changes.
    let run = tree.run("check --write-baseline known.toml -q");
    assert_eq!((run.exit, run.out.as_str(), run.err.as_str()), (Some(0), "", ""));
    assert_eq!(tree.read("known.toml"), BOTH);
}

#[test]
fn every_format_goes_without_it() {
    let tree = Tree::known();
    let refused = tree.run("check --output-format none").err;
    let (_, formats) = refused.split_once("possible values: ").expect("they are listed");
    let formats: Vec<_> = formats.split(']').next().unwrap().split(", ").collect();
    assert!(formats.contains(&"full") && formats.contains(&"json"), "{formats:?}");
    for format in formats {
        let arguments = format!("check --output-format {format}");
        let run = tree.run(&arguments);
        assert!(run.exit == Some(1) && run.out.contains("127.0.0.1:81"), "{format} {run:?}");
        let run = tree.run(&format!("{arguments} --baseline known.toml"));
        assert!(run.exit == Some(0) && !run.out.contains("127.0.0.1:81"), "{format} {run:?}");
    }
    let run = tree.run("check --baseline known.toml --statistics");
    assert!(run.exit == Some(0) && !run.out.contains("plaintext-to-tls"), "{run:?}");
    let run = tree.run("check --baseline known.toml --output-format json");
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["diagnostics"].as_array().map(Vec::len), Some(0));
    assert_eq!(
        (&document["summary"]["known"], &document["summary"]["errors"]),
        (&3.into(), &0.into())
    );
}

#[test]
fn lines_may_move_and_words_may_not() {
    let tree = Tree::known();
    let moved =
        format!("\n# A new head.\n{}", SITE.replace("        proxy_pass ", "\tproxy_pass\n "));
    tree.write("conf.d/site.conf", &moved);
    assert_eq!(tree.run("check --baseline known.toml").exit, Some(0));
    tree.write("conf.d/site.conf", &SITE.replace(":81;", ":81/;"));
    let run = tree.run("check --baseline known.toml --output-format concise -q");
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(run.out.starts_with("conf.d/site.conf:4:9: error: ") && run.out.lines().count() == 1);
}

#[test]
fn one_more_of_the_same_is_new() {
    let tree = Tree::known();
    let one = "    location /c { proxy_pass http://127.0.0.1:81; }\n}\n";
    tree.write("conf.d/site.conf", &SITE.replace("\n}\n", &format!("\n{one}")));
    let run = tree.run("check --baseline known.toml");
    assert!(
        run.exit == Some(1) && run.out.contains("1 error (1 with a safe fix); 3 in"),
        "{run:?}"
    );
    assert!(run.out.contains("the baseline knows others like this one"), "{run:?}");
}

#[test]
fn what_is_gone_is_said_and_breaks_nothing() {
    let tree = Tree::known();
    tree.write("nginx.conf", &ROOT.replace("proxy_pass   http:", "proxy_pass https:"));
    let run = tree.run("check --baseline known.toml");
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert_eq!(
        run.err,
        "note: known.toml: plaintext-to-tls-upstream is not found any more in nginx.conf at \
         `proxy_pass http://127.0.0.1:81` (1 of 2)\n\
         note: `--write-baseline` writes it anew without them\n"
    );
    let run = tree.run("check --baseline known.toml --output-format json -q");
    assert!(run.err.is_empty() && run.out.contains("\"stale\": 1"), "{run:?}");
    fs::remove_file(tree.0.path().join("conf.d/site.conf")).unwrap();
    let run = tree.run("check --baseline known.toml nginx.conf --min-level error");
    assert!(run.err.contains("in conf.d/site.conf at"), "{run:?}");
    let run = tree.run("check --write-baseline known.toml");
    assert_eq!(run.err, "1 finding written to known.toml\n");
    let left = BOTH.replace("count = 2\n", "");
    let (start, end) = (left.find("[[finding]]").unwrap(), left.rfind("[[finding]]").unwrap());
    assert_eq!(tree.read("known.toml"), [&left[..start], &left[end..]].concat());
}

#[test]
fn what_a_baseline_says_reaches_no_terminal_as_it_is() {
    let tree = Tree::new();
    let entry = |file: &str| {
        format!(
            "\n[[finding]]\nfile = \"{file}\"\nrule = \"syntax-error\"\ndirective = \"\\u001B[2J::error::\\u202E\"\n"
        )
    };
    let all: String = (0..12).map(|number| entry(&format!("{number}\\u009B.conf"))).collect();
    tree.write("known.toml", &format!("version = 1\n{}{all}", entry("nginx.conf")));
    let run = tree.run("check --baseline known.toml");
    let raw = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
    assert!(!run.err.contains(raw) && run.err.contains("at `␛[2J::error::\\u{202e}`"), "{run:?}");
    assert!(run.err.contains("note: 3 more are not found any more\n"), "{run:?}");
    assert!(run.err.lines().all(|line| line.starts_with("note: ")), "{run:?}");
}

#[test]
fn what_a_run_does_not_look_at_is_neither_gone_nor_forgotten() {
    let tree = Tree::known();
    for part in [
        "conf.d/site.conf",
        "--select correctness",
        "--ignore plaintext-to-tls-upstream",
        "--allow protocol",
        "--info plaintext-to-tls-upstream",
        "--exclude conf.d",
    ] {
        let run = tree.run(&format!("check --baseline known.toml {part}"));
        assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{part} {run:?}");
        let run = tree.run(&format!("check --write-baseline known.toml {part}"));
        assert_eq!(run.exit, Some(0), "{part} {run:?}");
        assert_eq!(tree.read("known.toml"), BOTH, "{part}");
    }
}

#[test]
fn files_are_named_from_the_baseline_wherever_one_stands() {
    let tree = Tree::new();
    fs::create_dir(tree.0.path().join("ci")).unwrap();
    let run = tree.run_in("conf.d", "check --write-baseline ../ci/known.toml ..");
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(tree.read("ci/known.toml").contains("file = \"../conf.d/site.conf\""));
    for (directory, file) in [("", "ci/known.toml"), ("ci", "known.toml")] {
        let root = tree.0.path().join("nginx.conf");
        let run = tree.run_in(directory, &format!("check --baseline {file} {}", root.display()));
        assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{run:?}");
    }
}

#[test]
fn the_settings_name_one() {
    let tree = Tree::known();
    tree.write("ngxlint.toml", "baseline = \"known.toml\"\n");
    for directory in ["", "conf.d"] {
        assert_eq!(tree.run_in(directory, "check").exit, Some(0));
    }
    assert_eq!(tree.run("check --no-config").exit, Some(1));
    // What changes is asked for there, not what is wrong.
    let run = tree.run("upgrade --from 1.28");
    assert!(run.exit == Some(1) && !run.out.contains("in the baseline"), "{run:?}");
    // The command line counts more, and needs the other no longer.
    tree.write("none.toml", "version = 1\n");
    assert_eq!(tree.run("check --baseline none.toml").exit, Some(1));
    tree.write("ngxlint.toml", "baseline = \"absent.toml\"\n");
    let run = tree.run("check");
    let says = "error: ngxlint.toml:1: `baseline` names absent.toml: no such file or directory\n";
    assert_eq!((run.exit, run.err.as_str()), (Some(2), says));
    assert_eq!(tree.run("check --write-baseline absent.toml").exit, Some(0));
    assert_eq!(tree.run("check").exit, Some(0));
}

#[test]
fn what_is_no_baseline_is_refused_and_left_alone() {
    let tree = Tree::known();
    let cases = [
        ("absent.toml", "", "absent.toml: cannot be read"),
        (
            "bad.toml",
            "version = 1\n[[finding]]\nrule = \"x\"\n",
            "bad.toml:3: `finding.rule` names no",
        ),
        ("bad.toml", "<<<<<<< HEAD\n", "bad.toml:1: is not TOML"),
        ("bad.toml", "version = 2\n", "bad.toml:1: `version` is not 1"),
        ("bad.toml", "\u{202e}\u{1b} = 1\nversion = 1", "bad.toml:1: is not TOML"),
    ];
    for (name, text, err) in cases {
        if !text.is_empty() {
            tree.write(name, text);
        }
        for format in ["full", "json"] {
            let run = tree.run(&format!("check --baseline {name} --output-format {format}"));
            assert!(run.exit == Some(2) && run.out.is_empty(), "{text:?} {run:?}");
            assert!(run.err.contains(err) && !run.err.contains(['\x1b', '\u{202e}']), "{run:?}");
        }
    }
    for (name, text) in [("nginx.conf", ROOT), ("bad.toml", "version = 2\n")] {
        tree.write(name, text);
        let run = tree.run(&format!("check --write-baseline {name}"));
        assert!(run.exit == Some(2) && run.out.is_empty(), "{run:?}");
        assert_eq!(tree.read(name), text);
    }
    for arguments in [
        "check --write-baseline a --baseline known.toml",
        "check --write-baseline a --fix",
        "check --write-baseline a --diff",
        "check --write-baseline a --show-files",
        "check --write-baseline absent/a",
        "check --baseline",
    ] {
        let run = tree.run(arguments);
        assert!(run.exit == Some(2) && !tree.0.path().join("a").exists(), "{run:?}");
    }
}

#[test]
fn what_is_not_reported_is_not_fixed() {
    let tree = Tree::known();
    let one = "    location /c { proxy_pass http://127.0.0.1:81/; }\n}\n";
    let site = SITE.replace("\n}\n", &format!("\n{one}"));
    tree.write("conf.d/site.conf", &site);
    let mended = site.replace("http://127.0.0.1:81/;", "https://127.0.0.1:81/;");
    let run = tree.run("check --baseline known.toml --diff");
    assert!(run.exit == Some(1) && run.err.contains("1 would be fixed in 1 file"), "{run:?}");
    let run = tree.run("check --baseline known.toml --fix");
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert_eq!((tree.read("conf.d/site.conf"), tree.read("nginx.conf")), (mended, ROOT.to_owned()));
}

#[test]
fn standard_input_is_known_by_its_name() {
    let tree = Tree::known();
    let arguments = "check - --stdin-filename conf.d/site.conf --baseline known.toml";
    let arguments: Vec<_> = arguments.split(' ').collect();
    let run = Run::of(tree.0.path(), &arguments, Some(&format!("\n{SITE}")));
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{run:?}");
    let run = Run::of(tree.0.path(), &arguments, Some(&SITE.replace(":81", ":81/")));
    assert_eq!(run.exit, Some(1), "{run:?}");
    // A dump has the names of its own machine.
    let dump = format!("# configuration file /etc/nginx/nginx.conf:\n{ROOT}\n");
    let run = Run::of(tree.0.path(), &["check", "-", "--write-baseline", "dump.toml"], Some(&dump));
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(tree.read("dump.toml").contains("file = \"/etc/nginx/nginx.conf\""));
    let run = Run::of(tree.0.path(), &["check", "-", "--baseline", "dump.toml"], Some(&dump));
    assert_eq!(run.exit, Some(0), "{run:?}");
}

#[test]
fn each_configuration_has_the_baseline_of_its_settings() {
    let tree = Tree::new();
    for side in ["a", "b"] {
        tree.write(&format!("{side}/nginx.conf"), ROOT);
        tree.write(&format!("{side}/ngxlint.toml"), "baseline = \"known.toml\"\n");
        tree.write(&format!("{side}/known.toml"), "version = 1\n");
    }
    assert_eq!(tree.run_in("a", "check --write-baseline known.toml").exit, Some(0));
    let run = tree.run("check a b --output-format concise -q");
    let files: Vec<_> = run.out.lines().map(|line| &line[..12]).collect();
    assert_eq!(files, ["b/nginx.conf"; 2], "{run:?}");
    // What both know of a file that they share is found once, for both.
    tree.write("both/s.conf", SITE);
    for side in ["a", "b"] {
        let root = ROOT.replace("conf.d/*.conf", "../both/s.conf");
        tree.write(&format!("{side}/nginx.conf"), &root);
        let run = tree.run_in(side, "check nginx.conf ../both --write-baseline known.toml");
        assert_eq!(run.exit, Some(0), "{run:?}");
        assert!(tree.read(&format!("{side}/known.toml")).contains("../both/s.conf"));
    }
    let run = tree.run("check a b both");
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(!run.err.contains("not found any more"), "{run:?}");
    tree.write("both/s.conf", "server { listen 82; }\n");
    let run = tree.run("check a b both");
    assert_eq!(run.err.matches("is not found any more in ../both/s.conf").count(), 2, "{run:?}");
}

#[test]
fn what_is_hidden_in_several_configurations_is_hidden_once() {
    let tree = Tree::new();
    let more = "    location /c {\n        proxy_pass http://127.0.0.1:81;\n    }\n}\n";
    tree.write("both/s.conf", &SITE.replace("\n}\n", &format!("\n{more}")));
    let root =
        ROOT.replace("proxy_pass ", "fastcgi_pass ").replace("http://127.0.0.1:81", "unix:/f");
    for side in ["a", "b"] {
        let root = root.replace("conf.d/*.conf", "../both/s.conf");
        tree.write(&format!("{side}/nginx.conf"), &root);
    }
    tree.write("ngxlint.toml", "[rules]\nprotocol = \"warning\"\n");
    let quiet = "check a b both --fail-on error --min-level error";
    let run = tree.run(quiet);
    assert!(run.out.contains("; 2 hidden below"), "{run:?}");
    let run = tree.run("check a b both --write-baseline all.toml");
    assert!(run.exit == Some(0) && tree.read("all.toml").contains("count = 2"), "{run:?}");
    tree.write("both/s.conf", SITE);
    let run = tree.run(&format!("{quiet} --baseline all.toml"));
    assert!(run.out.contains("; 1 hidden below") && run.err.contains("(1 of 2)"), "{run:?}");
    let run = tree.run(&format!("{quiet} --write-baseline all.toml"));
    let known = tree.read("all.toml");
    assert!(known.contains("both/s.conf") && !known.contains("count"), "{run:?} {known}");
}

#[test]
fn who_asks_a_question_needs_no_baseline() {
    let tree = Tree::new();
    tree.write("ngxlint.toml", "baseline = \"gone.toml\"\n");
    assert_eq!(tree.run("check").exit, Some(2));
    tree.write("error.log", "");
    for arguments in ["hops", "upgrade --from 1.28.2 --to 1.28.3", "diagnose error.log"] {
        let run = tree.run(arguments);
        assert!(run.exit != Some(2) && !run.err.contains("gone.toml"), "{run:?}");
    }
}
