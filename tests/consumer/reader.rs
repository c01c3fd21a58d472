//! Validators and readers of the formats of programs. Each also refuses what is wrong, so that its
//! silence is worth something.

use super::*;

/// A document in that format, and one in which `wrong` stands for `right`.
fn documents(format: &str, right: &str, wrong: &str) -> [String; 2] {
    let document = String::from_utf8(checked(repository().path(), format).stdout).unwrap();
    assert!(document.contains(right), "{document}");
    let broken = document.replacen(right, wrong, 1);
    [document, broken]
}

fn faults(schema: &str, document: &str) -> Vec<String> {
    let schema = jsonschema::validator_for(&value(schema)).unwrap();
    schema.iter_errors(&value(document)).map(|error| error.to_string()).collect()
}

#[test]
fn sarif_is_what_its_schema_says() {
    let name = "jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
    let schema = fs::read_to_string(packages().join(name)).expect("tests/fetch-consumers");
    // A pattern of the schema is none by the rules of JSON Schema.
    let schema = schema.replace("{2}]?$", r"{2}\\]?$");
    let [document, broken] = documents("sarif", "\"startColumn\":", "\"startColumn\":0,\"x\":");
    assert_eq!(faults(&schema, &document), [""; 0]);
    assert_ne!(faults(&schema, &broken), [""; 0]);
}

