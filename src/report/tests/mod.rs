use std::path::PathBuf;

mod format;
mod full;
mod sarif;

use super::*;
use crate::diagnostic::*;
use crate::nginx::VersionSet;
use crate::page::Page;
use crate::source::{Location, SourceId, Sources, Span};

/// A report on some files, to be filled with findings about pieces of their texts.
struct Builder {
    report: Report,
}

impl Builder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let mut sources = Sources::default();
        for (name, bytes) in files {
            sources.add(PathBuf::from(name), (*bytes).into());
        }
        let target = TargetRow { versions: "1.22.1".parse().unwrap(), ..TargetRow::default() };
        let summary = Summary { files: files.len(), complete: true, ..Summary::default() };
        let card = Card {
            name: "a-rule",
            category: Category::Protocol,
            level: Level::Error,
            summary: "It is wrong".into(),
            url: "https://example.org/rules/a-rule".into(),
            page: include_str!("../../../rules/syntax-error.md"),
        };
        Self { report: Report { sources, target, summary, cards: vec![card], ..Report::default() } }
    }

    /// The first occurrence of a piece of text in a file.
    fn at(&self, file: usize, piece: impl AsRef<[u8]>) -> Location {
        let (source, piece) = (SourceId::new(file), piece.as_ref());
        let bytes = self.report.sources.bytes(source);
        let start = bytes.windows(piece.len().max(1)).position(|one| one.starts_with(piece));
        let start = start.unwrap_or(bytes.len()) as u32;
        Location::new(source, Span::new(start, start + piece.len() as u32))
    }

    fn end(&self, file: usize) -> Location {
        let source = SourceId::new(file);
        Location::new(source, Span::at(self.report.sources.bytes(source).len() as u32))
    }

    fn add(&mut self, at: Location, message: &str, labels: &[(Location, &str)]) -> &mut Diagnostic {
        let label =
            |(at, message): &(Location, &str)| Label { at: *at, message: (*message).into() };
        self.report.diagnostics.push(Diagnostic {
            rule: "a-rule",
            category: Category::Protocol,
            level: Level::Error,
            confidence: Confidence::Certain,
            affects: None,
            message: message.into(),
            at,
            directive: String::from_utf8_lossy(self.report.sources.text(at)).into_owned(),
            labels: labels.iter().map(label).collect(),
            help: Vec::new(),
            dead_ends: Vec::new(),
            symptoms: Vec::new(),
            seen: None,
            fixes: Vec::new(),
        });
        self.report.diagnostics.last_mut().unwrap()
    }

    fn full(&self) -> String {
        text(|out| full(out, &self.report, narrow()))
    }

    fn concise(&self) -> String {
        text(|out| concise(out, &self.report, false))
    }
}

/// How a text looks in most tests.
fn narrow() -> Look {
    Look { width: 80, ..Look::default() }
}

fn text(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const SITE: &[u8] = b"upstream app {
    server 10.0.0.1:8080;
}
server {
    location / {
\t# to the app
\tproxy_pass http://app;
    }
}
";

const LISTENER: &[u8] = b"server {\n    listen 10.0.0.1:8080 http2;\n}\n";

fn mismatch() -> Builder {
    let mut builder = Builder::new(&[("conf.d/site.conf", SITE), ("conf.d/app.conf", LISTENER)]);
    let edit = builder.at(0, "# to the app");
    let (server, listen) =
        (builder.at(0, "server 10.0.0.1:8080"), builder.at(1, "listen 10.0.0.1:8080 http2"));
    let at = builder.at(0, "proxy_pass http://app");
    let labels = [(listen, "this listener takes only HTTP/2"), (server, "by way of this server")];
    let diagnostic = builder.add(
        at,
        "`proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2",
        &labels,
    );
    diagnostic.affects = Some("<1.25.1".parse().unwrap());
    diagnostic.help = vec![
        "Raising `proxy_http_version` to 1.1 does not help: the listener takes no HTTP/1 at all in these releases.".into(),
    ];
    diagnostic.symptoms = vec!["upstream sent no valid HTTP/1.0 header".into()];
    diagnostic.fixes = vec![Fix {
        message: "speak HTTP/2 to it".into(),
        applicability: Applicability::Unsafe,
        versions: Some(">=1.29.4".parse().unwrap()),
        edits: vec![Edit { at: edit, text: "proxy_http_version 2;".into() }],
    }];
    builder.report.summary.errors = 1;
    builder
}

