//! From an error log to settings by which `check` finds the same, and the verbs that read a log.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::Run;

/// What nginx wrote of a pass to a peer that the configuration says nothing of, and what is then
/// known of the peer.
struct Lesson {
    pass: &'static str,
    /// The line up to the peer.
    message: &'static str,
    peer: &'static str,
    rule: &'static str,
    speaks: &'static str,
    /// What the settings say of that.
    comment: &'static str,
}

const LESSONS: &[Lesson] = &[
    Lesson {
        pass: "proxy_pass http://10.0.0.5:9000;",
        message: "upstream sent no valid HTTP/1.0 header while reading response header from upstream",
        peer: "http://10.0.0.5:9000/",
        rule: "http1-to-http2-upstream",
        speaks: "[\"h2c\"]",
        comment: "An error log makes it likely.",
    },
    Lesson {
        pass: "grpc_pass grpc://10.0.0.5:9000;",
        message: "upstream sent too large http2 frame: 4740180 while reading response header from upstream",
        peer: "grpc://10.0.0.5:9000",
        rule: "http2-to-http1-upstream",
        speaks: "[\"http/1.1\"]",
        comment: "An error log makes it likely.",
    },
    Lesson {
        pass: "proxy_pass https://10.0.0.5:9000;",
        message: "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while \
                  SSL handshaking to upstream",
        peer: "https://10.0.0.5:9000/",
        rule: "tls-to-plaintext-upstream",
        speaks: "[\"cleartext\"]",
        comment: "An error log shows it.",
    },
    Lesson {
        pass: "grpc_pass grpc://10.0.0.5:9000;",
        message: "upstream sent too large http2 frame: 1377027 while reading response header from upstream",
        peer: "grpc://10.0.0.5:9000",
        rule: "plaintext-to-tls-upstream",
        speaks: "[\"tls\"]",
        comment: "An error log shows it.",
    },
];

impl Lesson {
    fn line(&self) -> String {
        format!(
            "2026/11/30 17:28:55 [error] 7#7: *3 {}, client: 127.0.0.1, server: , request: \"GET / \
             HTTP/1.1\", upstream: \"{}\", host: \"localhost\"\n",
            self.message, self.peer
        )
    }

    /// A repository with two configurations of the same pass, and a log.
    fn tree(&self) -> TempDir {
        let tree = tempfile::tempdir().unwrap();
        let root = format!(
            "events {{}}\nhttp {{\n    server {{\n        listen 80;\n        location / {{\n            \
             {}\n        }}\n    }}\n}}\n",
            self.pass
        );
        for directory in [".git", "other"] {
            fs::create_dir(tree.path().join(directory)).unwrap();
        }
        put(tree.path(), "nginx.conf", &root);
        put(tree.path(), "other/nginx.conf", &root);
        put(tree.path(), "error.log", &self.line());
        tree
    }
}

fn put(directory: &Path, name: &str, text: &str) {
    fs::write(directory.join(name), text).unwrap();
}

const DIAGNOSE: &[&str] =
    &["diagnose", "--root", "nginx.conf", "--output-format", "concise", "error.log"];

#[test]
fn what_a_log_proves_is_found_by_check_from_then_on() {
    for lesson in LESSONS {
        let tree = lesson.tree();
        let run = |arguments: &[&str]| Run::of(tree.path(), arguments, None);
        let check = ["check", "--output-format", "concise"];
        let named = format!("[{}]", lesson.rule);
        let before = run(&check);
        assert!(!before.out.contains(&named), "{before:?}");
        // A diagnosis alone writes nothing.
        let told = run(DIAGNOSE);
        assert_eq!(told.exit, Some(1), "{told:?}");
        assert!(told.out.starts_with("nginx.conf:6:13: ") && told.out.contains(&named), "{told:?}");
        assert!(told.out.contains("; seen once"), "{told:?}");
        assert!(!tree.path().join("ngxlint.toml").exists());

        put(tree.path(), "ngxlint.toml", "# ours\nnginx-version = \"1.28.3\" # pinned\n");
        let writes = [DIAGNOSE, &["--write-backends"]].concat();
        let written = run(&writes);
        assert!(written.err.contains("ngxlint.toml: 1 peer added"), "{written:?}");
        let settings = fs::read_to_string(tree.path().join("ngxlint.toml")).unwrap();
        assert_eq!(
            settings,
            format!(
                "# ours\nnginx-version = \"1.28.3\" # pinned\n\n# {}\n[[backend]]\n\
                 address = \"10.0.0.5:9000\"\nspeaks = {}\n",
                lesson.comment, lesson.speaks
            )
        );
        let after = run(&check);
        assert_eq!(after.exit, Some(1), "{after:?}");
        for place in ["nginx.conf:6:13: error: ", "other/nginx.conf:6:13: error: "] {
            let is_it = |line: &str| line.starts_with(place) && line.ends_with(&named);
            assert!(after.out.lines().any(is_it), "{after:?}");
        }
        // What is known need not be learned.
        let again = run(&writes);
        assert_eq!(again.exit, Some(1), "{again:?}");
        assert!(again.out.contains(&named), "{again:?}");
        assert_eq!(fs::read_to_string(tree.path().join("ngxlint.toml")).unwrap(), settings);
    }
}

#[test]
fn a_log_comes_from_files_or_a_pipe() {
    let lesson = &LESSONS[0];
    let tree = lesson.tree();
    let row = |arguments: &[&str], input: Option<&str>, exit: i32, out: &str, err: &str| {
        let run = Run::of(tree.path(), arguments, input);
        assert_eq!(run.exit, Some(exit), "{arguments:?} {run:?}");
        assert!(run.out.contains(out) && run.err.contains(err), "{arguments:?} {run:?}");
    };
    let line = lesson.line();
    let of_log = "error.log:1:";
    row(&["diagnose", "error.log"], None, 1, of_log, "");
    row(&["diagnose", "error.log", "error.log"], None, 1, "seen twice", "");
    row(&["diagnose"], Some(&line), 1, "[http1-to-http2-upstream]", "");
    row(&["diagnose", "-", "--root", "nginx.conf"], Some(&line), 1, "nginx.conf:6:13", "");
    row(&["diagnose"], Some(""), 0, "", "");
    row(&["diagnose"], Some("no line of nginx\n"), 0, "", "");
    row(&["diagnose", "--fail-on", "never", "error.log"], None, 0, of_log, "");
    row(&["diagnose", "--allow", "http1-to-http2-upstream"], Some(&line), 0, "", "");
    row(&["diagnose", "none.log"], None, 2, "", "none.log");
    row(&["diagnose", "--root", "none.conf", "error.log"], None, 2, "", "none.conf");
    row(&["diagnose", "--output-format", "json", "error.log"], None, 1, "\"seen\"", "");
    row(&["explain", &line], None, 0, "http1-to-http2-upstream", "");
}
