//! What `check --fix` and `--diff` write, and what they leave alone.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

/// A pass in cleartext to a listener of the same configuration that takes TLS, with what must stay:
/// CR LF, Latin-1, a comment, a tab.
const CONF: &[u8] =
    b"events {}\r\nhttp {\r\n  server {\r\n    listen 127.0.0.1:81 ssl; # caf\xe9\r\n    \
    ssl_certificate a;\r\n    ssl_certificate_key b;\r\n  }\r\n  server {\r\n    location / {\r\n\t\
    proxy_pass http://127.0.0.1:81; # keep\r\n    }\r\n  }\r\n}\r\n";

fn fixed() -> Vec<u8> {
    let at = memchr::memmem::find(CONF, b"http://").expect("a pass");
    [&CONF[..at], b"https", &CONF[at + 4..]].concat()
}

fn tree_of(text: &[u8]) -> TempDir {
    let tree = tempfile::tempdir().expect("a directory");
    fs::create_dir(tree.path().join(".git")).expect("a repository");
    fs::write(tree.path().join("nginx.conf"), text).expect("a file");
    tree
}

fn conf(tree: &TempDir) -> Vec<u8> {
    fs::read(tree.path().join("nginx.conf")).expect("the file")
}

#[test]
fn a_fix_changes_what_it_says_and_no_other_byte() {
    let tree = tree_of(CONF);
    let file = tree.path().join("nginx.conf");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let shown = Run::of(tree.path(), &["check", "--diff"], None);
    assert_eq!(shown.exit, Some(1), "{shown:?}");
    assert!(shown.out.contains("-\tproxy_pass http://127.0.0.1:81; # keep\r\n"), "{shown:?}");
    assert!(shown.out.contains("+\tproxy_pass https://127.0.0.1:81; # keep\r\n"), "{shown:?}");
    assert_eq!(conf(&tree), CONF, "a diff writes nothing");
    let run = Run::of(tree.path(), &["check", "--fix"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(run.err.contains("fixed: nginx.conf: speak TLS"), "{run:?}");
    assert_eq!(conf(&tree), fixed());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(fs::read_dir(tree.path()).unwrap().count(), 2, "nothing is left beside it");
    for again in ["--fix", "--diff"] {
        let run = Run::of(tree.path(), &["check", again], None);
        assert_eq!((run.exit, run.err.contains("fixed:")), (Some(0), false), "{run:?}");
    }
}

#[test]
fn standard_input_is_fixed_to_standard_output() {
    let tree = tree_of(b"events {}\n");
    let text = String::from_utf8_lossy(CONF);
    let run = Run::of(tree.path(), &["check", "-", "--fix", "-q"], Some(&text));
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(run.out.contains("proxy_pass https://127.0.0.1:81; # keep\r\n"), "{run:?}");
    let clean = "events {}\nhttp { server { listen 80; return 204; } }\n";
    let run = Run::of(tree.path(), &["check", "-", "--fix"], Some(clean));
    assert_eq!((run.exit, &*run.out), (Some(0), clean), "what needs no fix comes out as it is");
    let run = Run::of(tree.path(), &["check", "-", "nginx.conf", "--fix"], Some(clean));
    assert_eq!(run.exit, Some(2), "{run:?}");
}

#[test]
fn what_is_refused_changes_nothing() {
    let tree = tree_of(CONF);
    let refused: [&[&str]; 3] = [
        &["check", "--fix", "--statistics", "--output-format", "sarif"],
        &["check", "--fix", "--output-format", "xml"],
        &["check", "--fix", "-o", "nginx.conf"],
    ];
    for arguments in refused {
        let run = Run::of(tree.path(), arguments, None);
        assert_eq!(run.exit, Some(2), "{run:?}");
        assert_eq!(conf(&tree), CONF, "{run:?}");
    }
}

#[test]
fn what_guesses_needs_to_be_asked_for() {
    let text =
        "events {}\nhttp { server { listen 80; location / { proxy_pas http://10.0.0.5; } } }\n";
    let tree = tree_of(text.as_bytes());
    let run = Run::of(tree.path(), &["check", "--fix"], None);
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert!(run.err.contains("1 more could be fixed with --unsafe-fixes"), "{run:?}");
    assert_eq!(conf(&tree), text.as_bytes());
    let run = Run::of(tree.path(), &["check", "--fix", "--unsafe-fixes"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert_eq!(conf(&tree), text.replace("proxy_pas ", "proxy_pass ").as_bytes());
    for arguments in [&["check", "--unsafe-fixes"][..], &["check", "--fix", "--diff"]] {
        let run = Run::of(tree.path(), arguments, None);
        assert_eq!((run.exit, &*run.out), (Some(2), ""), "{run:?}");
    }
}

#[test]
fn a_locked_file_is_left_alone_and_a_link_stays_one() {
    let tree = tree_of(CONF);
    let file = tree.path().join("nginx.conf");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let run = Run::of(tree.path(), &["check", "--fix"], None);
    assert_eq!(run.exit, Some(2), "{run:?}");
    assert!(run.err.contains("permission denied; nothing was written"), "{run:?}");
    assert_eq!(conf(&tree), CONF);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::rename(&file, tree.path().join("real.conf")).unwrap();
    symlink("real.conf", &file).unwrap();
    let run = Run::of(tree.path(), &["check", "--fix", "nginx.conf"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    assert!(file.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read(tree.path().join("real.conf")).unwrap(), fixed());
}

#[test]
fn only_what_is_reported_is_fixed() {
    let tree = tree_of(b"events {}\nhttp { include conf.d/*.conf; }\n");
    fs::create_dir(tree.path().join("conf.d")).unwrap();
    let listener =
        "server { listen 127.0.0.1:81 ssl; ssl_certificate a; ssl_certificate_key b; }\n";
    let pass = |path: &str| {
        format!("server {{ listen {path}; location / {{ proxy_pass http://127.0.0.1:81; }} }}\n")
    };
    for (name, text) in [("a", listener.to_owned()), ("b", pass("82")), ("c", pass("83"))] {
        fs::write(tree.path().join(format!("conf.d/{name}.conf")), text).unwrap();
    }
    let run = Run::of(tree.path(), &["check", "--fix", "conf.d/b.conf"], None);
    assert_eq!(run.exit, Some(0), "{run:?}");
    let read = |name: &str| fs::read_to_string(tree.path().join(name)).unwrap();
    assert_eq!(read("conf.d/b.conf"), pass("82").replace("http://", "https://"));
    assert_eq!(read("conf.d/c.conf"), pass("83"));
    // A dump is of files elsewhere.
    let dump =
        format!("# configuration file /etc/nginx/nginx.conf:\n{}\n", String::from_utf8_lossy(CONF));
    fs::write(tree.path().join("dump.txt"), &dump).unwrap();
    let run = Run::of(tree.path(), &["check", "--fix", "dump.txt"], None);
    assert_eq!(run.exit, Some(1), "{run:?}");
    assert_eq!(read("dump.txt"), dump);
}

/// A repository of files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = tree_of(b"");
    for (name, text) in files {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tree
}

#[test]
fn a_fragment_is_fixed_where_that_is_right_in_all_places_that_include_it() {
    const WEBSOCKET: &str = "proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \
        \"upgrade\";\nproxy_pass http://10.0.0.1;\n";
    let with = |first: &str| {
        format!(
            "events {{}}\nhttp {{ server {{ listen 80; location /a {{ {first} include ws; }}\n\
             location /b {{ include ws; }} }} }}\n"
        )
    };
    let fixed = |first: &str| {
        let tree = tree(&[("nginx.conf", &with(first)), ("ws", WEBSOCKET)]);
        let arguments = ["check", "--fix", "--unsafe-fixes", "--nginx-version", "1.22.1"];
        let run = Run::of(tree.path(), &arguments, None);
        assert!(matches!(run.exit, Some(0 | 1)), "{run:?}");
        fs::read_to_string(tree.path().join("ws")).unwrap()
    };
    assert!(fixed("").contains("proxy_http_version 1.1;"));
    // There it would stand twice.
    assert_eq!(fixed("proxy_http_version 1.1;"), WEBSOCKET);
}

#[test]
fn a_fragment_of_two_roots_is_fixed_where_that_is_right_in_both() {
    let root = |tls: &str| {
        format!(
            "events {{}}\nhttp {{ server {{ listen 127.0.0.1:81{tls} }}\n\
             server {{ listen 82; location / {{ include pass; }} }} }}\n"
        )
    };
    let tls = " ssl; ssl_certificate a; ssl_certificate_key b;";
    for (other, pass) in [(tls, "https"), (";", "http")] {
        let files = [("a.conf", root(tls)), ("b.conf", root(other))];
        let tree = tree(&[
            (files[0].0, &files[0].1),
            (files[1].0, &files[1].1),
            ("pass", "proxy_pass http://127.0.0.1:81;\n"),
        ]);
        let run = Run::of(tree.path(), &["check", "--root=a.conf", "--root=b.conf", "--fix"], None);
        assert_eq!(run.exit, Some(i32::from(pass == "http")), "{run:?}");
        let text = fs::read_to_string(tree.path().join("pass")).unwrap();
        assert_eq!(text, format!("proxy_pass {pass}://127.0.0.1:81;\n"));
    }
}
