//! From paths to reports, over files in memory.

mod target;

use std::io;
use std::path::{Path, PathBuf};

use super::*;
use crate::diagnostic::{Diagnostic, Verdict};
use crate::source::{Bytes, Disk, FileKind, LineIndex, Memory, Walk};

fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (name, text) in files {
        memory.insert(name, *text);
    }
    memory
}

fn request(paths: &[&str]) -> Request {
    let mut request =
        Request { paths: paths.iter().map(PathBuf::from).collect(), ..Request::default() };
    request.policy.min_level = Level::Info;
    request.hops = true;
    request
}

/// `file:line:column level message [rule]`, and an indented line for each label.
fn shown(report: &Report) -> String {
    let place = |at: Location| {
        let source = report.sources.source(at.source);
        let position = LineIndex::new(&source.bytes).position(&source.bytes, at.span.start);
        format!("{}:{}:{}", source.name.display(), position.line, position.column)
    };
    let line = |one: &Diagnostic| {
        let affects = one.affects.as_ref().map(|set| format!(" ({set})")).unwrap_or_default();
        let head =
            format!("{} {} {}{affects} [{}]", place(one.at), one.level, one.message, one.rule);
        let labels =
            one.labels.iter().map(|label| format!("\n  {} {}", place(label.at), label.message));
        std::iter::once(head).chain(labels).collect::<String>()
    };
    report.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn checked(files: &[(&str, &str)], paths: &[&str]) -> Report {
    check(&memory(files), &request(paths)).expect("it can be checked")
}

const MISMATCH: &str = "events {}
http {
    server {
        listen 127.0.0.1:8081 http2;
        location / { return 200 a; }
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://127.0.0.1:8081;
        }
    }
}
";

fn at_version(version: &str, files: &[(&str, &str)], paths: &[&str]) -> Report {
    let mut request = request(paths);
    request.nginx_version = Some(version.parse().unwrap());
    check(&memory(files), &request).expect("it can be checked")
}

#[test]
fn the_mismatch_this_project_began_with() {
    let files = [("/r/nginx.conf", MISMATCH)];
    let report = at_version("1.22.1", &files, &["/r/nginx.conf"]);
    insta::assert_snapshot!(shown(&report), @r"
    /r/nginx.conf:10:13 error `proxy_pass` speaks HTTP/1.0 to `127.0.0.1:8081`, which speaks only HTTP/2 [http1-to-http2-upstream]
      /r/nginx.conf:4:9 `127.0.0.1:8081` takes only HTTP/2 here before 1.25.1
    ");
    assert_eq!(report.summary.hops.proven, 1);
    assert_eq!(report.hops[0].peers[0].verdict, Verdict::Mismatch);
    let report = at_version("1.25.1", &files, &["/r/nginx.conf"]);
    insta::assert_snapshot!(shown(&report), @"/r/nginx.conf:4:31 warning `listen … http2` is deprecated since 1.25.1 [deprecated-listen-http2]");
    assert_eq!(report.hops[0].peers[0].verdict, Verdict::Ok);
}

const FRAGMENT: &str = "server {
    listen 8080;
    location / {
        proxy_pass http://127.0.0.1:8443;
    }
}
";
const TLS: &str = "server { listen 127.0.0.1:8443 ssl; ssl_reject_handshake on; }\n";
const ROOT: &str = "events {}\nhttp {\n    include conf.d/*.conf;\n}\n";

fn tree() -> Vec<(&'static str, &'static str)> {
    vec![
        ("/r/.git/HEAD", ""),
        ("/r/nginx.conf", ROOT),
        ("/r/conf.d/front.conf", FRAGMENT),
        ("/r/conf.d/tls.conf", TLS),
    ]
}

const FOUND: &str = "/r/conf.d/front.conf:4:9 error `proxy_pass` speaks cleartext to \
    `127.0.0.1:8443`, which takes only TLS [plaintext-to-tls-upstream]\n  /r/conf.d/tls.conf:1:10 \
    `ssl` makes this socket, `127.0.0.1:8443`, take only TLS";

#[test]
fn a_fragment_is_understood_from_the_root_that_includes_it() {
    for path in ["/r", "/r/nginx.conf", "/r/conf.d", "/r/conf.d/front.conf"] {
        assert_eq!(shown(&checked(&tree(), &[path])), FOUND, "{path}");
    }
    assert_eq!(shown(&checked(&tree(), &["/r/conf.d/tls.conf"])), "", "only itself is reported");
    let files = |path: &str| checked(&tree(), &[path]).summary.files;
    assert_eq!((files("/r"), files("/r/conf.d"), files("/r/conf.d/tls.conf")), (3, 2, 1));
}

