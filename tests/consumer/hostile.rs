//! Nothing of a hostile configuration reaches anybody as it is, and nothing but the configuration
//! decides what is written.

use super::*;
use crate::law::report::{harmless, moves};

#[test]
fn nothing_hostile_reaches_anybody_unescaped() {
    let tree = repository();
    for format in FORMATS {
        let Output { stdout, stderr, .. } = checked(tree.path(), format);
        for stream in [stdout, stderr] {
            let text = String::from_utf8(stream).expect(format);
            harmless(format, &text).unwrap();
            if ["junit", "checkstyle"].contains(&format) {
                assert!(!text.contains("<img") && !text.contains("]]>"), "{format}: {text}");
            }
        }
    }
}

/// The strings of a document as a program has them that read it. Left out is what says more than a
/// person is to read: names of files, by which they are found, and texts that go into files.
fn strings<'v>(value: &'v serde_json::Value, into: &mut Vec<&'v str>) {
    match value {
        serde_json::Value::String(text) => into.push(text),
        serde_json::Value::Array(all) => all.iter().for_each(|one| strings(one, into)),
        serde_json::Value::Object(all) => {
            let told =
                |key: &&String| !["path", "insertedContent", "suggestions"].contains(&&***key);
            all.iter().filter(|(key, _)| told(key)).for_each(|(_, one)| strings(one, into));
        }
        _ => {}
    }
}

#[test]
fn nothing_hostile_is_in_what_a_platform_shows() {
    let tree = repository();
    for format in ["sarif", "gitlab", "rdjson"] {
        let document = value(std::str::from_utf8(&checked(tree.path(), format).stdout).unwrap());
        let mut told = Vec::new();
        strings(&document, &mut told);
        assert!(told.iter().any(|text| text.contains('␛')), "{format}: nothing hostile: {told:#?}");
        for text in told {
            assert!(!text.contains(moves), "{format}: {text:?}");
            assert!(!text.contains("##[") && !text.contains("##vso["), "{format}: {text}");
        }
    }
    // These hold what the files hold: they are for programs, and say so.
    let findings = findings(tree.path());
    let mut told = Vec::new();
    findings.iter().for_each(|one| strings(one, &mut told));
    assert!(told.iter().any(|text| text.contains('\u{1b}')), "{told:#?}");
}

#[test]
fn no_reader_takes_text_for_markup() {
    let tree = repository();
    let sarif = value(std::str::from_utf8(&checked(tree.path(), "sarif").stdout).unwrap());
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let messages: Vec<_> =
        results.iter().map(|one| one["message"]["text"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|text| text.contains("![f\\](http://g)")), "{messages:#?}");
    assert!(!messages.iter().any(|text| text.contains("f](")), "{messages:#?}");
    let rdjson = value(std::str::from_utf8(&checked(tree.path(), "rdjson").stdout).unwrap());
    let results = rdjson["diagnostics"].as_array().unwrap();
    let messages: Vec<_> = results.iter().map(|one| one["message"].as_str().unwrap()).collect();
    // Beside code nothing of Markdown is left: what is between backticks is taken away first.
    for message in messages {
        let beside: String = message.split('`').step_by(2).collect();
        let bare = ["<", "[", "!", "@", "|"]
            .into_iter()
            .filter(|mark| beside.match_indices(mark).any(|(at, _)| !beside[..at].ends_with('\\')));
        assert_eq!(bare.collect::<Vec<_>>(), [""; 0], "{message}");
    }
}

#[test]
fn neither_threads_nor_the_order_of_paths_change_a_byte() {
    let tree = repository();
    fs::write(tree.path().join("other.conf"), "events {}\nhttp { bogus 1; }\n").unwrap();
    for format in FORMATS {
        let written = |processors: &str, paths: &[&str]| {
            let mut command = Command::new("taskset");
            command.args([processors, env!("CARGO_BIN_EXE_ngxlint"), "check"]).args(paths);
            command.args(["--output-format", format]).current_dir(tree.path());
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{}", shown(&output));
            shown(&output)
        };
        let first = written("0x1", &["nginx.conf", "other.conf", "conf.d"]);
        for processors in ["0x1", "0xffff"] {
            for paths in [
                ["nginx.conf", "other.conf", "conf.d"],
                ["conf.d", "other.conf", "nginx.conf"],
                ["other.conf", "conf.d", "nginx.conf"],
            ] {
                assert_eq!(written(processors, &paths), first, "{format}: {paths:?}");
            }
        }
    }
}

#[test]
fn a_fingerprint_is_the_same_from_every_directory() {
    let tree = repository();
    let of = |directory: &str, path: &str, format: &str| {
        let arguments = ["check", path, "--nginx-version", "1.28", "--output-format", format];
        let output = ngxlint(&tree.path().join(directory), &arguments).output().unwrap();
        value(std::str::from_utf8(&output.stdout).unwrap())
    };
    for format in ["gitlab", "sarif"] {
        let name = tree.path().file_name().unwrap().to_str().unwrap();
        let below = format!("{name}/nginx.conf");
        let [from_top, from_part, from_above] = [
            of("", "nginx.conf", format),
            of("conf.d", "../nginx.conf", format),
            of("..", &below, format),
        ];
        let known_by = |document: &serde_json::Value| match format {
            "gitlab" => {
                document.as_array().unwrap().iter().map(|one| one["fingerprint"].clone()).collect()
            }
            _ => document["runs"][0]["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["partialFingerprints"].clone())
                .collect::<Vec<_>>(),
        };
        assert_eq!(known_by(&from_top), known_by(&from_part));
        assert_eq!(known_by(&from_top), known_by(&from_above));
    }
}

#[test]
fn a_fingerprint_outlives_lines_comments_and_white_space() {
    let tree = tempfile::tempdir().unwrap();
    let known_by = |text: &str| {
        fs::write(tree.path().join("nginx.conf"), text).unwrap();
        let issues = value(std::str::from_utf8(&checked(tree.path(), "gitlab").stdout).unwrap());
        let of = |one: &serde_json::Value| one["fingerprint"].as_str().unwrap().to_owned();
        issues.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let before =
        known_by("events {}\nhttp {\n    server_tokens maybe;\n    bogus 1;\n    bogus 1;\n}\n");
    let after = known_by(
        "# new\nevents {}\nhttp {\n\tserver_tokens\n\t\tmaybe; # why\n\n  bogus  1; bogus 1;\n}\n",
    );
    assert_eq!(before, after);
    assert_eq!(before.len(), 3);
    let changed =
        known_by("events {}\nhttp {\n    server_tokens perhaps;\n    bogus 1;\n    bogus 2;\n}\n");
    assert!(changed[0] != before[0] && changed[1] == before[1] && changed[2] != before[2]);
}
