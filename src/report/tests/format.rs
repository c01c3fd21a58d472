//! The formats that other programs read; what reads them is in `tests/consumer`.

use std::sync::LazyLock;

use super::*;
use crate::report::text::markdown;
use crate::source::Memory;

/// A run in `deploy` of a repository.
pub(super) fn repository() -> Repository<'static> {
    static LOADER: LazyLock<Memory> = LazyLock::new(|| {
        let mut memory = Memory::default();
        memory.insert("/r/.git/HEAD", "");
        memory
    });
    Repository::new(&*LOADER, "/r/deploy".into())
}

pub(super) fn rich() -> Builder {
    let mut builder = mismatch();
    let at = builder.at(1, "listen");
    builder.add(at, "one more", &[]).level = Level::Warning;
    let at = builder.at(0, "server {\n    location / {");
    builder.add(at, "over lines", &[]).level = Level::Info;
    let at = builder.end(1);
    builder.add(at, "unexpected end of file", &[]).fixes = vec![Fix {
        message: "close it".into(),
        applicability: Applicability::Safe,
        versions: None,
        edits: vec![Edit { at, text: "}\n".into() }],
    }];
    builder.report.own = [0, 1].map(SourceId::new).into();
    builder
}

pub(super) fn value(document: &str) -> serde_json::Value {
    serde_json::from_str(document).unwrap()
}

