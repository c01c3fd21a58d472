//! The house in order: what the compiler and clippy do not hold, this does.

#![expect(clippy::disallowed_methods, reason = "tests read what they judge")]

mod imports;
mod messages;
mod texts;

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// A text file of the project.
struct File {
    /// Relative to the project, with `/`.
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The code and, behind it, the tests at the end of the file. A file `tests.rs` is all tests.
    fn code_and_tests(&self) -> (&str, &str) {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return ("", &self.text);
        }
        let tests = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text.split_at(tests)
    }

    /// What is wrong in a line of it.
    fn at(&self, offset: usize, what: &str) -> String {
        let line = 1 + self.text[..offset].matches('\n').count();
        format!("{}:{line}: {what}\n", self.path)
    }
}

/// Every file that people wrote as text, but fixtures: those may be odd.
fn files(root: &Path) -> Vec<File> {
    let walk = WalkBuilder::new(root).hidden(false).require_git(false).build();
    let paths = walk.map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file());
    let mut files: Vec<File> = paths.filter_map(|path| file(root, path)).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn file(root: &Path, path: PathBuf) -> Option<File> {
    let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    let written = match path.extension() {
        Some(extension) => {
            ["md", "rs", "toml", "yml", "yaml", "sh"].iter().any(|one| extension == *one)
        }
        None => [".ci/", "tests/", "fuzz/", "docs/"].iter().any(|folder| name.starts_with(folder)),
    };
    let made = [".git/", "target/", "fixtures/"].iter().any(|folder| name.starts_with(folder));
    if !written || made {
        return None;
    }
    let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
    Some(File { path: name, text })
}

#[test]
fn the_house_is_in_order() {
    let files = files(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(files.iter().any(|file| file.path == "src/lib.rs"));
    let wrong = [imports::wrong(&files), texts::wrong(&files)].concat().concat();
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn disorder_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let rule = format!("//! A rule.\n{}", "const A: u8 = 1;\n".repeat(120));
    let bad = [
        ("src/lib.rs", "pub mod source;\n"),
        ("src/nginx/mod.rs", "use crate::source::Span;\n"),
        ("src/syntax/mod.rs", "fn f() -> crate::source::Span {\n    crate::include::f()\n}\n"),
        ("src/include/mod.rs", "use super::model::Hop;\n"),
        ("src/page/mod.rs", "use crate::{nginx::Version, source::{Span, Location}};\n"),
        (
            "src/fix/mod.rs",
            "use crate::source::Span;\n\n#[cfg(test)]\nmod tests {\n    use crate::rules::ALL;\n    use crate::cli::run;\n}\n",
        ),
        ("src/attic/mod.rs", "// Nobody planned this room.\n"),
        ("src/rules/too_long.rs", &rule),
        ("src/report/text.rs", "fn f() { std::fs::read(\"x\"); }\n"),
        ("src/model/hop.rs", "fn f() { println!(\"x\"); }\n"),
        ("src/engine/utils.rs", "\n"),
        ("src/source/mod.rs", "a \n"),
        ("src/source/end.rs", "a"),
        ("src/source/ends.rs", "a\n\n"),
        ("rules/no-such-rule.md", "# None\n"),
    ];
    for (name, text) in bad {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let files = files(directory.path());
    let found = [imports::wrong(&files), texts::wrong(&files)].concat();
    let found: Vec<&str> = found.iter().map(|line| line.trim_end()).collect();
    assert_eq!(
        found,
        [
            "src/attic/mod.rs:1: the table of imports knows no room `attic`",
            "src/fix/mod.rs:6: `fix` may not use `cli`",
            "src/include/mod.rs:1: `include` may not use `model`",
            "src/nginx/mod.rs:1: `nginx` may not use `source`",
            "src/page/mod.rs:1: `page` may not use `source`",
            "src/syntax/mod.rs:2: `syntax` may not use `include`",
            "rules/no-such-rule.md:1: there is no src/rules/no_such_rule.rs",
            "src/engine/utils.rs:1: `utils` names nothing of the domain",
            "src/engine/utils.rs:1: ends in an empty line",
            "src/model/hop.rs:1: only `cli` and `report` write to standard output",
            "src/report/text.rs:1: only `source` and `cli` touch the disk",
            "src/rules/too_long.rs:1: 121 lines, at most 120",
            "src/rules/too_long.rs:1: there is no rules/too-long.md",
            "src/source/end.rs:1: does not end its last line",
            "src/source/ends.rs:2: ends in an empty line",
            "src/source/mod.rs:1: blank space at the end of a line",
        ]
    );
}
