//! Includes over files in memory, and over a real directory for what only a disk has.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::nginx::Contexts;
use crate::source::{Disk, Loader, Memory};

fn memory(files: &[(&str, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (name, text) in files {
        memory.insert(name, *text);
    }
    memory
}

struct Resolved {
    files: Files,
    config: Config,
}

fn resolved(loader: &dyn Loader, root: &str, map: &[(&str, &str)]) -> Resolved {
    let mut files = Files::default();
    let root = Path::new(root);
    let source = files.open(loader, root).expect("the root is there");
    let map = map.iter().map(|(from, to)| (PathBuf::from(from), PathBuf::from(to))).collect();
    let reach = Reach::of_root(loader, root, map);
    let config = resolve(&mut files, loader, &reach, &[(source, Contexts::MAIN)]);
    Resolved { files, config }
}

impl Resolved {
    /// The directives in nginx's order, blocks in braces, includes left out.
    fn flat(&self) -> String {
        let mut words = Vec::new();
        for step in self.config.tops().iter().flat_map(|top| self.config.walk(top)) {
            match step {
                Step::Enter(used) => {
                    let directive = used.directive();
                    let raw = String::from_utf8_lossy(directive.name().raw()).into_owned();
                    if raw != "include" {
                        words.push(raw);
                        words.extend(directive.is_block().then(|| "{".to_owned()));
                    }
                }
                Step::Leave(_) => words.push("}".to_owned()),
            }
        }
        words.join(" ")
    }

    fn name(&self, at: Use) -> String {
        let used = self.config.used(at);
        let file = self.files.sources.source(used.source()).name.display();
        format!("{file}:{}", String::from_utf8_lossy(used.directive().args().next().unwrap().raw()))
    }

    fn faults(&self) -> Vec<String> {
        let fault = |fault: &Fault| match &fault.kind {
            FaultKind::Cycle(chain) => {
                let names: Vec<_> = chain.iter().map(|&at| self.name(at)).collect();
                format!("cycle {}", names.join(" > "))
            }
            kind => format!("{kind:?} {}", fault.path.display()),
        };
        self.config.faults().iter().map(fault).collect()
    }

    fn unread(&self) -> Vec<String> {
        let unread = |one: &Unread| format!("{:?} {}", one.why, one.path.display());
        self.config.unread().iter().map(unread).collect()
    }
}

#[test]
fn includes_stand_for_their_files_in_order() {
    let memory = memory(&[
        ("/r/nginx.conf", "a; include c/*.conf; http { include c/x.inc; b; } z;"),
        ("/r/c/2.conf", "two;"),
        ("/r/c/10.conf", "ten; include c/x.inc;"),
        ("/r/c/x.inc", "x { y; }"),
    ]);
    let all = resolved(&memory, "/r/nginx.conf", &[]);
    assert_eq!(all.flat(), "a ten x { y } two http { x { y } b } z");
    assert!(all.config.is_complete());
    assert_eq!(all.files.sources.len(), 4, "a file in two places is read once");
}

#[test]
fn a_cycle_is_cut_and_its_chain_known() {
    let memory = memory(&[
        ("/r/nginx.conf", "include a;"),
        ("/r/a", "a; include b;"),
        ("/r/b", "b; include [a]; include nginx.conf;"),
    ]);
    let all = resolved(&memory, "/r/nginx.conf", &[]);
    assert_eq!(all.flat(), "a b");
    assert_eq!(
        all.faults(),
        ["cycle /r/a:b > /r/b:[a]", "cycle /r/nginx.conf:a > /r/a:b > /r/b:nginx.conf"]
    );
}

#[test]
fn doubling_files_are_bounded() {
    let mut memory = Memory::default();
    memory.insert("/r/nginx.conf", "include 0;");
    for level in 0..40 {
        memory.insert(format!("/r/{level}"), format!("include {0}; include {0};", level + 1));
    }
    memory.insert("/r/40", "x;");
    let all = resolved(&memory, "/r/nginx.conf", &[]);
    assert!(all.unread()[0].starts_with("TooMany"));
    assert!(!all.config.is_complete());
}

#[test]
fn what_is_absent_is_a_fault_only_where_it_would_be_one() {
    let text = "include no.conf; include no/*.conf; include mime.types; include $x.conf; \
                include /etc/nginx/conf.d/*.conf; include /etc/nginx/no.conf; include /opt/x.conf;";
    let away = resolved(&memory(&[("/r/nginx.conf", text)]), "/r/nginx.conf", &[]);
    assert_eq!(away.faults(), ["Absent /r/no.conf"]);
    assert_eq!(
        away.unread(),
        [
            "Elsewhere /r/mime.types",
            "Placeholder /r/$x.conf",
            "Elsewhere /r/conf.d/*.conf",
            "Elsewhere /r/no.conf",
            "Elsewhere /opt/x.conf"
        ]
    );
    let path = "/etc/nginx/nginx.conf";
    let installed = resolved(&memory(&[(path, text)]), path, &[]);
    assert_eq!(
        installed.faults(),
        [
            "Absent /etc/nginx/no.conf",
            "Absent /etc/nginx/mime.types",
            "Absent /etc/nginx/no.conf",
            "Absent /opt/x.conf"
        ]
    );
}

#[test]
fn a_dollar_is_a_byte_of_a_name_if_such_a_file_stands_there() {
    let files = [
        ("/r/nginx.conf", "include ./$x.conf; include ././c/*;"),
        ("/r/$x.conf", "x;"),
        ("/r/c/a", "a;"),
    ];
    let all = resolved(&memory(&files), "/r/nginx.conf", &[]);
    assert_eq!(all.flat(), "x a");
    let names: Vec<_> =
        all.files.sources.iter().map(|(_, one)| one.name.display().to_string()).collect();
    assert_eq!(names, ["/r/nginx.conf", "/r/$x.conf", "/r/c/a"]);
}

#[test]
fn nothing_outside_the_tree_is_read_unasked() {
    let files = [
        (
            "/r/nginx.conf",
            "include /s/x.conf; include ../s/x.conf; include /s/*.conf; include ../s/*.conf;",
        ),
        ("/s/x.conf", "x;"),
    ];
    let all = resolved(&memory(&files), "/r/nginx.conf", &[]);
    assert_eq!(all.flat(), "");
    assert_eq!(all.unread().len(), 4);
    let mapped = resolved(&memory(&files), "/r/nginx.conf", &[("/s", "/s")]);
    assert_eq!(mapped.flat(), "x x x x");
    let repository = [files.as_slice(), &[("/.git/HEAD", "")]].concat();
    assert_eq!(resolved(&memory(&repository), "/r/nginx.conf", &[]).flat(), "x x x x");
}

#[test]
fn a_relative_place_of_the_map_is_below_the_root() {
    let files = [
        (
            "/r/nginx.conf",
            "include sites-enabled/*; include ./sites-enabled/a; include /etc/nginx/sites-enabled/a; \
             include sites-enabled-too/a; include /opt/sites-enabled/a;",
        ),
        ("/r/sites-available/a", "x;"),
        ("/r/sites-enabled-too/a", "y;"),
        ("/r/.git/HEAD", ""),
    ];
    for from in ["sites-enabled", "./sites-enabled/"] {
        let all = resolved(&memory(&files), "/r/nginx.conf", &[(from, "/r/sites-available")]);
        assert_eq!(all.flat(), "x x x y", "{from}");
    }
    // The directory itself has no name of its own.
    let files = [("/r/nginx.conf", "include a.conf;"), ("/r/b/a.conf", "x;")];
    assert_eq!(resolved(&memory(&files), "/r/nginx.conf", &[(".", "/r/b")]).flat(), "x");
}

#[test]
fn an_installed_directory_stands_for_the_roots_own() {
    let files = [
        ("/r/nginx.conf", "include /etc/nginx/conf.d/*.conf;"),
        ("/r/conf.d/a.conf", "a; include /etc/nginx/s/b;"),
        ("/r/s/b", "b; include /srv/c;"),
        ("/t/c", "c;"),
    ];
    let all = resolved(&memory(&files), "/r/nginx.conf", &[("/srv", "/t")]);
    assert_eq!(all.flat(), "a b c");
    assert!(all.config.is_complete());
}

#[test]
fn links_and_directories_on_a_disk() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    #[expect(clippy::disallowed_methods, reason = "the test makes its own files")]
    {
        std::fs::create_dir_all(at("c/d.conf")).unwrap();
        std::fs::create_dir_all(at("available")).unwrap();
        std::fs::write(at("nginx.conf"), "include c/*.conf;").unwrap();
        std::fs::write(at("available/x"), "x;").unwrap();
        std::fs::write(at("available/y"), "y;").unwrap();
    }
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, at(name)).unwrap();
    link("/etc/nginx/available/x", "c/x.conf");
    link("../available/y", "c/y.conf");
    link("../nowhere", "c/z.conf");
    let all = resolved(&Disk, at("nginx.conf").to_str().unwrap(), &[]);
    assert_eq!(all.flat(), "x y");
    let shown = all.files.sources.iter().map(|(_, one)| one.name.clone()).collect::<Vec<_>>();
    assert_eq!(shown, [at("nginx.conf"), at("available/x"), at("available/y")]);
    let faults: Vec<_> =
        all.config.faults().iter().map(|fault| format!("{:?}", fault.kind)).collect();
    assert_eq!(faults, ["Directory", "Dangling"]);
}

