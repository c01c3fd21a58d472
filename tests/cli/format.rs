//! What each format is when there is something to write and when there is nothing.

use super::{Empty, FINDING, Has, Row, Run, fs, tree};

pub(super) const CONTRACT: &[Row] = &[
    ("clean", &["check", "--output-format", "json-lines"], 0, Empty, Empty),
    ("clean", &["check", "--output-format", "sarif"], 0, Has("\"results\":[]"), Empty),
    ("clean", &["check", "--output-format", "github"], 0, Empty, Has("no findings")),
    ("clean", &["check", "--output-format", "gitlab"], 0, Has("[]"), Empty),
    ("clean", &["check", "--output-format", "junit"], 0, Has("failures=\"0\""), Empty),
    (
        "clean",
        &["check", "--output-format", "checkstyle"],
        0,
        Has("<file name=\"nginx.conf\"/>"),
        Empty,
    ),
    ("clean", &["check", "--output-format", "rdjson"], 0, Has("\"diagnostics\": []"), Empty),
    ("clean", &["check", "-o", "/dev/null"], 0, Empty, Has("no findings")),
    ("broken", &["check", "--output-format", "json-lines"], 1, Has("\"syntax-error\""), Empty),
    ("broken", &["check", "--output-format", "sarif"], 1, Has("\"syntax-error\""), Empty),
    ("broken", &["check", "--output-format", "github"], 1, Has("::error title="), Has("1 error")),
    ("broken", &["check", "--output-format", "gitlab"], 1, Has("\"critical\""), Empty),
    ("broken", &["check", "--output-format", "junit"], 1, Has("failures=\"1\""), Empty),
    ("broken", &["check", "--output-format", "checkstyle"], 1, Has("ngxlint.syntax-error"), Empty),
    ("broken", &["check", "--output-format", "rdjson"], 1, Has("\"ERROR\""), Empty),
    ("broken", &["check", "-o", "/dev/null"], 1, Has(FINDING), Has("1 error")),
    ("broken", &["check", "-o", "/dev/null", "-q"], 1, Empty, Empty),
    (
        "empty",
        &["check", "--output-format", "junit"],
        0,
        Has("failures=\"0\""),
        Has("nothing to lint"),
    ),
    (
        "empty",
        &["check", "--output-format", "sarif"],
        0,
        Has("\"results\":[]"),
        Has("nothing to lint"),
    ),
    (
        "upgrade",
        &["upgrade", "--from", "1.24", "--output-format", "sarif"],
        1,
        Has("\"2.1.0\""),
        Empty,
    ),
];

#[test]
fn a_report_can_go_to_a_file() {
    let tree = tree();
    let broken = tree.path().join("broken");
    for (format, holds) in [
        ("full", "1 file, "),
        ("concise", FINDING),
        ("json", "\"errors\": 1"),
        ("sarif", "\"version\":\"2.1.0\""),
        ("junit", "<testsuites "),
    ] {
        let run = Run::of(&broken, &["check", "--output-format", format, "-o", "report"], None);
        assert_eq!(run.exit, Some(1), "{run:?}");
        assert!(run.out.starts_with(FINDING) && run.out.lines().count() == 1, "{run:?}");
        assert!(run.err.contains("1 error"), "{run:?}");
        let written = fs::read_to_string(broken.join("report")).unwrap();
        assert!(written.contains(holds) && !written.contains('\x1b'), "{written}");
    }
}
