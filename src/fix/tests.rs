use std::convert::Infallible;

use super::*;
use crate::diagnostic::{Category, Confidence, Diagnostic, Edit, Fix, Level};
use crate::nginx::VersionSet;
use crate::source::{Location, Span};

/// A report of findings in one text, each with one safe fix of one edit: rule, span, text.
fn report(bytes: &[u8], edits: &[(&'static str, u32, u32, &str)]) -> Report {
    let mut report = Report::default();
    report.target.versions = VersionSet::assumed();
    let source = report.sources.add(PathBuf::from("a.conf"), bytes.into());
    report.own.insert(source);
    for (rule, start, end, text) in edits {
        let at = Location::new(source, Span::new(*start, *end));
        let edit = Edit { at, text: (*text).to_owned() };
        report.diagnostics.push(Diagnostic {
            rule,
            category: Category::Protocol,
            level: Level::Warning,
            confidence: Confidence::Certain,
            affects: None,
            message: "m".into(),
            at,
            directive: String::new(),
            labels: Vec::new(),
            help: Vec::new(),
            dead_ends: Vec::new(),
            symptoms: Vec::new(),
            fixes: vec![Fix {
                message: "f".into(),
                applicability: Applicability::Safe,
                versions: None,
                edits: vec![edit],
            }],
            seen: None,
        });
    }
    report
}

/// The text after fixing, where nothing is found in what came out; what was withheld.
fn fixed(bytes: &str, edits: &[(&'static str, u32, u32, &str)]) -> (String, usize) {
    let fixed = fix(report(bytes.as_bytes(), edits), false, |texts| {
        let text = texts.get(Path::new("a.conf")).expect("a changed text");
        Ok::<_, Infallible>(report(text, &[]))
    });
    let fixed = fixed.unwrap_or_else(|error| panic!("{error:?}"));
    let text = fixed.changed.first().map_or(bytes.as_bytes(), |one| &*one.after).to_vec();
    (String::from_utf8(text).unwrap(), fixed.withheld.len())
}

#[test]
fn edits_that_say_what_they_do_are_made() {
    for (bytes, edits, after) in [
        ("a 1;\nb 2;\n", &[("r", 2, 3, "3")][..], "a 3;\nb 2;\n"),
        ("a 1;\n", &[("r", 3, 3, "5")], "a 15;\n"),
        ("a 1; # c\n", &[("r", 4, 4, "\n    b 2;")], "a 1;\n    b 2; # c\n"),
        ("a 1;\r\nb 2;\r\n", &[("r", 0, 6, "")], "b 2;\r\n"),
        ("a { b 1; }\n", &[("r", 4, 8, "c 'x y'; d 2;")], "a { c 'x y'; d 2; }\n"),
        ("a 1\n", &[("r", 3, 3, ";")], "a 1;\n"),
        ("\u{feff}a 1;\n", &[("r", 0, 3, "")], "a 1;\n"),
        ("\u{feff}\u{feff}a 1;\n", &[("r", 0, 6, "")], "a 1;\n"),
        ("a 123;\n", &[("r", 3, 4, "")], "a 13;\n"),
        ("a 1;\nb 2;\n", &[("r", 2, 3, "3"), ("s", 7, 8, "4")], "a 3;\nb 4;\n"),
    ] {
        assert_eq!(fixed(bytes, edits), (after.to_owned(), 0), "{bytes:?}");
    }
}

#[test]
fn edits_that_change_more_are_withheld() {
    for (bytes, edit) in [
        ("a 1;\nb 2;\n", ("r", 2, 3, "\"3")),
        ("a 1;\nb 2;\n", ("r", 2, 3, "# 3")),
        ("a 1 2;\nb 2;\n", ("r", 3, 4, "")),
        ("a { b 1; }\n", ("r", 4, 8, "c {")),
        ("a { b 1; }\n", ("r", 9, 10, "")),
        ("a 1;\n", ("r", 2, 3, "\\")),
        ("a '1 2';\n", ("r", 2, 3, "")),
        ("a 1; # b\n", ("r", 5, 6, "")),
    ] {
        assert_eq!(fixed(bytes, &[edit]), (bytes.to_owned(), 1), "{bytes:?} {edit:?}");
    }
    // One that is wrong keeps no other from being made.
    let edits = [("r", 2, 3, "3"), ("s", 7, 8, "\"")];
    assert_eq!(fixed("a 1;\nb 2;\n", &edits), ("a 3;\nb 2;\n".to_owned(), 1));
}

#[test]
fn what_touches_waits_for_the_next_round() {
    let mut rounds = 0;
    let first = report(b"a 1;\n", &[("r", 2, 3, "2"), ("s", 2, 3, "3")]);
    let fixed = fix(first, false, |texts| {
        rounds += 1;
        let text = &texts[Path::new("a.conf")];
        let edits: &[_] = if rounds == 1 { &[("s", 2, 3, "3")] } else { &[] };
        Ok::<_, Infallible>(report(text, edits))
    });
    let fixed = fixed.unwrap();
    assert_eq!((&*fixed.changed[0].after, rounds), (&b"a 3;\n"[..], 2));
    let rules: Vec<_> = fixed.applied.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["r", "s"]);
}

#[test]
fn fixes_that_undo_each_other_change_nothing() {
    let error = fix(report(b"a 1;\n", &[("r", 2, 3, "2")]), false, |texts| {
        let text = &texts[Path::new("a.conf")];
        let (rule, other) = if &**text == b"a 2;\n" { ("s", "1") } else { ("r", "2") };
        Ok::<_, Infallible>(report(text, &[(rule, 2, 3, other)]))
    });
    match error.unwrap_err() {
        Error::Unsettled(rules) => assert_eq!(rules, ["r", "s"]),
        Error::Lint(never) => match never {},
    }
}

#[test]
fn only_what_is_right_everywhere_and_its_own_is_changed() {
    let with = |change: &dyn Fn(&mut Report)| {
        let mut report = report(b"a 1;\n", &[("r", 2, 3, "2")]);
        change(&mut report);
        let unsafely = unsafely_fixable(&report);
        (choose::choose(&report, false).len(), choose::choose(&report, true).len(), unsafely)
    };
    assert_eq!(with(&|_| {}), (1, 1, 0));
    assert_eq!(with(&|report| report.own.clear()), (0, 0, 0));
    let set = |report: &mut Report, versions: &str| {
        report.diagnostics[0].fixes[0].versions = Some(versions.parse().unwrap());
    };
    assert_eq!(with(&|report| set(report, ">=1.25")), (0, 0, 0));
    assert_eq!(with(&|report| set(report, ">=1.19")), (1, 1, 0));
    let guess = |report: &mut Report| {
        report.diagnostics[0].fixes[0].applicability = Applicability::Unsafe;
    };
    assert_eq!(with(&guess), (0, 1, 1));
}

#[test]
fn a_diff_is_one_that_patch_reads() {
    let changed = Changed {
        path: PathBuf::from("a.conf"),
        before: b"a 1;\r\nb\xff 2;"[..].into(),
        after: b"a 2;\r\nb\xff 2;"[..].into(),
    };
    let mut out = Vec::new();
    diff(&mut out, &changed).unwrap();
    let expected: &[u8] = b"--- a.conf\n+++ a.conf\n@@ -1,2 +1,2 @@\n-a 1;\r\n+a 2;\r\n b\xff 2;\n\\ No newline at end of file\n";
    assert_eq!(bstr::BStr::new(&out), bstr::BStr::new(expected));
}

#[test]
fn of_two_ways_to_mend_it_none_is_taken() {
    let with = |kinds: &[Applicability]| {
        let mut report = report(b"a 1;\n", &[("r", 2, 3, "2")]);
        let fixes = &mut report.diagnostics[0].fixes;
        let first = fixes.remove(0);
        fixes.extend(kinds.iter().map(|kind| Fix { applicability: *kind, ..first.clone() }));
        let unsafely = unsafely_fixable(&report);
        (choose::choose(&report, false).len(), choose::choose(&report, true).len(), unsafely)
    };
    use Applicability::{Safe, Unsafe};
    assert_eq!(with(&[Unsafe, Unsafe]), (0, 0, 0));
    assert_eq!(with(&[Safe, Unsafe, Unsafe]), (1, 1, 0));
    assert_eq!(with(&[Safe, Safe, Unsafe]), (0, 0, 0));
}

#[test]
fn one_line_is_written_into_a_block_once() {
    let text = b"s { a; b; }\nt { c; }\n";
    let line = |at| ("r", at, at, " x;");
    let chosen = |edits: &[_]| choose::choose(&report(text, edits), false).len();
    assert_eq!(chosen(&[line(6), line(9)]), 1);
    assert_eq!(chosen(&[line(6), line(20)]), 2);
    // A word is none.
    assert_eq!(chosen(&[("r", 5, 5, " y"), ("r", 8, 8, " y")]), 2);
}