#[test]
fn github_gets_commands_and_lines() {
    insta::assert_snapshot!(text(|out| github(out, &rich().report, &repository())), @r##"
    ::error title=ngxlint (a-rule),file=deploy/conf.d/site.conf,line=7,endLine=7,col=2,endColumn=23::`proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2%0ARaising `proxy_http_version` to 1.1 does not help: the listener takes no HTTP/1 at all in these releases.
    ::warning title=ngxlint (a-rule),file=deploy/conf.d/app.conf,line=2,endLine=2,col=5,endColumn=11::one more
    ::notice title=ngxlint (a-rule),file=deploy/conf.d/site.conf,line=4,endLine=5::over lines
    ::error title=ngxlint (a-rule),file=deploy/conf.d/app.conf,line=4,endLine=4,col=1,endColumn=1::unexpected end of file
    conf.d/site.conf:7:2: error: `proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2 [a-rule]
    conf.d/app.conf:2:5: warning: one more [a-rule]
    conf.d/site.conf:4:1: note: over lines [a-rule]
    conf.d/app.conf:4:1: error: unexpected end of file [a-rule]
    "##);
}

#[test]
fn commands_are_escaped() {
    let mut builder = Builder::new(&[("a:b,c%0A\n::d.conf", b"x;")]);
    let at = builder.at(0, "x");
    builder.add(at, "100 %0A\r\n::set-output name=a::b ##[add-mask]c", &[]);
    insta::assert_snapshot!(text(|out| github(out, &builder.report, &repository())), @r##"
    ::error title=ngxlint (a-rule),file=deploy/a%3Ab%2Cc%250A␊%3A%3Ad.conf,line=1,endLine=1,col=1,endColumn=2::100 %250A␍␊::set-output name=a::b ##\u{5b}add-mask]c
    a:b,c%0A␊::d.conf:1:1: error: 100 %0A␍␊::set-output name=a::b ##\u{5b}add-mask]c [a-rule]
    "##);
}

#[test]
fn gitlab_gets_code_quality() {
    let mut builder = rich();
    builder.report.diagnostics.truncate(2);
    insta::assert_snapshot!(text(|out| gitlab(out, &builder.report, &repository())), @r##"
    [
      {
        "description": "a-rule: `proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2",
        "check_name": "a-rule",
        "fingerprint": "000300f01783aee4:1",
        "severity": "critical",
        "location": {
          "path": "deploy/conf.d/site.conf",
          "positions": {
            "begin": {
              "line": 7,
              "column": 2
            },
            "end": {
              "line": 7,
              "column": 23
            }
          }
        }
      },
      {
        "description": "a-rule: one more",
        "check_name": "a-rule",
        "fingerprint": "b49944cc2f6debba:1",
        "severity": "minor",
        "location": {
          "path": "deploy/conf.d/app.conf",
          "positions": {
            "begin": {
              "line": 2,
              "column": 5
            },
            "end": {
              "line": 2,
              "column": 11
            }
          }
        }
      }
    ]
    "##);
}

#[test]
fn junit_has_a_suite_for_each_file() {
    let mut builder = rich();
    let again = builder.report.diagnostics[1].clone();
    builder.report.diagnostics.push(again);
    builder.report.diagnostics.retain(|one| one.at.source == SourceId::new(1));
    insta::assert_snapshot!(text(|out| junit(out, &builder.report)), @r##"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="ngxlint" tests="4" failures="3" errors="0">
      <testsuite name="conf.d/app.conf" tests="3" failures="3" errors="0" skipped="0">
        <testcase name="a-rule: one more" classname="conf.d/app.conf">
          <failure type="warning" message="one more">conf.d/app.conf:2:5: one more</failure>
        </testcase>
        <testcase name="a-rule: unexpected end of file" classname="conf.d/app.conf">
          <failure type="error" message="unexpected end of file">conf.d/app.conf:4:1: unexpected end of file</failure>
        </testcase>
        <testcase name="a-rule: one more (2)" classname="conf.d/app.conf">
          <failure type="warning" message="one more">conf.d/app.conf:2:5: one more</failure>
        </testcase>
      </testsuite>
      <testsuite name="conf.d/site.conf" tests="1" failures="0" errors="0" skipped="0">
        <testcase name="ngxlint" classname="conf.d/site.conf"/>
      </testsuite>
    </testsuites>
    "##);
}

#[test]
fn junit_of_nothing_is_a_passed_test() {
    insta::assert_snapshot!(text(|out| junit(out, &Report::default())), @r##"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="ngxlint" tests="1" failures="0" errors="0">
      <testsuite name="ngxlint" tests="1" failures="0" errors="0" skipped="0">
        <testcase name="ngxlint" classname="ngxlint"/>
      </testsuite>
    </testsuites>
    "##);
}

#[test]
fn checkstyle_has_every_file() {
    let mut builder = rich();
    builder.report.diagnostics.retain(|one| one.at.source == SourceId::new(1));
    insta::assert_snapshot!(text(|out| checkstyle(out, &builder.report)), @r##"
    <?xml version="1.0" encoding="UTF-8"?>
    <checkstyle version="4.3">
      <file name="conf.d/app.conf">
        <error line="2" column="5" severity="warning" message="one more" source="ngxlint.a-rule"/>
        <error line="4" column="1" severity="error" message="unexpected end of file" source="ngxlint.a-rule"/>
      </file>
      <file name="conf.d/site.conf"/>
    </checkstyle>
    "##);
}

#[test]
fn rdjson_has_suggestions_in_bytes() {
    let mut builder = Builder::new(&[("é.conf", "ä \t€ x y z;".as_bytes())]);
    let [x, y, z] = ["x", "y", "z"].map(|piece| builder.at(0, piece));
    let fix = |versions: Option<&str>, edits: &[(Location, &str)]| Fix {
        message: "mend it".into(),
        applicability: Applicability::Safe,
        versions: versions.map(|set| set.parse().unwrap()),
        edits: edits.iter().map(|&(at, text)| Edit { at, text: text.into() }).collect(),
    };
    builder.add(x, "`a` is <b>", &[(y, "see *y*")]).fixes =
        vec![fix(None, &[(z, "Z"), (x, "X")]), fix(Some(">=1.29"), &[(x, "not in 1.22.1")])];
    insta::assert_snapshot!(text(|out| rdjson(out, &builder.report)), @r##"
    {
      "source": {
        "name": "ngxlint"
      },
      "diagnostics": [
        {
          "message": "`a` is \\<b\\>",
          "location": {
            "path": "é.conf",
            "range": {
              "start": {
                "line": 1,
                "column": 9
              },
              "end": {
                "line": 1,
                "column": 10
              }
            }
          },
          "severity": "ERROR",
          "code": {
            "value": "a-rule",
            "url": "https://example.org/rules/a-rule"
          },
          "suggestions": [
            {
              "range": {
                "start": {
                  "line": 1,
                  "column": 9
                },
                "end": {
                  "line": 1,
                  "column": 14
                }
              },
              "text": "X y Z"
            }
          ],
          "related_locations": [
            {
              "message": "see \\*y\\*",
              "location": {
                "path": "é.conf",
                "range": {
                  "start": {
                    "line": 1,
                    "column": 11
                  },
                  "end": {
                    "line": 1,
                    "column": 12
                  }
                }
              }
            }
          ]
        }
      ]
    }
    "##);
}

#[test]
fn json_lines_are_the_findings_of_json() {
    let builder = rich();
    let lines = text(|out| json_lines(out, &builder.report));
    let lines: Vec<_> = lines.lines().map(value).collect();
    let document = value(&text(|out| check_json(out, &builder.report)));
    assert_eq!(serde_json::Value::from(lines), document["diagnostics"]);
}

#[test]
fn markdown_is_only_code() {
    for (message, written) in [
        (
            "`proxy_pass` speaks HTTP/1.0 to `a`, (twice)",
            "`proxy_pass` speaks HTTP/1.0 to `a`, (twice)",
        ),
        ("`a`![i](https://e)`b`", "`a`\\!\\[i\\](https://e)`b`"),
        ("<img src=x> @all `@all`", "\\<img src=x\\> `@`all `@all`"),
        ("`a", "\\`a"),
        ("`` `a` ```", "ˋˋ `a` ˋˋˋ"),
        ("``", "ˋˋ"),
    ] {
        assert_eq!(markdown(message), written);
    }
}

#[test]
fn no_text_for_people_is_a_command_of_a_runner() {
    for (text, shown) in [
        ("##[add-mask]x", "##\\u{5b}add-mask]x"),
        ("a ###[b] ##vso[c ##d [e # #[f", "a ###\\u{5b}b] ##vso\\u{5b}c ##d [e # #[f"),
    ] {
        assert_eq!(visible(text), shown);
    }
    assert_eq!(visible_path("::error::x".as_ref()), "./::error::x");
}
