//! Configurations of several files: the table that `includes` holds against nginx.

/// Files in a directory, and whether nginx takes them for a configuration.
pub(super) struct Tree {
    pub(super) takes: bool,
    /// What stands in `nginx.conf` behind `events {}`; `{conf}` is the directory it stands in.
    pub(super) root: &'static str,
    /// Names and texts; a name that ends in `/` is an empty directory.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Links: what they point to, and their names.
    pub(super) links: &'static [(&'static str, &'static str)],
    /// The releases in which this holds, as `--nginx-version` would say it; `*`: all.
    pub(super) releases: &'static str,
}

const fn takes(root: &'static str, files: &'static [(&'static str, &'static str)]) -> Tree {
    Tree { takes: true, root, files, links: &[], releases: "*" }
}

const fn refuses(root: &'static str, files: &'static [(&'static str, &'static str)]) -> Tree {
    Tree { takes: false, root, files, links: &[], releases: "*" }
}

const fn only(releases: &'static str, tree: Tree) -> Tree {
    Tree { releases, ..tree }
}

const fn linked(tree: Tree, links: &'static [(&'static str, &'static str)]) -> Tree {
    Tree { links, ..tree }
}

const A: &str = "env A;\n";

pub(super) static ALL: &[Tree] = &[
    // Names that are no patterns.
    takes("include a;", &[("a", A)]),
    takes("include d/a.conf;", &[("d/a.conf", A)]),
    takes("include ./a; include d/../a; include .//d///b;", &[("a", A), ("d/b", A)]),
    takes("include {conf}/a; include {conf}/d/b;", &[("a", A), ("d/b", A)]),
    takes(
        "include \"a b\"; include 'c;d'; include e\\ f;",
        &[("a b", A), ("c;d", A), ("e\\ f", A)],
    ),
    takes("include \"{a,b}\";", &[("{a,b}", A), ("a", A), ("b", A)]),
    takes("include ~/a;", &[("~/a", A)]),
    takes("include a\\b;", &[("a\\b", A)]),
    takes("include \"a\\\\b\";", &[("a\\b", A)]),
    takes("include \"\u{e9}\u{1f980}\";", &[("\u{e9}\u{1f980}", A)]),
    takes("include a]b; include -; include 0;", &[("a]b", A), ("-", A), ("0", A)]),
    takes("include a;", &[("a", "")]),
    takes("include a;\nenv B;", &[("a", "env A;")]),
    takes("include a;\nenv B;", &[("a", "# no line end")]),
    refuses("include a;", &[]),
    refuses("\n\ninclude d/a;", &[]),
    refuses("include d/a;", &[("d", A)]),
    refuses("include A;", &[("a", A)]),
    refuses("include \"a \";", &[("a", A)]),
    refuses("include \"{a,b}\";", &[("a", A), ("b", A)]),
    refuses("include a\\b;", &[("ab", A)]),
    refuses("include {conf}/a;", &[]),
    refuses("include \"\";", &[]),
    refuses("include .;", &[]),
    refuses("include d;", &[("d/a", A)]),
    refuses("include a/;", &[("a", A)]),
    // Patterns: order, and what they match.
    takes(
        "include c/*;",
        &[("c/b", A), ("c/B", A), ("c/a", A), ("c/10", A), ("c/2", A), ("c/_", A)],
    ),
    takes(
        "include c/*.conf;",
        &[("c/a.conf", A), ("c/a.conf.bak", A), ("c/b.CONF", A), ("c/.conf", A)],
    ),
    takes("include c/*;", &[("c/.hidden", "env"), ("c/seen", A)]),
    takes("include c/.*.conf;", &[("c/.hidden.conf", A), ("c/seen.conf", "env")]),
    takes("include c/.h*;", &[("c/.hidden", A)]),
    takes("include */a;", &[("c/a", A), (".d/a", "env")]),
    takes("include .d/*;", &[(".d/a", A)]),
    takes("include c/?;", &[("c/a", A), ("c/ab", "env"), ("c/b", A)]),
    takes("include c/??.conf;", &[("c/ab.conf", A), ("c/a.conf", "env")]),
    takes("include c/[a-c]*;", &[("c/a", A), ("c/c1", A), ("c/d", "env"), ("c/B", "env")]),
    takes("include c/[!a]*;", &[("c/a", "env"), ("c/b", A), ("c/.c", "env")]),
    takes("include c/[^a]*;", &[("c/a", "env"), ("c/b", A)]),
    takes("include c/[]a];", &[("c/]", A), ("c/a", A), ("c/b", "env")]),
    takes("include c/[a-];", &[("c/-", A), ("c/a", A), ("c/b", "env")]),
    takes("include c/[c-a];", &[("c/b", "env")]),
    takes("include c/[[:digit:]]*;", &[("c/1", A), ("c/a", "env"), ("c/2b", A)]),
    takes(
        "include c/[[:upper:][:space:]x];",
        &[("c/A", A), ("c/x", A), ("c/ ", A), ("c/a", "env")],
    ),
    takes("include c/[.]a;", &[("c/.a", "env")]),
    takes("include c/[a;", &[("c/[a", A), ("c/a", "env")]),
    takes("include c/[*;", &[("c/[", A), ("c/[a", A), ("c/a", "env")]),
    takes("include c/**;", &[("c/a", A), ("c/b", A)]),
    takes("include **/a;", &[("c/a", A), ("c/d/a", "env")]),
    takes("include \"c/{a,b}*\";", &[("c/a", "env"), ("c/{a,b}c", A)]),
    takes("include ~/*;", &[("~/a", A)]),
    takes("include c/a\\*;", &[("c/a*", A), ("c/ab", "env")]),
    takes("include \"c/a\\\\*\";", &[("c/a*", A), ("c/ab", "env")]),
    takes("include c/\\a*;", &[("c/ab", A), ("c/\\ab", "env")]),
    takes("include c/a\\?*;", &[("c/a?", A), ("c/ab", "env")]),
    // 1.31.3 is here with musl, to which `\` is itself inside `[…]` and at the end.
    only("<1.31", takes("include \"c/*\\\\\";", &[("c/\\", "env")])),
    only("<1.31", takes("include c/[\\]]*;", &[("c/]", A), ("c/a", "env")])),
    takes("include \\c/*;", &[("c/a", A)]),
    takes("include c/*a*b*;", &[("c/xaxbx", A), ("c/ab", A), ("c/ba", "env")]),
    takes("include c/*;", &[("c/a b", A), ("c/\u{e9}", A), ("c/z", A), ("c/$x", A)]),
    takes("include */*;", &[("a-b/x", A), ("a/x", A), ("a.b/x", A), ("a/b", A), ("a_/x", A)]),
    takes(
        "include */a/*.conf;",
        &[("1/a/x.conf", A), ("2/a/y.conf", A), ("2/b/z.conf", "env"), ("f", "env")],
    ),
    takes("include {conf}/c/*;", &[("c/b", A), ("c/a", A)]),
    takes("include ./c/*; include c//?; include c/../d/*;", &[("c/a", A), ("d/b", A)]),
    takes("include c/*.conf;", &[("c/a", "env")]),
    takes("include c/*.conf;", &[]),
    takes("include c/*/*.conf;", &[("c/a.conf", "env")]),
    takes("include c/*;", &[("c", "env")]),
    takes("include c/*;", &[("c/", "")]),
    refuses("include c/*;", &[("c/a", A), ("c/d/a", A)]),
    refuses("include c/*/;", &[("c/d/a", A)]),
    refuses("include c/.*;", &[("c/.a", A)]),
    refuses("include c/*;\n", &[("c/a", "\ninclude b;\n")]),
    // Links.
    linked(takes("include a;", &[("b", A)]), &[("b", "a")]),
    linked(
        takes("include e/*;", &[("v/a", A), ("v/b", A)]),
        &[("../v/b", "e/1"), ("../v/a", "e/2")],
    ),
    linked(takes("include l/*;", &[("d/a", A)]), &[("d", "l")]),
    linked(takes("include */a;", &[("d/a", A)]), &[("d", "c")]),
    linked(refuses("include a;", &[]), &[("nowhere", "a")]),
    linked(refuses("include e/*;", &[("e/b", A)]), &[("nowhere", "e/a")]),
    linked(refuses("include e/*;", &[("v/a", A)]), &[("../v", "e/a")]),
    linked(refuses("include a;", &[]), &[("a", "a")]),
    linked(takes("include */a;", &[]), &[("nowhere", "c")]),
    linked(refuses("include */a;", &[("d/x", A)]), &[("nowhere", "d/a")]),
    // Files that include files.
    takes("include d/a;", &[("d/a", "include b;\n"), ("b", A), ("d/b", "env")]),
    takes("include d/a;", &[("d/a", "include d/e/*;\n"), ("d/e/x", "include y;"), ("y", A)]),
    refuses("include d/a;", &[("d/a", "\ninclude b;\n"), ("d/b", A)]),
    takes(
        "include a; include b; include c;",
        &[("a", "include c;\nenv A;"), ("b", "include c; include a;"), ("c", A)],
    ),
    takes("include a; include a; include a;", &[("a", A)]),
    takes(
        "include 1;",
        &[("1", "include 2; include 3;"), ("2", "include 4; env A;"), ("3", A), ("4", A)],
    ),
    takes(
        "include 1; env A; include 5;",
        &[("1", "env A; include 2;"), ("2", "include 3;"), ("3", "include 4;"), ("4", A), ("5", A)],
    ),
    refuses("include a;", &[("a", "env A;\ninclude ./a;\n")]),
    refuses("include a;", &[("a", "include b;\n"), ("b", "\ninclude a;\n")]),
    refuses("include *.d/*;", &[("c.d/a", "include c.d/a;\n")]),
    // Every context.
    takes(
        "http { include a; }",
        &[
            ("a", "server { listen 127.0.0.1:17000; include b; }"),
            ("b", "location / { include c; }"),
            ("c", "proxy_pass http://127.0.0.1:1; include d;"),
            ("d", "limit_except GET { include e; }"),
            ("e", "deny all;"),
        ],
    ),
    takes(
        "http { include u/*; server { listen 127.0.0.1:17000; } }",
        &[("u/1", "upstream a { include s; }"), ("s", "server 127.0.0.1:1;")],
    ),
    takes(
        "http { server { listen 127.0.0.1:17000; if ($host = a) { include i; } } }",
        &[("i", "return 404;")],
    ),
    takes("http { types { include t; text/css css; } }", &[("t", "text/html html;\n")]),
    takes(
        "http { map $host $x { default 0; include m/*; } }",
        &[("m/1", "a 1;"), ("m/2", "b 2;\ninclude n/3;"), ("n/3", "c 3;")],
    ),
    takes("http { geo $x { default 0; include g; } }", &[("g", "10.0.0.0/8 1;\n")]),
    takes("http { geo $x { ranges; include g; } }", &[("g", "10.0.0.0-10.0.0.255 1;\n")]),
    only(">=1.29.8", takes("http { geo $x { include g*; } }", &[("g", "10.0.0.0/8 1;\n")])),
    takes("http { include c; }", &[("c", "charset_map koi8-r utf-8 { 80 E282AC; }\n")]),
    takes(
        "stream { include s; }",
        &[("s", "server { listen 127.0.0.1:17000; include p; }"), ("p", "proxy_pass 127.0.0.1:1;")],
    ),
    takes(
        "stream { map $remote_addr $x { include m; } upstream u { include s; } }",
        &[("m", "a 1;"), ("s", "server 127.0.0.1:1;")],
    ),
    takes(
        "include h;",
        &[("h", "http {\n    include s;\n}\n"), ("s", "server { listen 127.0.0.1:17000; }")],
    ),
    refuses("http { types { include t; } }", &[]),
    refuses("http { map $host $x { include m; } }", &[]),
    refuses("http { server { listen 127.0.0.1:17000; location / { include no; } } }", &[]),
];