#[test]
fn sarif_is_what_code_scanning_takes() {
    let directory = tempfile::tempdir().unwrap();
    let program = packages().join("sarif-multitool/Sarif.Multitool");
    let said = |document: &str| {
        let (file, report) =
            (directory.path().join("in.sarif"), directory.path().join("out.sarif"));
        fs::write(&file, document).unwrap();
        let mut command = Command::new("sh");
        // What npm unpacks may not be executable.
        command.args(["-c", "chmod +x \"$0\" && exec \"$0\" \"$@\""]).arg(&program);
        command.args(["validate", "--rule-kind", "Sarif;Ghas", "--log", "ForceOverwrite"]);
        command.arg("--output").arg(&report).arg(&file);
        let output = run(command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"), b"");
        let log = fs::read_to_string(report).unwrap_or_else(|_| panic!("{}", shown(&output)));
        let results = value(&log)["runs"][0]["results"].as_array().unwrap().clone();
        let known = |one: &serde_json::Value| match one["ruleId"].as_str() {
            // An address for information, as long as the package states none.
            Some("SARIF2005") => env!("CARGO_PKG_REPOSITORY").is_empty(),
            _ => false,
        };
        results.into_iter().filter(|one| !known(one)).collect::<Vec<_>>()
    };
    let [document, broken] = documents("sarif", "\"startColumn\":", "\"startColumn\":0,\"x\":");
    assert_eq!(said(&document), [""; 0]);
    assert_ne!(said(&broken), [""; 0]);
}

#[test]
fn sarif_points_at_what_was_found() {
    let tree = repository();
    let document = value(std::str::from_utf8(&checked(tree.path(), "sarif").stdout).unwrap());
    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    let pass = results.iter().find(|one| one["ruleId"] == "plaintext-to-tls-upstream").unwrap();
    let place = &pass["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    let bytes = percent_decoded(uri);
    let text = fs::read(tree.path().join(OsStr::from_bytes(&bytes))).unwrap();
    let number = |name: &str| place["region"][name].as_u64().unwrap() as usize;
    let line = text.split(|byte| *byte == b'\n').nth(number("startLine") - 1).unwrap();
    let line: Vec<char> = String::from_utf8_lossy(line).chars().collect();
    let piece: String = line[number("startColumn") - 1..number("endColumn") - 1].iter().collect();
    assert_eq!(piece, "proxy_pass http://app");
    assert!(pass["relatedLocations"].as_array().is_some_and(|all| !all.is_empty()), "{pass}");
}

fn percent_decoded(uri: &str) -> Vec<u8> {
    let mut pieces = uri.split('%');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    bytes
}

#[test]
fn gitlab_gets_what_it_documents() {
    let schema = include_str!("gitlab.schema.json");
    let [document, broken] = documents("gitlab", "\"critical\"", "\"fatal\"");
    assert_eq!(faults(schema, &document), [""; 0]);
    assert_ne!(faults(schema, &broken), [""; 0]);
    let document = value(&document);
    let issues = document.as_array().unwrap();
    let fingerprints: std::collections::HashSet<_> =
        issues.iter().map(|one| one["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), issues.len());
}

#[test]
fn reviewdogs_format_is_kept() {
    let [document, broken] = documents("rdjson", "\"line\": ", "\"line\": 0, \"x\": ");
    assert_eq!(written(&mut node("rdjson.cjs"), document.as_bytes()), "[]");
    assert_ne!(written(&mut node("rdjson.cjs"), broken.as_bytes()), "[]");
}

#[test]
fn xml_is_what_its_schemas_say() {
    let jenkins = packages().join("pytest/testing/example_scripts/junit-10.xsd");
    for (format, schema, right) in [
        ("junit", jenkins, "<testcase name="),
        ("checkstyle", beside("checkstyle.xsd"), "<error line="),
    ] {
        let [document, broken] = documents(format, right, &right.replace(" ", " x"));
        let validated = |document: &str| {
            let mut command = Command::new("xmllint");
            command.args(["--nonet", "--noout", "--schema"]).arg(&schema).arg("-");
            run(&mut command, document.as_bytes())
        };
        let output = validated(&document);
        assert!(output.status.success(), "{}", shown(&output));
        assert!(!validated(&broken).status.success());
    }
}

#[test]
fn github_reads_its_commands() {
    let tree = repository();
    let log = checked(tree.path(), "github").stdout;
    let commands = value(&written(&mut node("github.mjs"), &log));
    let findings = findings(tree.path());
    let commands = commands.as_array().unwrap();
    assert_eq!(commands.len(), findings.len());
    for (command, finding) in commands.iter().zip(&findings) {
        assert_eq!(command["command"], finding["level"]);
        let rule = finding["rule"].as_str().unwrap();
        let properties = &command["properties"];
        assert_eq!(properties["title"], format!("ngxlint ({rule})"));
        let start = &finding["range"]["start"];
        assert_eq!(properties["line"], start["line"].to_string());
        if start["line"] == finding["range"]["end"]["line"] {
            assert_eq!(properties["col"], start["column"].to_string());
        }
    }
    let broken = String::from_utf8(log).unwrap().replacen("%250A", "%0a", 1);
    assert!(!run(&mut node("github.mjs"), broken.as_bytes()).status.success());
}

#[test]
fn jq_reads_json() {
    let tree = repository();
    let count = findings(tree.path()).len().to_string();
    for (format, filter, arguments) in [
        ("json", ".diagnostics | length", &[][..]),
        ("json-lines", "map(select(.rule and .range.start.line >= 1)) | length", &["--slurp"]),
        ("gitlab", "map(.fingerprint) | unique | length", &[]),
        ("sarif", ".runs[0].results | length", &[]),
        ("rdjson", ".diagnostics | length", &[]),
    ] {
        let mut jq = Command::new("jq");
        jq.args(arguments).arg(filter);
        let found = written(&mut jq, &checked(tree.path(), format).stdout);
        assert_eq!(found.trim(), count, "{format}");
    }
}

#[test]
fn problem_matchers_find_every_line() {
    let tree = repository();
    let findings = findings(tree.path());
    for color in ["never", "always"] {
        let arguments =
            ["check", "--nginx-version", "1.28", "--output-format", "concise", "--color", color];
        let lines = ngxlint(tree.path(), &arguments).output().unwrap().stdout;
        assert_eq!(lines.contains(&0x1b), color == "always");
        let found = value(&written(&mut node("matcher.mjs"), &lines));
        for host in ["github", "vscode"] {
            let problems = found[host].as_array().unwrap();
            assert_eq!(problems.len(), findings.len());
            for (problem, finding) in problems.iter().zip(&findings) {
                assert_eq!(problem["severity"], finding["level"]);
                assert_eq!(problem["code"], finding["rule"]);
                let start = &finding["range"]["start"];
                assert_eq!(problem["line"], start["line"].to_string());
                assert_eq!(problem["column"], start["column"].to_string());
            }
        }
    }
}