#[test]
fn a_dump_is_its_own_world() {
    let text = b"# configuration file /etc/nginx/nginx.conf:\ninclude x/*.conf; include gone;\n# configuration file /etc/nginx/x/a.conf:\na;\n\n";
    let parts = parts(text).unwrap();
    let mut memory = Memory::default();
    for part in &parts {
        memory.insert(&part.name, part.bytes);
    }
    let mut files = Files::default();
    let source = files.open(&memory, &parts[0].name).unwrap();
    let reach = Reach::of_dump(&parts[0].name);
    let config = resolve(&mut files, &memory, &reach, &[(source, Contexts::MAIN)]);
    let all = Resolved { files, config };
    assert_eq!(all.flat(), "a");
    assert_eq!(all.unread(), ["Elsewhere /etc/nginx/gone"]);
    assert_eq!(
        all.files.sources.source(all.config.used(all.config.unread()[0].at).source()).name,
        PathBuf::from("/etc/nginx/nginx.conf")
    );
}

#[test]
fn fragments_tell_their_context() {
    let context = |text: &str| {
        let parsed = crate::syntax::parse(text.as_bytes().into());
        fragment_context(&parsed.tree, &crate::syntax::notes(&parsed.tree))
    };
    assert_eq!(context("server { listen 80; location / { } }"), Contexts::HTTP);
    assert_eq!(
        context("upstream a { server b:1; }\nserver { listen 80; proxy_pass a; }"),
        Contexts::STREAM
    );
    assert_eq!(context("listen 80;\nlocation / {}"), Contexts::SERVER);
    assert_eq!(context("proxy_pass http://a;"), Contexts::LOCATION);
    assert_eq!(
        context("# ngxlint: context=stream/server\nproxy_pass a:1;"),
        Contexts::STREAM_SERVER
    );
    assert_eq!(context(""), Contexts::HTTP);
}

