//! What each format is when there is something to write and when there is nothing.

use super::{Empty, FINDING, Has, Row};

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