#[test]
fn several_paths_of_one_configuration_are_checked_once() {
    let report = checked(&tree(), &["/r/conf.d/front.conf", "/r", "/r/conf.d/tls.conf"]);
    assert_eq!(shown(&report), FOUND);
    assert_eq!((report.summary.files, report.summary.hops.proven), (3, 1));
}

#[test]
fn rootless_siblings_stand_for_one_configuration() {
    let files = [("/c/front.conf", FRAGMENT), ("/c/tls.conf", TLS)];
    let report = checked(&files, &["/c/front.conf"]);
    assert!(shown(&report).starts_with("/c/front.conf:4:9 error"), "{}", shown(&report));
    assert_eq!(report.summary.files, 1);
    assert!(!report.summary.complete);
    // A fragment of another context is perhaps part of another configuration.
    let files = [("/c/pass.conf", "proxy_pass http://127.0.0.1:8443;"), ("/c/tls.conf", TLS)];
    assert!(shown(&checked(&files, &["/c/pass.conf"])).starts_with("/c/pass.conf:1:1 info"));
}

#[test]
fn a_directory_without_configuration_is_nothing_to_lint() {
    let files = [("/r/README.md", "x"), ("/r/redis.conf", "port 6379\nbind 127.0.0.1\n")];
    assert_eq!(checked(&files, &["/r"]).summary.files, 0);
}

#[test]
fn broken_files_in_customary_places_are_never_passed_over() {
    let files = [("/r/conf.d/a.conf", "}}} what is this"), ("/r/x.conf", "port 6379\n")];
    let report = checked(&files, &["/r"]);
    assert_eq!(report.summary.files, 1);
    assert!(report.summary.errors > 0);
}

#[test]
fn what_is_excluded_is_read_and_not_reported() {
    let mut tree = tree();
    tree.push(("/r/ngxlint.toml", "exclude = [\"conf.d/front.conf\"]"));
    assert_eq!(shown(&checked(&tree, &["/r"])), "");
    let mut request = request(&["/r"]);
    request.exclude = vec!["r/conf.d".to_owned()];
    let report = check(&memory(&tree), &request).unwrap();
    assert_eq!((shown(&report).as_str(), report.summary.files), ("", 1));
}

/// A disk on which some directories may not be listed.
struct Locked(Vec<PathBuf>);

