//! SARIF, and the fingerprints in it; what reads it is in `tests/consumer`.

use std::collections::HashSet;

use super::format::{repository, rich, value};
use super::*;

fn sarif_of(report: &Report) -> serde_json::Value {
    value(&text(|out| sarif(out, report, &repository())))
}

fn fingerprints_of(report: &Report) -> Vec<String> {
    let run = &sarif_of(report)["runs"][0];
    let of =
        |one: &serde_json::Value| one["partialFingerprints"]["primaryLocationLineHash"].clone();
    let all = run["results"].as_array().unwrap().iter().map(of);
    all.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// What the run has to say.
fn notified(report: &Report) -> Vec<String> {
    let document = sarif_of(report);
    let said = &document["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let said = said.as_array().into_iter().flatten();
    said.map(|one| one["message"]["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn sarif_is_what_code_scanning_takes() {
    let document = sarif_of(&rich().report);
    let run = &document["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    let help = |form: &str| rule["help"][form].as_str().unwrap();
    assert!(help("markdown").starts_with("# syntax-error\n"), "{rule}");
    assert!(help("text").contains("HOW TO MEND IT"), "{rule}");
    for (pointer, is) in [
        ("/name", "ARule"),
        ("/shortDescription/text", "It is wrong."),
        ("/helpUri", "https://example.org/rules/a-rule"),
        ("/defaultConfiguration/level", "error"),
        ("/properties/problem.severity", "error"),
        ("/properties/tags/1", "protocol"),
    ] {
        assert_eq!(rule.pointer(pointer), Some(&is.into()), "{pointer}");
    }
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["automationDetails"]["id"], "ngxlint/");
    let levels = run["results"].as_array().unwrap().iter().map(|one| one["level"].as_str());
    assert!(levels.eq(["error", "warning", "note", "error"].map(Some)));
    insta::assert_snapshot!(run["results"][0], @r#"{"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"deploy/conf.d/site.conf","uriBaseId":"%SRCROOT%"},"region":{"endColumn":23,"endLine":7,"startColumn":2,"startLine":7}}}],"message":{"text":"`proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2\nRaising `proxy_http_version` to 1.1 does not help: the listener takes no HTTP/1 at all in these releases."},"partialFingerprints":{"primaryLocationLineHash":"000300f01783aee4:1"},"properties":{"affects":"<1.25.1","confidence":"certain","symptoms":["upstream sent no valid HTTP/1.0 header"]},"relatedLocations":[{"id":1,"message":{"text":"this listener takes only HTTP/2"},"physicalLocation":{"artifactLocation":{"uri":"deploy/conf.d/app.conf","uriBaseId":"%SRCROOT%"},"region":{"endColumn":31,"endLine":2,"startColumn":5,"startLine":2}}},{"id":2,"message":{"text":"by way of this server"},"physicalLocation":{"artifactLocation":{"uri":"deploy/conf.d/site.conf","uriBaseId":"%SRCROOT%"},"region":{"endColumn":25,"endLine":2,"startColumn":5,"startLine":2}}}],"ruleId":"a-rule","ruleIndex":0}"#);
    insta::assert_snapshot!(run["results"][3]["fixes"], @r#"[{"artifactChanges":[{"artifactLocation":{"uri":"deploy/conf.d/app.conf","uriBaseId":"%SRCROOT%"},"replacements":[{"deletedRegion":{"endColumn":1,"endLine":4,"startColumn":1,"startLine":4},"insertedContent":{"text":"}\n"}}]}],"description":{"text":"close it (safe)"}}]"#);
}

#[test]
fn no_place_of_sarif_is_empty() {
    let mut builder = Builder::new(&[("a", b""), ("b", b"x\n")]);
    for file in [0, 1] {
        let at = builder.end(file);
        builder.add(at, "unexpected end of file", &[(at, "here")]);
    }
    for result in sarif_of(&builder.report)["runs"][0]["results"].as_array().unwrap() {
        for place in [&result["locations"][0], &result["relatedLocations"][0]] {
            let region = &place["physicalLocation"]["region"];
            let number = |name: &str| region[name].as_u64().unwrap();
            assert!(number("startLine") >= 1 && number("startColumn") >= 1, "{region}");
            assert_eq!(number("endColumn"), number("startColumn") + 1, "{region}");
        }
    }
}

#[test]
fn sarif_keeps_the_worst_within_the_limits_of_github() {
    let mut builder = Builder::new(&[("a", b"x y")]);
    let (x, y) = (builder.at(0, "x"), builder.at(0, "y"));
    for _ in 0..5_000 {
        builder.add(x, "mild", &[]).level = Level::Warning;
    }
    builder.add(y, "bad", &vec![(x, "see"); 1_002]);
    assert_eq!(left_out(&builder.report), 1);
    let run = &sarif_of(&builder.report)["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5_000);
    assert_eq!(results[4_999]["message"]["text"], "bad");
    assert_eq!(results[4_999]["relatedLocations"].as_array().unwrap().len(), 1_000);
    assert_eq!(
        notified(&builder.report),
        [
            "1 findings are left out: GitHub keeps 5000 of a run",
            "2 related locations are left out: GitHub takes 1000 of a result"
        ]
    );
}

#[test]
fn sarif_says_what_was_not_read() {
    let mut builder = Builder::new(&[("a", b"x")]);
    assert_eq!(notified(&builder.report), [""; 0]);
    builder.report.summary.complete = false;
    // What is included and absent is a finding, not unread.
    let said = "not all that the configuration includes was read";
    assert_eq!(notified(&builder.report), [said]);
    builder.report.summary.unread = ["a\u{1b}".to_owned(), "b".to_owned()].into();
    assert_eq!(notified(&builder.report), [format!("{said}: a␛, b")]);
}

#[test]
fn a_message_of_sarif_holds_no_link() {
    let mut builder = Builder::new(&[("a", b"x")]);
    let at = builder.at(0, "x");
    builder.add(at, "`[click](https://example.org)`", &[(at, "[a](1)")]);
    let result = &sarif_of(&builder.report)["runs"][0]["results"][0];
    assert_eq!(result["message"]["text"], "`[click\\](https://example.org)`");
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "[a\\](1)");
}

#[test]
fn fingerprints_outlive_moved_lines_and_differ() {
    let before = Builder::new(&[("a", b"listen 80;\nlisten 80;\nlisten 81;\n")]);
    let after = Builder::new(&[("a", b"# new\n\n  listen 80;\r\n\tlisten 80;\n\n  listen 81;\n")]);
    let [before, after] = [before, after].map(|mut builder| {
        let text = String::from_utf8_lossy(builder.report.sources.bytes(SourceId::new(0)));
        let starts: Vec<_> = text.match_indices("listen").map(|(at, _)| at as u32).collect();
        for start in starts {
            let at = Location::new(SourceId::new(0), Span::new(start, start + 9));
            builder.add(at, "wrong", &[]);
        }
        fingerprints_of(&builder.report)
    });
    assert_eq!(before, after);
    assert_eq!(before.iter().collect::<HashSet<_>>().len(), 3);
    assert!(before[0].ends_with(":1") && before[1].ends_with(":2"), "{before:?}");
    // For ever: another one would make every finding on every platform a new one.
    assert_eq!(before[0], "412d68b6ff180dcb:1");
}
