use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::source::Memory;

const RULES: [&str; 3] = ["lost-proxy-headers", "missing-upstream-sni", "syntax-error"];

fn parse(text: &str) -> Result<Settings, Error> {
    let mut memory = Memory::default();
    memory.insert("etc/ngxlint.toml", text);
    read(&memory, Path::new("etc/ngxlint.toml"), &RULES)
}

fn fault(text: &str) -> String {
    parse(text).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn every_key_is_read() {
    let settings = parse(
        r#"
nginx-version = "1.22"
flavor = "angie"
modules = ["lua", "brotli"]
roots = ["nginx/nginx.conf", "./other.conf", "/srv/nginx.conf"]
exclude = ["vendor/**"]
extra-directives = ["my_module_*"]
[include]
map = { "/opt/z" = "z", "/etc/nginx" = "nginx" }
[rules]
style = "allow"
lost-proxy-headers = "error"
[per-path."sites-available/legacy/*".rules]
lost-proxy-headers = "allow"
[[backend]]
address = "10.0.0.5:8080"
speaks = ["h2c"]
[[backend]]
address = "*.internal"
speaks = ["tls", "http/1.1", "proxy-protocol"]
"#,
    )
    .unwrap();
    assert_eq!(settings.file, Path::new("etc/ngxlint.toml"));
    assert_eq!(settings.directory, Path::new("/etc"));
    let version = settings.nginx_version.unwrap();
    assert_eq!((version.value.to_string().as_str(), version.line), (">=1.22.0, <1.23.0", 2));
    assert_eq!(settings.flavor.unwrap(), Stated { value: Flavor::Angie, line: 3 });
    assert_eq!(settings.modules.unwrap(), ["lua", "brotli"]);
    let roots = ["etc/nginx/nginx.conf", "etc/other.conf", "/srv/nginx.conf"];
    assert_eq!(settings.roots, roots.map(PathBuf::from));
    assert!(settings.exclude[0].matches(Path::new("vendor/a.conf")));
    assert_eq!(settings.extra_directives, ["my_module_*"]);
    let map = [("/opt/z", "etc/z"), ("/etc/nginx", "etc/nginx")];
    assert_eq!(settings.include_map, map.map(|(from, to)| (from.into(), to.into())));
    let rules = [("style", Level::Allow), ("lost-proxy-headers", Level::Error)];
    assert_eq!(settings.rules, rules.map(|(name, level)| (name.to_owned(), level)));
    assert_eq!(settings.per_path[0].rules, [("lost-proxy-headers".to_owned(), Level::Allow)]);
    assert!(settings.per_path[0].glob.matches(Path::new("sites-available/legacy/a.conf")));
    assert_eq!(settings.backends.len(), 2);
    assert_eq!(settings.backends[0].line, 15);
    assert_eq!(settings.backends[1].line, 18);
    assert_eq!(
        settings.backends[1].speaks,
        [Protocol::Tls, Protocol::Http11, Protocol::ProxyProtocol]
    );
}

#[test]
fn an_empty_file_says_nothing() {
    let settings = parse("").unwrap();
    assert!(settings.nginx_version.is_none() && settings.roots.is_empty());
}

#[test]
fn every_fault_names_file_line_and_key() {
    let cases = [
        "\nnginx-versoin = \"1.22\"",
        "nginx-version = 1.22",
        "nginx-version = \"1.2x\"",
        "nginx-version = \"\"",
        "flavor = \"openrestly\"",
        "roots = \"nginx.conf\"",
        "roots = [\n  \"a\",\n  3,\n]",
        "roots = [true]",
        "exclude = [\"../x\"]",
        "include = 3",
        "[include]\nmpa = {}",
        "[include]\nmap = { \"/etc/nginx\" = 1 }",
        "[include]\nmap = { \"\" = \"x\" }",
        "[rules]\nlost-proxy-header = \"error\"",
        "[rules]\nstyle = \"warn\"",
        "[rules]\nx = \"warning\"",
        "[rules.style]\nlevel = \"error\"",
        "[per-path.\"[a\".rules]\nstyle = \"info\"",
        "[per-path.\"a/*\"]\nstyle = \"info\"",
        "\n[per-path.\"a/*\"]",
        "[per-path.\"a/*\".rules]\nstlye = \"info\"",
        "[backend]\naddress = \"a\"",
        "\n[[backend]]",
        "[[backend]]\naddress = \"a\"\nspeaks = []",
        "[[backend]]\nadress = \"a\"\nspeaks = [\"h2c\"]",
        "[[backend]]\naddress = \"a\"\nspeaks = [\"h2c\"]\n[[backend]]\naddress = \"b\"\nspeaks = [\"http/1\"]",
        "a = 1\na = 2",
        "roots = [",
        "\"\\u001b[31m\" = 1",
    ];
    let faults: Vec<_> = cases.map(fault).into();
    insta::assert_snapshot!(faults.join("\n"), @r#"
    etc/ngxlint.toml:2: unknown key `nginx-versoin`; did you mean `nginx-version`?
    etc/ngxlint.toml:1: `nginx-version` is a string: write it in quotes, "1.22"
    etc/ngxlint.toml:1: `nginx-version`: `1.2x` is not an nginx version: write it as `1.22.1`, `1.22` or `>=1.20, <1.26`
    etc/ngxlint.toml:1: `nginx-version` is empty
    etc/ngxlint.toml:1: `flavor`: `openrestly` is no flavor: one of angie, freenginx, nginx, openresty, plus, tengine; did you mean `openresty`?
    etc/ngxlint.toml:1: `roots` is a list, not a string
    etc/ngxlint.toml:3: `roots` is a string: write it in quotes, "3"
    etc/ngxlint.toml:1: `roots` is a string, not a boolean
    etc/ngxlint.toml:1: `exclude`: `../x` leaves the directory that patterns begin at
    etc/ngxlint.toml:1: `include` is a table, not a number
    etc/ngxlint.toml:2: unknown key `include.mpa`; did you mean `map`?
    etc/ngxlint.toml:2: `include.map."/etc/nginx"` is a string: write it in quotes, "1"
    etc/ngxlint.toml:2: `include.map.""` maps the empty path
    etc/ngxlint.toml:2: `rules.lost-proxy-header` is no rule and no category; did you mean `lost-proxy-headers`?
    etc/ngxlint.toml:2: `rules.style`: `warn` is no level: one of allow, info, warning, error; did you mean `warning`?
    etc/ngxlint.toml:2: `rules.x` is no rule and no category
    etc/ngxlint.toml:1: `rules.style` is a string, not a table
    etc/ngxlint.toml:1: `per-path."[a"` cannot be read: `[a` is no pattern: unclosed character class; missing ']'
    etc/ngxlint.toml:2: unknown key `per-path."a/*".style`
    etc/ngxlint.toml:2: `per-path."a/*"` lacks the key `rules`
    etc/ngxlint.toml:2: `per-path."a/*".rules.stlye` is no rule and no category; did you mean `style`?
    etc/ngxlint.toml:1: `backend` is a list of tables: begin each with `[[backend]]`
    etc/ngxlint.toml:2: `backend` lacks the key `address`
    etc/ngxlint.toml:3: `backend.speaks` is empty: name at least one protocol
    etc/ngxlint.toml:2: unknown key `backend.adress`; did you mean `address`?
    etc/ngxlint.toml:6: `backend.speaks`: `http/1` is nothing a peer speaks: one of http/1.0, http/1.1, h2c, h2, grpc, fastcgi, uwsgi, scgi, memcached, tls, cleartext, proxy-protocol, sni; did you mean `http/1.0`?
    etc/ngxlint.toml:2: is not TOML: duplicate key
    etc/ngxlint.toml:1: is not TOML: unclosed array, expected `]`
    etc/ngxlint.toml:1: unknown key `"\u001b[31m"`
    "#);
}

#[test]
fn the_nearest_file_rules_up_to_the_repository() {
    let mut memory = Memory::default();
    memory.insert("ngxlint.toml", "flavor = \"plus\"");
    memory.insert("repo/.git/HEAD", "");
    memory.insert("repo/a/.ngxlint.toml", "flavor = \"angie\"");
    memory.insert("repo/a/b/nginx.conf", "");
    memory.insert("repo/c/nginx.conf", "");
    memory.insert("other/ngxlint.toml", "flavor = \"tengine\"");
    memory.insert("other/.ngxlint.toml", "flavor = \"plus\"");
    let found = |directory: &str| {
        let settings = discover(&memory, Path::new(directory), &RULES).unwrap()?;
        Some((settings.file, settings.flavor?.value))
    };
    assert_eq!(found("repo/a/b"), Some(("repo/a/.ngxlint.toml".into(), Flavor::Angie)));
    assert_eq!(found("/repo/a/b"), Some(("/repo/a/.ngxlint.toml".into(), Flavor::Angie)));
    assert_eq!(found("repo/c"), None);
    assert_eq!(found("other"), Some(("other/ngxlint.toml".into(), Flavor::Tengine)));
    assert_eq!(found(""), Some(("ngxlint.toml".into(), Flavor::Plus)));
    assert_eq!(found("repo/a/../a/b"), Some(("repo/a/../a/.ngxlint.toml".into(), Flavor::Angie)));
    assert_eq!(found("absent/x"), None);
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let mut memory = Memory::default();
    memory.insert("a/ngxlint.toml/x", "");
    memory.insert("b/ngxlint.toml", b"roots = []\n# \xff".as_slice());
    let fault = |path: &str| read(&memory, Path::new(path), &[]).map(|_| ()).unwrap_err();
    assert_eq!(fault("a/x.toml").to_string(), "a/x.toml: cannot be read: entity not found");
    assert_eq!(fault("b/ngxlint.toml").to_string(), "b/ngxlint.toml:2: is not UTF-8");
    assert!(discover(&memory, Path::new("a"), &[]).is_err());
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in "[a-z\\[\\]\"'={}., #0-9\n-]{0,60}|\\PC{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_value_is_too_much(key in prop::sample::select(vec![
        "nginx-version", "flavor", "modules", "roots", "exclude", "extra-directives", "include",
        "include.map", "rules", "rules.style", "per-path", "per-path.a", "per-path.a.rules",
        "backend",
    ]), value in prop::sample::select(vec![
        "1", "1.5", "true", "\"\"", "\"x\"", "[]", "[1]", "[\"x\"]", "[[]]", "[{}]", "{}",
        "{a=1}", "{a={}}", "1979-05-27", "[{address=1}]", "[{address=\"a\",speaks=\"h2\"}]",
    ])) {
        let _ = parse(&format!("{key} = {value}"));
    }
}
