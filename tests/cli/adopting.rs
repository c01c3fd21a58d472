//! What `docs/adopting.md` promises beside the baseline: its examples, comments, levels by path.

use super::*;

const PAGE: &str = include_str!("../../docs/adopting.md");

/// An upstream that speaks HTTP/2 only, and what stands in the server that passes to it.
fn conf(inside: &str) -> String {
    format!(
        "events {{}}\nhttp {{\n    upstream a {{\n        server 10.0.0.5:9000; # ngxlint: speaks=h2c\n    \
         }}\n    server {{\n        listen 80;\n{inside}    }}\n}}\n"
    )
}

const PASS: &str = "        location / {\n            proxy_pass http://a;\n        }\n";

fn tree_of(files: &[(&str, &str)]) -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in [(".git/HEAD", "")].iter().chain(files) {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

/// The fences of a language, without their first and last lines.
fn fences(language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    let parts = PAGE.split(start.as_str()).skip(1);
    parts.map(|part| part.split_once("```").expect("a fence ends").0).collect()
}

#[test]
fn the_commands_of_the_page_work_in_their_order() {
    let tree = tree_of(&[("nginx.conf", &conf(PASS))]);
    let check = |arguments: &str| {
        let arguments: Vec<_> = arguments.split_whitespace().collect();
        Run::of(tree.path(), &arguments, None)
    };
    assert_eq!(check("check").exit, Some(1));
    let commands: Vec<_> = fences("sh").into_iter().flat_map(str::lines).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let run = check(command.strip_prefix("ngxlint ").expect(command));
        assert_eq!(run.exit, Some(0), "{command} {run:?}");
    }
    for text in fences("toml") {
        let is_baseline = text.starts_with("version = 1");
        let name = if is_baseline { "other.toml" } else { "ngxlint.toml" };
        fs::write(tree.path().join(name), text).unwrap();
        let run = check(if is_baseline { "check --baseline other.toml" } else { "check" });
        let wanted = if text.starts_with("baseline") { Some(0) } else { Some(1) };
        assert_eq!(run.exit, wanted, "{text} {run:?}");
    }
    for text in fences("nginx") {
        let run = Run::of(tree.path(), &["check", "-", "--fail-on", "info", "-q"], Some(text));
        assert_eq!((run.exit, run.out.as_str()), (Some(0), ""), "{text}");
    }
}

#[test]
fn levels_are_given_by_path() {
    let settings = "[rules]\nprotocol = \"warning\"\n[per-path.\"legacy/**\".rules]\nprotocol = \"info\"\n\
                    [per-path.\"legacy/worst.conf\".rules]\nhttp1-to-http2-upstream = \"allow\"\n";
    let root = conf("        include legacy/*.conf;\n        include new/*.conf;\n");
    let pass = |at: &str| format!("location {at} {{\n    proxy_pass http://a;\n}}\n");
    let tree = tree_of(&[
        ("ngxlint.toml", settings),
        ("nginx.conf", &root),
        ("legacy/bad.conf", &pass("/bad")),
        ("legacy/worst.conf", &pass("/worst")),
        ("new/good.conf", &pass("/good")),
    ]);
    let lines = |arguments: &[&str]| {
        let concise = ["check", "--output-format", "concise", "-q"];
        let run = Run::of(tree.path(), &[&concise[..], arguments].concat(), None);
        let line = |line: &str| line.splitn(6, ' ').take(2).collect::<Vec<_>>().join(" ");
        run.out.lines().map(line).collect::<Vec<_>>()
    };
    let (bad, good) = ("legacy/bad.conf:2:5: note:", "new/good.conf:2:5: warning:");
    assert_eq!(lines(&["--min-level", "info"]), [bad, good]);
    assert_eq!(lines(&[]), [good]);
    let run = Run::of(tree.path(), &["check", "legacy/bad.conf", "legacy/worst.conf"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(run.out.contains("1 hidden"), "{run:?}");
    // The command line counts more.
    assert_eq!(lines(&["--error", "http1-to-http2-upstream"]).len(), 3);
}

#[test]
fn what_is_needless_in_comments_is_taken_out() {
    let inside = "\
        # ngxlint: disable[protocol, tls-to-plaintext-upstream] as ever\r
        location / {\r
            proxy_pass http://a;\r
        }\r
        # ngxlint: enable[tls-to-plaintext-upstream, protocol]\r
        # ngxlint: ignore[syntax-error, invalid-value]\r
        location /b {\r
            root /srv; # ngxlint: ignore[missing-include] it was there\r
            expires 1h;\t# ngxlint: ignore[meta]\r
        }\r
        # ngxlint: file-ignore[quic-only-upstream]\r
        # ngxlint: ignore[syntax-error] ngxlint: ignore[meta]\r
        # ngxlint: enable[style]\r
";
    let mended = "\
        # ngxlint: disable[protocol] as ever\r
        location / {\r
            proxy_pass http://a;\r
        }\r
        # ngxlint: enable[protocol]\r
        location /b {\r
            root /srv; # it was there\r
            expires 1h;\r
        }\r
        # ngxlint: ignore[syntax-error] ngxlint: ignore[meta]\r
";
    let tree = tree_of(&[("nginx.conf", &conf(inside))]);
    let run = Run::of(tree.path(), &["check", "--fix", "--output-format", "concise", "-q"], None);
    assert_eq!(run.exit, Some(1), "{run:?}");
    // What would become another comment to ngxlint is left to a person.
    assert!(run.out.contains("`syntax-error` finds nothing") && run.out.lines().count() == 1);
    assert_eq!(fs::read_to_string(tree.path().join("nginx.conf")).unwrap(), conf(mended));
}

#[test]
fn comments_to_nginx_lint_are_obeyed_where_they_can_be() {
    let outer = "        proxy_set_header Host $host;\n";
    let lines = |comment: &str, before: &str| {
        let inside = format!(
            "{outer}        location / {{\n{before}            proxy_set_header B b;{comment}\n            \
             proxy_pass http://10.0.0.6:9000;\n        }}\n"
        );
        let tree = tree_of(&[("nginx.conf", &conf(&inside))]);
        Run::of(tree.path(), &["check", "--output-format", "concise", "-q"], None).out
    };
    assert!(lines("", "").contains("[lost-proxy-headers]"));
    for (comment, before) in [
        (" # nginx-lint:ignore proxy-set-header-inheritance on purpose", ""),
        (" # nginx-lint:ignore indent,directive-inheritance on purpose", ""),
        ("", "# nginx-lint:ignore directive-inheritance on purpose\n"),
    ] {
        assert_eq!(lines(comment, before), "", "{comment}{before}");
    }
    // Without a reason that tool does not obey; of the names of others it knows nothing.
    for comment in
        ["directive-inheritance", "proxy-keepalive on purpose", "lost-proxy-headers on purpose"]
    {
        let out = lines(&format!(" # nginx-lint:ignore {comment}"), "");
        assert!(out.contains("[lost-proxy-headers]") && out.lines().count() == 1, "{out}");
    }
}
