//! The contract of what speaks of files, settings and the command itself: more rows of the table.

use super::Row;
use super::Stream::{Any, Empty, Has};

pub(super) const CONTRACT: &[Row] = &[
    // check: files and counts.
    ("broken", &["check", "--statistics"], 1, Has("1  error    syntax-error"), Empty),
    ("broken", &["check", "--statistics", "-q"], 1, Has("1  error    syntax-error"), Empty),
    ("broken", &["check", "--statistics"], 1, Has("1 file, "), Empty),
    ("clean", &["check", "--statistics"], 0, Has("no findings"), Empty),
    ("clean", &["check", "--statistics", "-q"], 0, Empty, Empty),
    ("empty", &["check", "--statistics"], 0, Empty, Has("nothing to lint")),
    (
        "broken",
        &["check", "--statistics", "--output-format", "json"],
        1,
        Has("\"statistics\""),
        Empty,
    ),
    ("broken", &["upgrade", "--from", "1.28", "--statistics"], 0, Has("no findings"), Empty),
    (
        "broken",
        &["check", "--statistics", "--output-format", "sarif"],
        2,
        Empty,
        Has("written as full, concise or json"),
    ),
    ("broken", &["check", "--statistics", "--diff"], 2, Empty, Has("cannot be used with")),
    ("broken", &["check", "--show-files"], 0, Has("nginx.conf"), Empty),
    ("broken", &["check", "--show-files", "--exclude", "*.conf"], 0, Empty, Has("nothing to lint")),
    ("broken", &["check", "--show-files", "--fix"], 2, Empty, Has("cannot be used with")),
    ("broken", &["check", "--show-files", "--statistics"], 2, Empty, Has("cannot be used with")),
    ("empty", &["check", "--show-files"], 0, Empty, Has("nothing to lint")),
    ("clean", &["check", "--show-files", "absent.conf"], 2, Empty, Has("absent.conf")),
    ("key", &["check", "--show-files"], 2, Empty, Has("unknown key")),
    ("clean", &["check", "-q", "-v"], 2, Empty, Has("cannot be used with")),
    // init.
    ("clean", &["init", "--stdout"], 0, Has("roots = [\"nginx.conf\"]"), Any),
    ("empty", &["init", "--stdout"], 0, Has("# roots = "), Has("no nginx configuration")),
    ("excluded", &["init"], 2, Empty, Has("ngxlint.toml is there already, and stays")),
    ("clean", &["init", "nginx.conf"], 2, Empty, Has("nginx.conf: is no directory")),
    ("clean", &["init", "absent"], 2, Empty, Has("absent: no such file")),
    // completions and man.
    ("clean", &["completions", "bash"], 0, Has("complete -F _ngxlint"), Empty),
    ("clean", &["completions", "powershell"], 0, Has("Register-ArgumentCompleter"), Empty),
    ("clean", &["completions", "ksh"], 2, Empty, Has("possible values")),
    ("clean", &["completions"], 2, Empty, Has("<SHELL>")),
    ("clean", &["man"], 0, Has(".TH \"NGXLINT\" \"1\""), Empty),
    ("clean", &["man", "absent/man1"], 2, Empty, Has("absent/man1")),
    // config.
    ("clean", &["config"], 0, Has("# nginx-version = "), Empty),
    ("clean", &["config", "nginx.conf"], 0, Has("# settings file: none"), Empty),
    ("excluded", &["config"], 0, Has("exclude = [\"*.conf\"]"), Empty),
    ("excluded", &["config", "--no-config"], 0, Has("# exclude = []"), Empty),
    ("clean", &["config", "--output-format", "json"], 0, Has("\"file\": null"), Empty),
    ("clean", &["config", "--schema"], 0, Has("ngxlint.toml"), Empty),
    ("clean", &["config", "--schema", "--no-config"], 2, Empty, Has("--schema")),
    ("clean", &["config", "absent.conf"], 2, Empty, Has("absent.conf: no such file")),
    ("clean", &["config", "--warn", "x"], 2, Empty, Has("it is no rule and no category")),
    ("key", &["config"], 2, Empty, Has("ngxlint.toml:2: unknown key")),
];