#[test]
fn concise_is_what_problem_matchers_take() {
    let matchers = include_str!("../../../editors/github-matcher.json");
    let matchers: serde_json::Value = serde_json::from_str(matchers).unwrap();
    let matcher = &matchers["problemMatcher"][0]["pattern"][0]["regexp"];
    let schema = serde_json::json!({ "type": "string", "pattern": matcher });
    let matcher = jsonschema::validator_for(&schema).unwrap();
    let mut builder = mismatch();
    for level in [Level::Warning, Level::Info] {
        let at = builder.at(1, "listen");
        builder.add(at, "a: [b] c:1:2: error: d", &[]).level = level;
    }
    insta::assert_snapshot!(builder.concise(), @r#"
    conf.d/site.conf:7:2: error: `proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2 [a-rule]
    conf.d/app.conf:2:5: warning: a: [b] c:1:2: error: d [a-rule]
    conf.d/app.conf:2:5: note: a: [b] c:1:2: error: d [a-rule]
    "#);
    for color in [false, true] {
        let lines = text(|out| concise(out, &builder.report, color));
        assert_eq!(lines.lines().count(), 3);
        for line in lines.lines() {
            assert!(matcher.is_valid(&line.into()), "{line:?}");
        }
    }
}

#[test]
fn json_is_the_document_of_its_schema() {
    let mut builder = mismatch();
    let at = builder.end(0);
    builder.add(at, "c0 \u{1b} c1 \u{9b} bidi \u{202e} \"\\", &[]).affects =
        Some(VersionSet::all());
    let document = text(|out| check_json(out, &builder.report));
    assert!(document.contains(r#"c0 \u001b c1 \u009b bidi \u202e \"\\""#), "{document}");
    check(&document, include_str!("../../../docs/schema/check.schema.json"));
    let value: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(value["diagnostics"][1]["message"], "c0 \u{1b} c1 \u{9b} bidi \u{202e} \"\\");
    insta::assert_snapshot!(serde_json::to_string_pretty(&value["diagnostics"][0]).unwrap(), @r#"
    {
      "affects": "<1.25.1",
      "category": "protocol",
      "confidence": "certain",
      "dead_ends": [],
      "file": "conf.d/site.conf",
      "fixes": [
        {
          "applicability": "unsafe",
          "edits": [
            {
              "file": "conf.d/site.conf",
              "range": {
                "end": {
                  "column": 14,
                  "line": 6,
                  "offset": 82
                },
                "start": {
                  "column": 2,
                  "line": 6,
                  "offset": 70
                }
              },
              "text": "proxy_http_version 2;"
            }
          ],
          "for": ">=1.29.4",
          "message": "speak HTTP/2 to it"
        }
      ],
      "help": [
        "Raising `proxy_http_version` to 1.1 does not help: the listener takes no HTTP/1 at all in these releases."
      ],
      "labels": [
        {
          "file": "conf.d/app.conf",
          "message": "this listener takes only HTTP/2",
          "range": {
            "end": {
              "column": 31,
              "line": 2,
              "offset": 39
            },
            "start": {
              "column": 5,
              "line": 2,
              "offset": 13
            }
          }
        },
        {
          "file": "conf.d/site.conf",
          "message": "by way of this server",
          "range": {
            "end": {
              "column": 25,
              "line": 2,
              "offset": 39
            },
            "start": {
              "column": 5,
              "line": 2,
              "offset": 19
            }
          }
        }
      ],
      "level": "error",
      "message": "`proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2",
      "range": {
        "end": {
          "column": 23,
          "line": 7,
          "offset": 105
        },
        "start": {
          "column": 2,
          "line": 7,
          "offset": 84
        }
      },
      "rule": "a-rule",
      "seen": null,
      "symptoms": [
        "upstream sent no valid HTTP/1.0 header"
      ],
      "url": "https://example.org/rules/a-rule"
    }
    "#);
}

