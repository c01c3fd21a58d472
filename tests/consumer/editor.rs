//! vim and Emacs run ngxlint and go to what it finds, behind tabs and letters of several bytes.

use super::*;

const CONF: &str = "events {}
http {
\tset_real_ip_from 10.0.0.1; add_header X \"äö€😀\"; \tbogus on;
    server_tokens \"é\" ; # ngxlint: ignore[nothing] é
}
";

/// File, line, level and the text behind the cursor, at each finding.
const FOUND: [(&str, u32, &str, &str); 3] = [
    ("nginx.conf", 3, "e", "bogus on;"),
    ("nginx.conf", 4, "e", "\"é\" ; # ngxlint: ignore[nothing] é"),
    ("nginx.conf", 4, "w", "nothing] é"),
];

/// What an editor writes of its way through the findings: twice, by two ways of its own.
fn assert_found(editor: &mut Command) {
    let tree = tempfile::tempdir().unwrap();
    fs::create_dir(tree.path().join(".git")).unwrap();
    fs::write(tree.path().join("nginx.conf"), CONF).unwrap();
    let binaries = Path::new(env!("CARGO_BIN_EXE_ngxlint")).parent().unwrap().to_path_buf();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = [binaries].into_iter().chain(std::env::split_paths(&path));
    editor
        .current_dir(tree.path())
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("EDITORS", Path::new(env!("CARGO_MANIFEST_DIR")).join("editors"))
        .env("HOME", tree.path())
        .env("LC_ALL", "C.UTF-8");
    let output = run(editor, b"");
    let found = fs::read_to_string(tree.path().join("found"));
    let found = found.unwrap_or_else(|_| panic!("{}", shown(&output)));
    let found: Vec<(String, u32, String, String)> = serde_json::from_str(&found).unwrap();
    let wanted =
        FOUND.map(|(file, line, level, text)| (file.into(), line, level.into(), text.into()));
    assert_eq!(found, [wanted.clone(), wanted].concat(), "{}", shown(&output));
}

#[test]
fn vim_goes_to_every_finding() {
    let script = beside("quickfix.vim");
    assert_found(
        Command::new("vim").args(["-Nu", "NONE", "-i", "NONE", "-n", "-es", "-S"]).arg(script),
    );
}

#[test]
fn emacs_goes_to_every_finding() {
    let script = beside("compilation.el");
    assert_found(
        Command::new("emacs")
            .args(["--no-init-file", "--no-site-file", "--batch", "-l"])
            .arg(script),
    );
}

#[test]
fn the_recipes_for_neovim_read_every_line() {
    let tree = repository();
    let lines = checked(tree.path(), "concise").stdout;
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/nvim");
    let found = written(Command::new("lua5.1").arg(beside("recipe.lua")).arg(recipes), &lines);
    let tails = findings(tree.path()).into_iter().map(|finding| {
        let (start, rule) = (&finding["range"]["start"], finding["rule"].as_str().unwrap());
        let level = finding["level"].as_str().unwrap();
        format!(".conf {} {} {level} {rule}", start["line"], start["column"])
    });
    let tails: Vec<_> = tails.collect();
    assert_eq!(found.lines().count(), 2 * tails.len());
    for (line, tail) in found.lines().zip(tails.iter().chain(&tails)) {
        assert!(line.ends_with(tail), "{line}: {tail}");
    }
}
