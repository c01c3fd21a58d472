//! What was read is never written over.

use std::fs;
use std::os::unix::fs::symlink;

use super::{BROKEN, Run};

const ROOT: &str = "events {}\nhttp {\n    include part.conf;\n}\n";

#[test]
fn no_result_takes_the_place_of_what_was_read() {
    let tree = tempfile::tempdir().unwrap();
    let files = [
        ("nginx.conf", ROOT),
        ("part.conf", "server {\n    listen 80;\n}\n"),
        ("ngxlint.toml", "nginx-version = \"1.28\"\n"),
        ("other.toml", "nginx-version = \"1.26\"\n"),
        ("error.log", "2026/01/01 00:00:00 [error] 1#1: *1 open() failed\n"),
    ];
    fs::create_dir(tree.path().join(".git")).unwrap();
    for (name, text) in files {
        fs::write(tree.path().join(name), text).unwrap();
    }
    symlink("nginx.conf", tree.path().join("link")).unwrap();
    let over: &[&[&str]] = &[
        &["check", "-o", "nginx.conf"],
        &["check", "nginx.conf", "--output-format", "json", "-o", "nginx.conf", "-q"],
        &["check", "-o", "link"],
        &["check", "nginx.conf", "-o", "./part.conf"],
        &["check", "-o", "ngxlint.toml"],
        &["check", "--config", "other.toml", "-o", "other.toml"],
        &["check", "--statistics", "-o", "nginx.conf"],
        &["check", "--show-files", "-o", "nginx.conf"],
        &["check", "--diff", "-o", "nginx.conf"],
        &["check", "--fix", "-o", "part.conf"],
        &["check", "--write-baseline", "new", "-o", "link"],
        &["hops", "-o", "nginx.conf"],
        &["upgrade", "--from", "1.22", "-o", "nginx.conf"],
        &["diagnose", "--root", "nginx.conf", "error.log", "-o", "error.log"],
        &["diagnose", "--root", "nginx.conf", "error.log", "-o", "part.conf"],
    ];
    for arguments in over {
        let run = Run::of(tree.path(), arguments, None);
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""), "{arguments:?} {run:?}");
        assert!(run.err.contains("which is read here: name another file"), "{arguments:?} {run:?}");
    }
    // It is no baseline that could be written anew, either.
    let run = Run::of(tree.path(), &["check", "--write-baseline", "part.conf"], None);
    assert_eq!(run.exit, Some(2), "{run:?}");
    for (name, text) in files {
        assert_eq!(fs::read_to_string(tree.path().join(name)).unwrap(), text, "{name}");
    }
    assert!(!tree.path().join("new").exists());
    let run = Run::of(tree.path(), &["check", "-o", "report"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert_eq!(Run::of(tree.path(), &["check", "-o", "report"], None).exit, Some(0));
}

#[test]
fn two_results_have_two_files() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("nginx.conf"), BROKEN).unwrap();
    for other in ["same", "./same"] {
        let run = Run::of(tree.path(), &["check", "--write-baseline", "same", "-o", other], None);
        assert_eq!(run.exit, Some(2), "{run:?}");
        assert!(run.err.contains("`-o` and `--write-baseline` name the same file"), "{run:?}");
        assert!(!tree.path().join("same").exists());
    }
}

#[test]
fn a_dash_is_standard_output() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("nginx.conf"), BROKEN).unwrap();
    for verb in ["check", "hops"] {
        let usual = Run::of(tree.path(), &[verb], None);
        let dash = Run::of(tree.path(), &[verb, "-o", "-"], None);
        assert_eq!((dash.exit, dash.out), (usual.exit, usual.out));
    }
    let run = Run::of(tree.path(), &["check", "--write-baseline", "-"], None);
    assert_eq!(run.exit, Some(2), "{run:?}");
    assert!(run.err.contains("`--write-baseline` needs the name of a file"), "{run:?}");
    assert_eq!(fs::read_dir(tree.path()).unwrap().count(), 1);
}