#[test]
fn statistics_count_each_rule() {
    let mut builder = mismatch();
    for level in [Level::Warning, Level::Info] {
        let at = builder.end(0);
        let one = builder.add(at, "again", &[]);
        one.level = level;
        one.rule = "another-rule";
    }
    let at = builder.end(1);
    builder.add(at, "more", &[]).rule = "another-rule";
    insta::assert_snapshot!(text(|out| statistics(out, &builder.report)), @r"
    3  error    another-rule
    1  error    a-rule
    ");
    let document = text(|out| statistics_json(out, &builder.report));
    check(&document, include_str!("../../../docs/schema/statistics.schema.json"));
    let value: serde_json::Value = serde_json::from_str(&document).unwrap();
    let first = &value["statistics"][0];
    let counts = ["count", "errors", "warnings", "infos", "fixable"].map(|key| first[key].as_u64());
    assert_eq!(counts, [3, 1, 1, 1, 0].map(Some));
    assert_eq!(value["statistics"][1]["url"], "https://example.org/rules/a-rule");
    assert_eq!(value["statistics"].as_array().unwrap().len(), 2);
}

/// Whether a document is what the schema says, and nothing that the schema does not say.
fn check(document: &str, schema: &str) {
    let mut schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    let value = serde_json::from_str(document).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    seal(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The schema lets documents grow; the documents of this release hold nothing that is not in it.
fn seal(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(object) => {
            object.values_mut().for_each(seal);
            if object.contains_key("properties") {
                object.insert("unevaluatedProperties".into(), false.into());
                let names: Vec<_> =
                    object["properties"].as_object().unwrap().keys().cloned().collect();
                object.insert("required".into(), names.into());
            }
        }
        serde_json::Value::Array(array) => array.iter_mut().for_each(seal),
        _ => {}
    }
}

fn with_hops() -> Builder {
    let mut builder = mismatch();
    let (pass, listen) =
        (builder.at(0, "proxy_pass http://app"), builder.at(1, "listen 10.0.0.1:8080 http2"));
    let peer =
        |address: &str, accepts: &[&str], confidence, reason: &str, evidence, verdict| PeerRow {
            address: address.into(),
            accepts: accepts.iter().map(|&word| word.to_owned()).collect(),
            confidence,
            reason: reason.into(),
            evidence,
            verdict,
        };
    let certain = Some(Confidence::Certain);
    let speaks = Speaks { protocol: "http/1.0".into(), ..Speaks::default() };
    builder.report.hops = vec![
        HopRow {
            directive: "proxy_pass".into(),
            at: pass,
            speaks,
            peers: vec![
                peer(
                    "10.0.0.1:8080",
                    &["h2c"],
                    certain,
                    "this listener",
                    Some(listen),
                    Verdict::Mismatch,
                ),
                peer(
                    "10.0.0.2:50051",
                    &["h2c", "grpc"],
                    Some(Confidence::Likely),
                    "port 50051",
                    None,
                    Verdict::Mismatch,
                ),
                peer(
                    "unix:/run/a-very-long-directory/of/some/application.sock",
                    &[],
                    None,
                    "nothing is known of this address, and neither a port nor a name says more",
                    None,
                    Verdict::Unknown,
                ),
            ],
        },
        HopRow {
            directive: "proxy_pass".into(),
            at: builder.at(0, "server {\n    location / {\n"),
            speaks: Speaks {
                protocol: "http/1.1".into(),
                tls: true,
                sni: Some("api.example.com".into()),
                alpn: vec!["h2".into()],
                proxy_protocol: true,
                decided_by: Some(listen),
            },
            peers: vec![peer(
                "api.example.com:443",
                &["tls", "http/1.1"],
                Some(Confidence::Likely),
                "port 443",
                None,
                Verdict::Ok,
            )],
        },
    ];
    builder.report.summary.hops = HopTally { proven: 0, likely: 1, unknown: 1 };
    builder
}

#[test]
fn hops_are_a_table() {
    let table = text(|out| hops(out, &with_hops().report, Look::default()));
    insta::assert_snapshot!(table, @r#"
    conf.d/site.conf:7:2  proxy_pass http://app
      speaks  http/1.0, by default
      10.0.0.1:8080                     h2c           mismatch  certain: this listener
                                                                (conf.d/app.conf:2:5)
      10.0.0.2:50051                    h2c grpc      mismatch  likely: port 50051
      unix:/run/a-very-long-directory/of/some/application.sock
                                        ?             unknown   unknown: nothing is known of this
                                                                address, and neither a port nor a name
                                                                says more

    conf.d/site.conf:4:1  server { location / {
      speaks  http/1.1 over TLS (SNI api.example.com, ALPN h2) after a PROXY header, by `listen
              10.0.0.1:8080 http2` at conf.d/app.conf:2:5
      api.example.com:443               tls http/1.1  ok        likely: port 443

    2 hops (1 likely, 1 unknown), target 1.22.1
    "#);
    assert!(table.lines().all(|line| line.chars().count() <= 100));
    let empty = text(|out| hops(out, &Builder::new(&[]).report, Look::default()));
    assert_eq!(empty, "no hops, target 1.22.1\n");
}

#[test]
fn no_line_of_hops_is_a_command_to_a_runner() {
    let mut builder = with_hops();
    let commands =
        ["::warning::n:90", "::stop-commands::a-token-that-is-longer-than-its-column:90"];
    for (peer, address) in builder.report.hops[0].peers.iter_mut().zip(commands) {
        peer.address = address.into();
        peer.reason = format!("{} ::error::x", "because ".repeat(5));
    }
    for width in 40..100 {
        let table = text(|out| hops(out, &builder.report, Look { width, ..Look::default() }));
        let mut lines = table.lines();
        assert!(!lines.any(|line| line.trim_start().starts_with("::")), "{width}: {table}");
        assert!(table.contains("\n  \\u{3a}:warning::n:90  "), "{table}");
    }
}

#[test]
fn hops_json_is_the_document_of_its_schema() {
    let document = text(|out| hops_json(out, &with_hops().report));
    check(&document, include_str!("../../../docs/schema/hops.schema.json"));
}

#[test]
fn the_summary_says_what_silence_is_worth() {
    let mut report = Builder::new(&[("a", b""), ("b", b""), ("c", b"")]).report;
    report.summary.hops = HopTally { proven: 3, likely: 1, unknown: 1 };
    (report.summary.errors, report.summary.warnings, report.summary.hidden) = (1, 2, 4);
    let mut lines = vec![summary(&report, Level::Warning, Confidence::Likely)];
    report.target.versions = ">=1.25.1, <=1.31.4".parse().unwrap();
    report.target.assumed = true;
    report.target.origin = Some("from `http2` at nginx.conf:8".into());
    report.summary =
        Summary { files: 1, fixable: 1, infos: 1, hidden: 1, complete: true, ..Summary::default() };
    lines.push(summary(&report, Level::Info, Confidence::Certain));
    report.target =
        TargetRow { versions: VersionSet::assumed(), assumed: true, ..TargetRow::default() };
    report.summary = Summary { files: 1, ..Summary::default() };
    report.summary.unread =
        ["/etc/nginx/mime.types", "b", "c", "d", "e", "f\u{1b}"].map(String::from).into();
    lines.push(summary(&report, Level::Warning, Confidence::Certain));
    insta::assert_snapshot!(lines.join("\n"), @r#"
    3 files, target 1.22.1, 5 hops (3 proven, 1 likely, 1 unknown): 1 error, 2 warnings; 4 hidden below --min-level warning
    1 file, target 1.25.1 – 1.31.4 (from `http2` at nginx.conf:8; set nginx-version to be exact), no hops: 1 info (1 with a safe fix); 1 hidden below --min-level info or --min-confidence certain
    not read: /etc/nginx/mime.types, b, c, d, e and 1 more
    1 file, target 1.20.0 – 1.31.4 (assumed; set nginx-version to be exact), no hops: no findings
    "#);
}

#[test]
fn explain_json_is_the_document_of_its_schema() {
    let page = Page::parse(include_str!("../../../rules/syntax-error.md")).unwrap();
    let why = "the log says `c0 \u{1b} c1 \u{9b}`".to_owned();
    let one = Explained { card: mismatch().report.cards.remove(0), page, why };
    let aside = Aside {
        told: Some("4740180 is `HTT`".into()),
        ordinary: Some(("it \u{202e} crashed".into(), "the application's")),
    };
    for (found, aside) in [(&[one][..], aside), (&[], Aside::default())] {
        let document = text(|out| explain_json(out, found, &aside));
        assert!(!document.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{document}");
        check(&document, include_str!("../../../docs/schema/explain.schema.json"));
    }
}

#[test]
fn rule_json_is_the_document_of_its_schema() {
    let schema = include_str!("../../../docs/schema/rule.schema.json");
    let pages = crate::rules::ALL.iter().map(|rule| (rule.card(), Page::parse(rule.page).unwrap()));
    let pages: Vec<_> = pages.collect();
    check(&text(|out| rules_json(out, &pages)), schema);
    let (card, page) = &pages[0];
    check(&text(|out| rule_json(out, card, page)), schema);
}