impl Loader for Locked {
    fn read(&self, path: &Path) -> io::Result<Bytes> {
        Disk.read(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        Disk.list(directory)
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        Disk.kind(path)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        Disk.canonical(path)
    }

    fn stands(&self, path: &Path) -> bool {
        Disk.stands(path)
    }

    fn link(&self, path: &Path) -> Option<PathBuf> {
        Disk.link(path)
    }

    fn walk(
        &self,
        directory: &Path,
        enter: &mut dyn FnMut(&Path, FileKind) -> bool,
    ) -> io::Result<Walk> {
        let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
        if self.0.iter().any(|locked| locked == directory) {
            return Err(denied());
        }
        let mut found = Disk.walk(directory, enter)?;
        found.files.retain(|file| !self.0.iter().any(|locked| file.starts_with(locked)));
        let below = self.0.iter().filter(|locked| locked.starts_with(directory));
        found.skipped.extend(below.map(|locked| (locked.clone(), denied())));
        Ok(found)
    }
}

#[test]
fn a_locked_directory_is_passed_over_unless_it_is_named() {
    let tree = tempfile::tempdir().unwrap();
    let ssl = tree.path().join("ssl");
    #[expect(clippy::disallowed_methods, reason = "tests make their own files")]
    {
        std::fs::create_dir(&ssl).unwrap();
        std::fs::write(tree.path().join("nginx.conf"), MISMATCH).unwrap();
        std::fs::write(ssl.join("nginx.conf"), "events {").unwrap();
    }
    let locked = Locked(vec![ssl.clone()]);
    let report = check(&locked, &request(&[tree.path().to_str().unwrap()])).unwrap();
    assert_eq!((report.summary.files, report.summary.complete), (1, false));
    assert_eq!(report.summary.skipped, [format!("{}: permission denied", ssl.display())]);
    assert_eq!(report.summary.unread, report.summary.skipped);
    assert!(!report.diagnostics.is_empty());
    let error = check(&locked, &request(&[ssl.to_str().unwrap()])).unwrap_err();
    assert!(error.to_string().ends_with("ssl: permission denied"), "{error}");
}

#[test]
fn gitignored_files_are_not_found_but_can_be_named() {
    let mut tree = tree();
    tree.push(("/r/.gitignore", "old/\n"));
    tree.push(("/r/old/nginx.conf", "events {"));
    assert_eq!(shown(&checked(&tree, &["/r"])), FOUND);
    assert_eq!(checked(&tree, &["/r/old/nginx.conf"]).summary.errors, 1);
    let mut request = request(&["/r"]);
    request.respect_gitignore = false;
    assert_eq!(check(&memory(&tree), &request).unwrap().summary.errors, 2);
}

#[test]
fn roots_can_be_named_by_options_and_settings() {
    let mut tree = tree();
    tree.retain(|(name, _)| *name != "/r/nginx.conf");
    tree.push(("/r/main/prod", "events {}\nhttp {\n    include ../conf.d/*.conf;\n}\n"));
    let mut request = request(&[]);
    request.roots = vec![PathBuf::from("/r/main/prod")];
    let report = check(&memory(&tree), &request).unwrap();
    assert!(shown(&report).contains("[plaintext-to-tls-upstream]"));
    assert!(report.summary.complete);
    tree.push(("/r/ngxlint.toml", "roots = [\"main/prod\"]"));
    let report = checked(&tree, &["/r/conf.d/front.conf"]);
    assert!(report.summary.complete, "understood from the root of the settings");
}

#[test]
fn a_dump_is_checked_under_the_names_it_gives() {
    let dump = format!(
        "# configuration file /etc/nginx/nginx.conf:\n{ROOT}\n# configuration file \
         /etc/nginx/conf.d/a.conf:\n{FRAGMENT}{TLS}\n"
    );
    let stdin = Stdin { name: PathBuf::from("<stdin>"), bytes: dump.into_bytes() };
    let mut request = request(&[]);
    request.stdin = Some(stdin);
    let report = check(&Memory::default(), &request).unwrap();
    assert!(shown(&report).starts_with("/etc/nginx/conf.d/a.conf:4:9 error"), "{}", shown(&report));
    assert!(report.summary.complete);
}

#[test]
fn standard_input_stands_where_it_is_named() {
    let mut request = request(&[]);
    let name = PathBuf::from("/r/conf.d/front.conf");
    request.stdin = Some(Stdin { name, bytes: FRAGMENT.replace("8443", "1").into_bytes() });
    assert_eq!(shown(&check(&memory(&tree()), &request).unwrap()), "");
    let name = PathBuf::from("/r/conf.d/new.conf");
    request.stdin = Some(Stdin { name, bytes: FRAGMENT.into() });
    let report = check(&memory(&tree()), &request).unwrap();
    // The name that it has not is that of the other file too.
    let shown = shown(&report);
    assert!(shown.starts_with("/r/conf.d/new.conf:1:1 warning"), "{shown}");
    assert!(shown.contains("\n/r/conf.d/new.conf:4:9 error"), "{shown}");
}

#[test]
fn paths_and_settings_that_cannot_be_read_are_errors() {
    let fails = |files: &[(&str, &str)], path: &str| {
        check(&memory(files), &request(&[path])).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(fails(&tree(), "/r/none.conf"), "/r/none.conf: no such file or directory");
    let mut tree = tree();
    tree.push(("/r/ngxlint.toml", "nginx-versoin = \"1.22\""));
    let error = fails(&tree, "/r/nginx.conf");
    assert!(error.contains("ngxlint.toml") && error.contains("`nginx-version`"), "{error}");
}

#[test]
fn the_target_is_stated_or_narrowed() {
    let target = |text: &str, settings: &str| {
        let files = [("/r/nginx.conf", text), ("/r/ngxlint.toml", settings)];
        let target = checked(&files, &["/r/nginx.conf"]).target;
        format!("{} {} {}", target.versions, target.assumed, target.origin.unwrap_or_default())
    };
    let http = |line: &str| format!("events {{}}\nhttp {{\n  server {{\n    {line}\n  }}\n}}\n");
    assert_eq!(
        target(&http("http2 on;"), ""),
        ">=1.25.1, <=1.31.4 true from `http2` at /r/nginx.conf:4"
    );
    assert_eq!(target(&http("listen 80 http2;"), ""), ">=1.20.0, <=1.31.4 true ");
    assert!(target(&http("ssl on;"), "").starts_with(">=1.20.0, <1.25.1 true"));
    assert!(target(&http("listen 443 quic;"), "").starts_with(">=1.25.0, <=1.31.4 true"));
    assert_eq!(
        target(&http("http2 on;"), "nginx-version = \"1.22.1\""),
        "1.22.1 false from /r/ngxlint.toml:1"
    );
}

#[test]
fn comments_silence_and_are_watched() {
    let at = |front: &str| {
        let files =
            [("/r/nginx.conf", ROOT), ("/r/conf.d/f.conf", front), ("/r/conf.d/t.conf", TLS)];
        let report = checked(&files, &["/r"]);
        let lines: Vec<_> = shown(&report).lines().map(str::to_owned).collect();
        lines.into_iter().filter(|line| !line.starts_with(' ')).collect::<Vec<_>>().join("\n")
    };
    let on_line = |comment: &str| FRAGMENT.replace("8443;", &format!("8443; # ngxlint: {comment}"));
    assert_eq!(at(&on_line("ignore[plaintext-to-tls-upstream] why")), "");
    assert_eq!(at(&on_line("ignore[protocol]")), "");
    assert_eq!(at(&format!("# ngxlint: file-ignore[protocol]\n{FRAGMENT}")), "");
    assert_eq!(at(&format!("# ngxlint: ignore[protocol]\n{FRAGMENT}")), "");
    assert_eq!(at(&format!("# ngxlint: disable[protocol]\n\n{FRAGMENT}")), "");
    assert_eq!(at(&on_line("speaks=http/1.1,cleartext")), "", "what is declared beats a listener");
    let two = at(&on_line("ignore[syntax-error]"));
    assert!(two.contains("plaintext-to-tls-upstream"));
    assert!(two.contains(
        "warning `syntax-error` finds nothing here to be silent about [unused-suppression]"
    ));
    assert!(at(&on_line("ignore[plaintext-to-tls]")).contains(
        "`plaintext-to-tls` is no rule; did you mean `plaintext-to-tls-upstream`? [unknown-suppression]"
    ));
    assert!(at(&on_line("ignroe[x]")).contains("did you mean `ignore`? [unknown-suppression]"));
    assert!(at(&on_line("speaks=http3")).contains("[unknown-suppression]"));
    assert!(at("# ngxlint: speaks=h2c\ngzip on;\n").contains("[unused-suppression]"));
}

#[test]
fn levels_are_chosen_by_rule_category_and_path() {
    let level = |settings: &str| {
        let mut tree = tree();
        tree.push(("/r/ngxlint.toml", settings));
        let report = checked(&tree, &["/r"]);
        report.diagnostics.first().map(|one| one.level)
    };
    assert_eq!(level(""), Some(Level::Error));
    assert_eq!(level("[rules]\nprotocol = \"info\""), Some(Level::Info));
    let both = "[rules]\nplaintext-to-tls-upstream = \"warning\"\nprotocol = \"info\"";
    assert_eq!(level(both), Some(Level::Warning), "a rule's own name counts more");
    assert_eq!(level("[rules]\nprotocol = \"allow\""), None);
    let path =
        "[rules]\nprotocol = \"info\"\n[per-path.\"conf.d/*\".rules]\nprotocol = \"warning\"";
    assert_eq!(level(path), Some(Level::Warning));
}

#[test]
fn what_is_hidden_is_counted() {
    let mut request = request(&["/r"]);
    request.policy.min_level = Level::Warning;
    request.policy.levels = vec![("protocol".to_owned(), Level::Info)];
    let report = check(&memory(&tree()), &request).unwrap();
    assert_eq!((report.diagnostics.len(), report.summary.hidden), (0, 1));
    request.policy.ignore = vec!["protocol".to_owned()];
    assert_eq!(check(&memory(&tree()), &request).unwrap().summary.hidden, 0);
}

#[test]
fn a_part_of_the_target_weighs_less() {
    let level = |version: &str| {
        let report = at_version(version, &[("/r/nginx.conf", MISMATCH)], &["/r/nginx.conf"]);
        report
            .diagnostics
            .first()
            .map(|one| (one.level, one.affects.as_ref().map(ToString::to_string)))
    };
    assert_eq!(level("1.22"), Some((Level::Error, None)));
    let part = Some(">=1.24.0, <1.25.1".to_owned());
    assert_eq!(level(">=1.24, <1.27"), Some((Level::Warning, part)));
    // Assumed: a warning, since one mend, `grpc_pass`, is valid in all of it.
    let report = checked(&[("/r/nginx.conf", MISMATCH)], &["/r/nginx.conf"]);
    assert_eq!(report.diagnostics[0].level, Level::Warning);
}

#[test]
fn one_place_used_twice_is_one_finding() {
    let root = "events {}\nhttp {\n server { listen 1; include p; }\n server { listen 2; include p; }\n \
                server { listen 127.0.0.1:8443 ssl; ssl_reject_handshake on; }\n}\n";
    let pass = "location / { proxy_pass http://127.0.0.1:8443; }\n";
    let report = checked(&[("/r/nginx.conf", root), ("/r/p", pass)], &["/r/nginx.conf"]);
    assert_eq!(report.diagnostics.len(), 1, "{}", shown(&report));
    let half = root.replacen("listen 2;", "listen 2; set $x 8080;", 1).replacen(
        "listen 1;",
        "listen 1; set $x 8443;",
        1,
    );
    let pass = "location / { proxy_pass http://127.0.0.1:$x; }\n";
    let report = checked(&[("/r/nginx.conf", &half), ("/r/p", pass)], &["/r/nginx.conf"]);
    assert_eq!(report.diagnostics.len(), 1);
    assert!(
        shown(&report).contains("/r/nginx.conf:3:34 when included from here"),
        "{}",
        shown(&report)
    );
}

/// Files on a real disk: what only a disk has.
#[test]
fn links_and_pipes_on_a_disk() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    #[expect(clippy::disallowed_methods, reason = "the test makes its own files")]
    {
        std::fs::create_dir_all(at("etc/sites-enabled")).unwrap();
        std::fs::create_dir_all(at("real")).unwrap();
        std::fs::write(at("real/nginx.conf"), MISMATCH).unwrap();
        std::fs::write(at("real/site"), FRAGMENT.replace("127.0.0.1:8443", "a:443")).unwrap();
    }
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, at(name)).unwrap();
    link("../real/nginx.conf", "etc/nginx.conf");
    link("../../real/site", "etc/sites-enabled/site");
    link("/dev/zero", "etc/zero.conf");
    let mut request = request(&[]);
    request.paths = vec![at("etc")];
    request.settings = SettingsChoice::None;
    let report = check(&Disk, &request).unwrap();
    assert_eq!(report.summary.files, 2, "links that lead out of the directory are files of it");
    assert_eq!(report.diagnostics.len(), 2, "{}", shown(&report));
    request.paths = vec![at("etc/none.conf")];
    assert!(check(&Disk, &request).is_err());
}

