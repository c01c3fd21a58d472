//! `--show-files`: what would be checked, and what leaves files out.

use std::fs;

use super::{BROKEN, CLEAN, Run};

fn tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in [
        (".git/HEAD", ""),
        (".gitignore", "build/\n*.local.conf\n"),
        ("nginx.conf", "events {}\nhttp {\n    include conf.d/*.conf;\n}\n"),
        ("conf.d/a.conf", "server {\n    listen 80;\n}\n"),
        ("conf.d/b.local.conf", "server {\n    listen 81;\n}\n"),
        ("build/nginx.conf", CLEAN),
        ("vendor/nginx.conf", CLEAN),
        ("odd \u{202e}name/nginx.conf", CLEAN),
        ("README.md", "# no configuration\n"),
    ] {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

fn shown(tree: &tempfile::TempDir, options: &[&str]) -> Vec<String> {
    let run = Run::of(tree.path(), &[&["check", "--show-files"], options].concat(), None);
    assert_eq!((run.exit, run.err.as_str()), (Some(0), ""), "{options:?}");
    run.out.lines().map(str::to_owned).collect()
}

#[test]
fn files_are_listed_as_they_would_be_checked() {
    let tree = tree();
    let odd = "odd \u{202e}name/nginx.conf";
    // What git ignores is not looked for, but it is read where a root includes it.
    let usual = ["conf.d/a.conf", "conf.d/b.local.conf", "nginx.conf", odd, "vendor/nginx.conf"];
    assert_eq!(shown(&tree, &[]), usual);
    let all = [&["build/nginx.conf"], &usual[..]].concat();
    assert_eq!(shown(&tree, &["--no-respect-gitignore"]), all);
    let some = ["conf.d/a.conf", "conf.d/b.local.conf", "nginx.conf"];
    assert_eq!(shown(&tree, &["--exclude", "vendor", "--exclude", "odd*"]), some);
    assert_eq!(shown(&tree, &["conf.d/a.conf"]), ["conf.d/a.conf"]);
    assert_eq!(shown(&tree, &["build"]), ["build/nginx.conf"]);
    assert_eq!(shown(&tree, &["-o", "list", "vendor"]), [""; 0]);
    assert_eq!(fs::read_to_string(tree.path().join("list")).unwrap(), "vendor/nginx.conf\n");
    fs::write(tree.path().join("ngxlint.toml"), "exclude = [\"*.local.conf\"]\n").unwrap();
    assert_eq!(shown(&tree, &["nginx.conf"]), ["conf.d/a.conf", "nginx.conf"]);
}

#[test]
fn as_many_are_listed_as_a_run_counts() {
    let tree = tree();
    for options in [&[][..], &["--exclude", "conf.d/a.conf"], &["conf.d"]] {
        let run = Run::of(tree.path(), &[&["check"], options].concat(), None);
        let files = shown(&tree, options).len();
        let counted = format!("{files} file{}, ", if files == 1 { "" } else { "s" });
        assert!(run.out.lines().last().unwrap().starts_with(&counted), "{counted} {run:?}");
    }
}

#[test]
fn a_dump_is_one_file() {
    let tree = tempfile::tempdir().unwrap();
    let dump = format!("# configuration file /etc/nginx/nginx.conf:\n{CLEAN}\n");
    let run = Run::of(tree.path(), &["check", "--show-files", "-"], Some(&dump));
    assert_eq!((run.exit, run.out.as_str()), (Some(0), "-\n"), "{run:?}");
}

#[test]
fn what_is_left_out_may_stand_anywhere() {
    let tree = tree();
    let elsewhere = tree.path().join("conf.d");
    let listed = |paths: &[&str], exclude: &str| -> Vec<String> {
        let arguments = [&["check", "--show-files", "--exclude", exclude], paths].concat();
        let run = Run::of(&elsewhere, &arguments, None);
        assert_eq!(run.exit, Some(0), "{arguments:?} {run:?}");
        run.out.lines().map(str::to_owned).collect()
    };
    let vendor = "../vendor/nginx.conf".to_owned();
    assert!(listed(&[".."], "absent").contains(&vendor));
    let whole = fs::canonicalize(tree.path()).unwrap();
    let absolute = whole.join("vendor").to_str().unwrap().to_owned();
    for pattern in ["vendor", "vendor/", "vendor/*.conf", "vend*/**", &absolute] {
        let files = listed(&[".."], pattern);
        assert!(!files.contains(&vendor) && files.len() > 1, "{pattern} {files:?}");
    }
    // What is below the current directory is meant from there.
    assert!(!listed(&[".."], "a.conf").contains(&"a.conf".to_owned()));
    assert!(listed(&[".."], "conf.d/a.conf").iter().any(|file| file.ends_with("a.conf")));
    // A name counts for what is named, too, but not for what stands above it.
    assert_eq!(listed(&["../vendor"], "vendor"), [""; 0]);
    assert_eq!(listed(&["../vendor/nginx.conf"], "vendor"), [""; 0]);
    let above = whole.file_name().unwrap().to_str().unwrap();
    assert_eq!(listed(&["../vendor"], above), [vendor.as_str()]);
    assert_eq!(listed(&["../vendor"], "vendor/nginx.conf"), [vendor.as_str()]);
    let run = Run::of(&elsewhere, &["check", "--exclude", "!vendor"], None);
    assert_eq!(run.exit, Some(2));
    assert!(run.err.contains("begins with `!`"), "{run:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_search_cannot_read_is_passed_over() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("nginx.conf"), BROKEN).unwrap();
    // A regular file that nobody can read from its start.
    std::os::unix::fs::symlink("/proc/self/mem", tree.path().join("odd.conf")).unwrap();
    let note = "note: odd.conf: Input/output error (os error 5), skipped\n";
    let run = Run::of(tree.path(), &["check"], None);
    assert_eq!((run.exit, run.err.as_str()), (Some(1), note), "{run:?}");
    assert!(run.out.contains("\nnot read: odd.conf: Input/output error"), "{run:?}");
    assert!(run.out.contains("[syntax-error]"), "{run:?}");
    let run = Run::of(tree.path(), &["check", "--show-files"], None);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("nginx.conf\n", note), "{run:?}");
    let run = Run::of(tree.path(), &["check", "--output-format", "json", "-q"], None);
    assert!(run.out.contains("\"complete\": false") && run.err.is_empty(), "{run:?}");
    for named in [&["odd.conf"][..], &["nginx.conf", "odd.conf"], &["--root", "odd.conf"]] {
        let run = Run::of(tree.path(), &[&["check", "."][..], named].concat(), None);
        assert_eq!((run.exit, run.out.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.err.contains("error: odd.conf: "), "{run:?}");
    }
}
