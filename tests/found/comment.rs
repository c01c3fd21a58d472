//! Mistakes about comments that silence findings.

use ngxlint::project;

use super::*;

/// What is found in a root when some rules do not run.
fn without(rules: &[&str], text: &str) -> String {
    let mut memory = Memory::default();
    memory.insert("/r/nginx.conf", text);
    let mut request = Request { paths: vec![PathBuf::from("/r/nginx.conf")], ..Request::default() };
    request.policy.min_level = Level::Info;
    request.policy.ignore = rules.iter().map(|&rule| rule.to_owned()).collect();
    request.nginx_version = Some("1.28.3".parse().expect("a version"));
    let report = project::check(&memory, &request).expect("it can be checked");
    let fixed = project::fix(&memory, &request, false).expect("the fixes settle");
    let unused = found(&report).contains("unused-suppression");
    assert_eq!(!fixed.changed.is_empty(), unused, "a comment goes if it is said to be unused");
    found(&report)
}

fn root(lines: &str) -> String {
    format!("events {{}}\nhttp {{\n{lines}\n}}\n")
}

fn pass(comment: &str, to: &str) -> String {
    format!("server {{ listen 80; location / {{\n# ngxlint: {comment}\nproxy_pass {to};\n}} }}")
}

const UNUSED: &str = "warning unused-suppression";

#[test]
fn a_category_is_unneeded_only_if_all_its_rules_say_nothing() {
    let text = root(&pass("ignore[protocol]", "https://10.0.0.1:80"));
    assert_eq!(without(&[], &text), "");
    assert_eq!(without(&["tls-to-plaintext-upstream"], &text), "");
    let mended = text.replace("https", "http");
    assert_eq!(without(&[], &mended), format!("nginx.conf:4 {UNUSED}"));
    assert_eq!(without(&["correctness"], &mended), format!("nginx.conf:4 {UNUSED}"));
    assert_eq!(without(&["plaintext-to-tls-upstream"], &mended), "");
}

#[test]
fn what_was_not_read_may_need_a_comment() {
    let text = root(&pass("ignore[plaintext-to-tls-upstream]", "http://10.0.0.1:80"));
    assert_eq!(without(&[], &text), format!("nginx.conf:4 {UNUSED}"));
    let text = text.replace("http {", "http { include /elsewhere/secret.conf;");
    assert_eq!(without(&[], &text), "");
}

#[test]
fn a_comment_speaks_of_no_directive_that_begins_where_its_own_ends() {
    let text = root("# ngxlint: ignore[unknown-directive]\naaa x;bbb y;");
    assert_eq!(without(&[], &text), "nginx.conf:4 error unknown-directive");
    // The place where a `;` is missing is still on its line, whatever ends that.
    for end in ["\n", "\r\n"] {
        let text = root(&format!("root /srv # ngxlint: ignore[syntax-error]{end}"));
        assert_eq!(without(&[], &text), "", "{end:?}");
        let text = root(&format!("# ngxlint: ignore[syntax-error]{end}root /srv{end}"));
        assert_eq!(without(&[], &text), "", "{end:?}");
    }
}

#[test]
fn comments_silence_what_is_said_of_comments() {
    let text = |first: &str, names: &str| {
        root(&format!("# ngxlint: {first}\n{}", pass(names, "http://10.0.0.1:80")))
    };
    let unneeded = "ignore[plaintext-to-tls-upstream]";
    for name in ["unused-suppression", "meta"] {
        let text = text(&format!("file-ignore[{name}]"), unneeded);
        assert_eq!(without(&[], &text), "", "{name}");
        assert_eq!(without(&["plaintext-to-tls-upstream"], &text), "", "{name}");
    }
    for name in ["unknown-suppression", "meta"] {
        let text = text(&format!("ignore[{name}]"), "ignore[no-such-rule]");
        assert_eq!(without(&[], &text), "", "{name}");
    }
    let text = text("file-ignore[unused-suppression]", "speaks=cleartext");
    assert_eq!(without(&[], &text), format!("nginx.conf:3 {UNUSED}"));
}
