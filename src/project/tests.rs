//! From paths to reports, over files in memory.

use std::path::PathBuf;

use super::*;
use crate::diagnostic::{Diagnostic, Verdict};
use crate::source::{LineIndex, Memory};

fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (name, text) in files {
        memory.insert(name, *text);
    }
    memory
}

fn request(paths: &[&str]) -> Request {
    let mut request =
        Request { paths: paths.iter().map(PathBuf::from).collect(), ..Request::default() };
    request.policy.min_level = Level::Info;
    request
}

/// `file:line:column level message [rule]`, and an indented line for each label.
fn shown(report: &Report) -> String {
    let place = |at: crate::source::Location| {
        let source = report.sources.source(at.source);
        let position = LineIndex::new(&source.bytes).position(&source.bytes, at.span.start);
        format!("{}:{}:{}", source.name.display(), position.line, position.column)
    };
    let line = |one: &Diagnostic| {
        let affects = one.affects.as_ref().map(|set| format!(" ({set})")).unwrap_or_default();
        let head =
            format!("{} {} {}{affects} [{}]", place(one.at), one.level, one.message, one.rule);
        let labels =
            one.labels.iter().map(|label| format!("\n  {} {}", place(label.at), label.message));
        std::iter::once(head).chain(labels).collect::<String>()
    };
    report.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn checked(files: &[(&str, &str)], paths: &[&str]) -> Report {
    check(&memory(files), &request(paths)).expect("it can be checked")
}

const MISMATCH: &str = "events {}
http {
    server {
        listen 127.0.0.1:8081 http2;
        location / { return 200 a; }
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://127.0.0.1:8081;
        }
    }
}
";

fn at_version(version: &str, files: &[(&str, &str)], paths: &[&str]) -> Report {
    let mut request = request(paths);
    request.nginx_version = Some(version.parse().unwrap());
    check(&memory(files), &request).expect("it can be checked")
}

#[test]
fn the_mismatch_this_project_began_with() {
    let files = [("/r/nginx.conf", MISMATCH)];
    let report = at_version("1.22.1", &files, &["/r/nginx.conf"]);
    insta::assert_snapshot!(shown(&report), @r"
    /r/nginx.conf:10:13 error `proxy_pass` speaks HTTP/1.0 to `127.0.0.1:8081`, which speaks only HTTP/2 [http1-to-http2-upstream]
      /r/nginx.conf:4:9 `127.0.0.1:8081` takes only HTTP/2 here before 1.25.1
    ");
    assert_eq!(report.summary.hops.proven, 1);
    assert_eq!(report.hops[0].peers[0].verdict, Verdict::Mismatch);
    let report = at_version("1.25.1", &files, &["/r/nginx.conf"]);
    assert_eq!(shown(&report), "");
    assert_eq!(report.hops[0].peers[0].verdict, Verdict::Ok);
}