/// Files that include each other and themselves in every way.
fn trees() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let names = ["nginx.conf", "a", "c/b.conf", "c/d.conf", "c/.e"];
    let lines = prop::sample::select(vec![
        "include a;",
        "include c/*;",
        "include c/*.conf;",
        "include [ac]*;",
        "include nginx.conf;",
        "include /etc/nginx/a;",
        "include ../r/c/b.conf;",
        "include no;",
        "include c;",
        "include $x;",
        "http {",
        "}",
        "user x;",
        "include",
        "map $a $b {",
    ]);
    let text = prop::collection::vec(lines, 0..6).prop_map(|lines| lines.join("\n"));
    prop::collection::vec(text, names.len())
        .prop_map(move |texts| names.into_iter().zip(texts).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn resolving_ends_and_every_use_is_reached_once(tree in trees()) {
        let mut memory = Memory::default();
        for (name, text) in &tree {
            memory.insert(Path::new("/r").join(name), text.as_str());
        }
        let all = resolved(&memory, "/r/nginx.conf", &[]);
        let mut seen = HashSet::new();
        let mut depth = 0i64;
        for step in all.config.tops().iter().flat_map(|top| all.config.walk(top)) {
            match step {
                Step::Enter(used) => {
                    prop_assert!(seen.insert(used.name()), "a use is met twice");
                    depth += i64::from(used.directive().is_block());
                    prop_assert!(all.config.chain(used.instance()).count() < 64);
                }
                Step::Leave(_) => depth -= 1,
            }
            prop_assert!(depth >= 0);
        }
        prop_assert_eq!(depth, 0);
        for source in all.config.sources() {
            prop_assert!(all.files.canonical(source).is_some_and(|path| path.starts_with("/r")));
        }
    }
}
