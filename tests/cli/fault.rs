//! Fixes where something goes wrong meanwhile, or where the text is none that is easy to edit: every
/// file stays whole.
use std::process::Child;
use std::time::{Duration, Instant};

use super::*;

/// A listener that takes TLS.
const LISTENER: &str =
    "server { listen 127.0.0.1:81 ssl; ssl_certificate a; ssl_certificate_key b; }\n";

/// A server that speaks to it in cleartext, of some bytes.
fn server(index: usize, size: usize) -> String {
    let filler = "#".repeat(size);
    format!(
        "server {{ server_name s{index}; location / {{ proxy_pass http://127.0.0.1:81; }} }}\n{filler}\n"
    )
}

fn mended(text: &str) -> String {
    text.replace("http://", "https://")
}

/// A repository in which each of some servers has a file of its own, with something to fix.
fn servers(directory: &Path, count: usize, size: usize) -> Vec<(PathBuf, String)> {
    fs::create_dir_all(directory.join("conf.d")).unwrap();
    fs::create_dir_all(directory.join(".git")).unwrap();
    let root = format!("events {{}}\nhttp {{ {LISTENER} include conf.d/*.conf; }}\n");
    fs::write(directory.join("nginx.conf"), root).unwrap();
    let files = (0..count).map(|index| {
        let path = directory.join(format!("conf.d/{index:04}.conf"));
        let text = server(index, size);
        fs::write(&path, &text).unwrap();
        (path, text)
    });
    files.collect()
}

fn fix(directory: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ngxlint"))
        .args(["check", "--fix"])
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// How many files hold the old text, and how many the new one; there is nothing else.
fn count(files: &[(PathBuf, String)]) -> (usize, usize) {
    let (mut old, mut new) = (0, 0);
    for (path, text) in files {
        let now = fs::read_to_string(path).unwrap();
        assert!(now == *text || now == mended(text), "{}: {now}", path.display());
        old += usize::from(now == *text);
        new += usize::from(now != *text);
    }
    (old, new)
}

#[test]
fn killed_between_two_files_each_is_whole() {
    // It may be done before the signal comes.
    for _ in 0..20 {
        let tree = tempfile::tempdir().unwrap();
        let files = servers(tree.path(), 300, 3000);
        let mut child = fix(tree.path());
        while fs::read_to_string(&files[3].0).unwrap() == files[3].1 {
            assert!(child.try_wait().unwrap().is_none(), "it ended and changed nothing");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let (old, new) = count(&files);
        if old > 0 {
            assert!(new >= 4);
            // A new run does the rest.
            let run = Run::of(tree.path(), &["check", "--fix"], None);
            assert_eq!(run.exit, Some(0), "{run:?}");
            assert_eq!(count(&files), (0, 300));
            return;
        }
    }
    panic!("it was never killed in time");
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let tree = tempfile::tempdir().unwrap();
    // Long enough to be still at work when it has read all.
    let files = servers(tree.path(), 400, 10_000);
    let mut child = fix(tree.path());
    let (last, _) = files.last().unwrap();
    let began = Instant::now();
    // What it has read so far: with the last file, all of them.
    let all: usize = files.iter().map(|(_, text)| text.len()).sum();
    let read = |child: &Child| {
        let io = fs::read_to_string(format!("/proc/{}/io", child.id())).unwrap_or_default();
        let rchar = io.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok());
        rchar.unwrap_or(0usize)
    };
    while read(&child) < all {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        assert!(began.elapsed() < Duration::from_secs(60), "it does not read");
    }
    let changed = "# changed by another hand\n";
    fs::write(last, changed).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("conf.d/0399.conf: it changed since it was read; written before: "));
    assert_eq!(fs::read_to_string(last).unwrap(), changed);
    assert_eq!(count(&files[..399]), (0, 399), "those before it are written, and said to be");
}

#[test]
fn a_full_disk_leaves_every_file_whole() {
    let outside = tempfile::tempdir().unwrap();
    let room = 1 << 20;
    // A disk of its own, for this process and those that it starts.
    let script = format!(
        "mount -t tmpfs -o size={room} tmpfs \"$1\" && cp -r \"$2\"/. \"$1\" && cd \"$1\" &&\n\
         {{ head -c {room} /dev/zero > filler 2>/dev/null; \"$3\" check --fix; echo \"exit $?\" >&2; rm filler;\n\
         cp -r . \"$2\"; }}"
    );
    let source = outside.path().join("source");
    let disk = outside.path().join("disk");
    fs::create_dir_all(&disk).unwrap();
    let files = servers(&source, 8, 50_000);
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"])
        .args([&disk, &source, Path::new(env!("CARGO_BIN_EXE_ngxlint"))])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("exit 2"), "{said}");
    assert!(
        said.contains("No space left on device") && said.contains("nothing was written"),
        "{said}"
    );
    assert_eq!(count(&files), (8, 0), "{said}");
    let left = fs::read_dir(source.join("conf.d")).unwrap().count();
    assert_eq!(left, 8, "nothing is left beside them");
}

#[test]
fn bytes_that_are_no_text_words_of_any_length_and_lua_stay_as_they_are() {
    let long = "x".repeat(4090);
    let before = [
        b"events {}\r\nhttp {\r\n\tserver {\r\n\t\tlisten 127.0.0.1:81 ssl; # caf\xe9 \xff\r\n"
            .as_slice(),
        b"\t\tssl_certificate a; ssl_certificate_key 'b';\r\n\t}\r\n\tserver {\r\n".as_slice(),
        b"\t\tset $long \"".as_slice(),
        long.as_bytes(),
        b"\";\r\n\t\taccess_by_lua_block { -- proxy_pass http://127.0.0.1:81;\r\n".as_slice(),
        b"\t\t\tlocal s = \"}{\" .. 'http://127.0.0.1:81' \xfe\r\n\t\t}\r\n".as_slice(),
        b"\t\tlocation / { proxy_pass ".as_slice(),
    ]
    .concat();
    let after = b":81; } # http://127.0.0.1:81;\r\n\t}\r\n}\r\n";
    let text = |scheme: &[u8]| [&before, scheme, b"://127.0.0.1".as_slice(), after].concat();
    for mark in [b"".as_slice(), b"\xef\xbb\xbf"] {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir(tree.path().join(".git")).unwrap();
        let file = tree.path().join("nginx.conf");
        fs::write(&file, [mark, &text(b"http")].concat()).unwrap();
        let run = Run::of(tree.path(), &["check", "--fix", "--flavor=openresty"], None);
        assert_eq!(run.exit, Some(0), "{run:?}");
        // The mark is a mistake, and goes.
        assert_eq!(fs::read(&file).unwrap(), text(b"https"), "{run:?}");
    }
}