#[test]
fn listeners_that_lead_to_themselves_end() {
    let servers = (9000..9040).map(|port| format!("server 127.0.0.1:{port};\n"));
    let listens = (9000..9040).map(|port| format!("server {{ listen {port}; proxy_pass u; }}\n"));
    let text = format!(
        "events {{}}\nstream {{ upstream u {{ {} }}\n{} }}\nhttp {{ server {{ listen 80; location / \
         {{ proxy_pass http://127.0.0.1:9000; }} }} }}\n",
        servers.collect::<String>(),
        listens.collect::<String>(),
    );
    let report = checked(&[("/r/nginx.conf", &text)], &["/r/nginx.conf"]);
    assert_eq!((shown(&report).as_str(), report.summary.hops.unknown), ("", 41));
}

#[test]
fn every_hop_to_every_server_by_a_map_is_bounded() {
    let n = 60;
    let servers = |up: usize| (0..n).map(move |one| format!("server 10.0.{up}.{one}:9000;"));
    let ups =
        (0..n).map(|up| format!("upstream u{up} {{ {} }}\n", servers(up).collect::<String>()));
    let lines = (0..n).map(|up| format!("v{up} u{up};"));
    let locations = (0..200).map(|one| format!("location /{one} {{ proxy_pass http://$up; }}\n"));
    let text = format!(
        "events {{}}\nhttp {{ map $host $up {{ {} }}\n{} server {{ listen 80; {} }} }}\n",
        lines.collect::<String>(),
        ups.collect::<String>(),
        locations.collect::<String>(),
    );
    let report = checked(&[("/r/nginx.conf", &text)], &["/r/nginx.conf"]);
    assert_eq!(report.summary.hops.unknown, 200);
    let peers: usize = report.hops.iter().map(|hop| hop.peers.len()).sum();
    assert!(peers <= 100_200, "{peers}");
}
