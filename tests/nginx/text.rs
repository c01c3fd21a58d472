//! Small texts, and what becomes of each: the table that `tokens` holds against nginx.

/// A text and what nginx makes of it.
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) fate: Fate,
}

/// What becomes of a text.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// nginx takes it.
    Accepted,
    /// nginx cannot split it into directives.
    Syntax,
    /// nginx refuses it for what it says, not for how it is written.
    Meaning,
    /// nginx refuses how it is written, but here that is for the rule of this name to say.
    Rule(&'static str),
}

use Fate::{Accepted, Meaning, Rule, Syntax};

/// Texts that stand behind `events {}`.
const BEHIND_EVENTS: &[(Fate, &[u8])] = &[
    // Quotes.
    (Accepted, b"env A=b;"),
    (Accepted, b"env \"A=b c\";"),
    (Accepted, b"env 'A=b c';"),
    (Accepted, b"env \"A=b;c{d}#e\";"),
    (Accepted, b"env \"A=b\nc\";\nenv 'D=\n\n';"),
    (Accepted, b"env \"\";"),
    (Accepted, b"env a\"b;"),
    (Accepted, b"env \"a'b\"; env 'a\"b';"),
    (Accepted, b"env \"A\"\n;"),
    (Accepted, b"env A;\"env\" B;'env' C;"),
    (Meaning, b"env A=\"b c\";"),
    (Meaning, b"env A=\"b;c\";"),
    (Meaning, b"env \"A\");"),
    (Meaning, b"env \"a\"\n\"b\";"),
    (Meaning, b"\"\" A;"),
    (Meaning, b"\"env A\";"),
    (Syntax, b"env \"A\"b;"),
    (Syntax, b"env \"A\"\"b\";"),
    (Syntax, b"env 'it''s';"),
    (Syntax, b"env \"A\"}"),
    (Syntax, b"env \"A\"#c\n;"),
    (Syntax, b"env \"A\"\\;"),
    (Syntax, b"env \"A\"$b;"),
    (Syntax, b"env \"A\"\x0b;"),
    (Syntax, b"env \"A\"\0;"),
    (Syntax, b"env \"A\"\xe9;"),
    (Syntax, b"\n\nenv \"A=\nb\"c;\n"),
    (Syntax, b"\"env\"A;"),
    (Syntax, b"env \"A"),
    (Syntax, b"env \"A;\n\n\n"),
    (Syntax, b"env 'A\";"),
    (Syntax, b"env \"A\\\";"),
    (Syntax, b"\""),
    (Syntax, b"env A; '"),
    (Syntax, b"env \"A;\nenv \"B\";\n"),
    (Syntax, b"env 'A;\nenv B;\nenv 'C';\n"),
    // Escapes.
    (Accepted, b"env \"A\\\\\";"),
    (Accepted, b"env A\\;b;"),
    (Accepted, b"env A\\ b;"),
    (Accepted, b"env A\\{b;"),
    (Accepted, b"env A\\\nb;"),
    (Accepted, b"env \\\"A;"),
    (Accepted, b"env A\\\\;"),
    (Accepted, b"env \\#A;"),
    (Accepted, b"env \\};"),
    (Accepted, b"env \\;;"),
    (Meaning, b"\\env A;"),
    (Meaning, b"e\\nv A;"),
    (Syntax, b"env A\\;"),
    (Syntax, b"env A\\"),
    (Syntax, b"env \\"),
    (Syntax, b"env \"A\\"),
    // Dollars and braces.
    (Accepted, b"env ${A};"),
    (Accepted, b"env ${{A}};"),
    (Accepted, b"env $A$;"),
    (Accepted, b"env a${b;"),
    (Accepted, b"env a}b;"),
    (Accepted, b"env \"$a{b}\";"),
    (Rule("directive-block"), b"env $ {A};"),
    (Rule("directive-block"), b"env $A{b};"),
    (Rule("directive-block"), b"env A{}"),
    (Rule("directive-block"), b"env A {\n}\n"),
    (Rule("directive-block"), b"env \"A\"{}"),
    (Rule("directive-block"), b"env $\\{A{"),
    // Comments.
    (Accepted, b"#c"),
    (Accepted, b"env A;#c"),
    (Accepted, b"env A#b;"),
    (Accepted, b"env #b;\nA#\n;"),
    (Accepted, b"env\n#x\nA\n#y {\n;"),
    (Accepted, b"#\"\nenv A;"),
    (Accepted, b"#c\renv A"),
    (Accepted, b"env A;#\n#\r\n# }\n"),
    (Syntax, b"env A#b"),
    (Syntax, b"env A #;\n"),
    (Syntax, b"env A; #c\n}"),
    // Blank space and other bytes.
    (Accepted, b"env\tA\t;"),
    (Accepted, b"env\r\nA;\r\nenv B;\r\n"),
    (Accepted, b"env A;\renv B;"),
    (Accepted, b"env A\x0bB;"),
    (Accepted, b"env A\x0cB;"),
    (Accepted, b"env A=\xe9;"),
    (Accepted, b"env \"A=\xff\xfe\";"),
    (Accepted, b"env A\xc2\xa0B;"),
    (Accepted, b"env A\0B;"),
    (Meaning, b"\x0benv A;"),
    (Meaning, b"env\x0cA;"),
    (Meaning, b"env\xc2\xa0A;"),
    (Meaning, b"\xc2\xa0\nenv A;"),
    (Meaning, b"env A;\xe2\x80\x8b\nenv B;"),
    (Meaning, b"\0env A;"),
    (Meaning, b"e\0 A;"),
    (Syntax, b"env A;\r}\r\n"),
    (Syntax, b"\r\r\r\n\r\n}\r\n"),
    // A `;` is missing.
    (Meaning, b"env;"),
    (Meaning, b"env A B;"),
    (Syntax, b"env"),
    (Syntax, b"env A"),
    (Syntax, b"env A\n\n\n"),
    (Syntax, b"env A\nenv B;"),
    (Syntax, b"env A\nenv B;\nenv C;\nenv D\nenv E;"),
    (Syntax, b"env A }"),
    (Syntax, b"env\n}"),
    (Syntax, b"worker_rlimit_nofile 64\nenv B;\n"),
    (Syntax, b"pid nginx.pid\nhttp {\n}\n"),
    (Syntax, b"http {\n    sendfile on\n    tcp_nopush on;\n}\n"),
    (Syntax, b"http {\n    sendfile on\n}\n"),
    (
        Syntax,
        b"http {\n    sendfile on;\n    tcp_nopush on\n\n    # c\n    map $host $x {\n    }\n}\n",
    ),
    (Syntax, b"http {\n    map $host $x {\n        a b\n    }\n}\n"),
    (Syntax, b"http {\n    types {\n        text/html html\n    }\n}\n"),
    (Syntax, b"http {\n    default_type text/html\n"),
    // Braces and semicolons that are too many, or too few.
    (Accepted, b"http {}env A;"),
    (Accepted, b"http\n\n{\n\n}\n\n"),
    (Accepted, b"http {#c\n}#c\n"),
    (Accepted, b"http #c {\n{}"),
    (Accepted, b"\"http\" {}"),
    (
        Accepted,
        b"http { types { text/html html; } map $host $x { default a; include b*; hostnames; } }",
    ),
    (Accepted, b"http { map $host $x { http 1; server \"{\"; location ${x}; proxy_pass '}'; } }"),
    (Accepted, b"'http'{}"),
    (Meaning, b"http server {\n}\n"),
    (Syntax, b"}"),
    (Syntax, b"\n\n  }\n"),
    (Syntax, b"env A; }"),
    (Syntax, b"env A; } env B; }"),
    (Syntax, b"http {}}"),
    (Syntax, b"http {\n}\n}\n"),
    (Syntax, b"; env A;"),
    (Syntax, b"env A;;"),
    (Syntax, b"http {};"),
    (Syntax, b"{ }"),
    (Syntax, b"env A; {\n}\n"),
    (Syntax, b"http {{ }"),
    (Syntax, b"http { types { a { } } }"),
    (Syntax, b"http {\n    map $host $x {\n        a b;\n        c {\n        }\n    }\n}\n"),
    (Syntax, b"http {\n    map $host $x {\n        a b;\n    server {\n    }\n}\n"),
    (Syntax, b"http {\n    geo $x {\n        default 0\n    }\n    server {\n    }\n}\n"),
    (Syntax, b"http {\n    map $host $x {\n        ;\n    }\n}\n"),
    (Syntax, b"http {\n;\n}\n"),
    (Syntax, b"http {\n{\n}\n}\n"),
    (Syntax, b"http {"),
    (Syntax, b"http {\n    sendfile on;\n\n"),
    (Syntax, b"http {\n    types {\n    }\n\n"),
    (Syntax, b"http {\n  types {\n  map $host $x {\n  }\n}\n"),
    (Rule("directive-block"), b"http;"),
    (Rule("directive-block"), b"http\n;\n"),
    // Templates are for people to fill in first.
    (Rule("template-file"), b"http {{}}"),
    (Rule("template-file"), b"env {{ name }};"),
    (Rule("template-file"), b"{% if a %}\nenv A;\n{% endif %}\n"),
];

/// Texts that stand in a server of `http`.
const IN_SERVER: &[(Fate, &[u8])] = &[
    (Accepted, b"location ~ a\\;b { }"),
    (Accepted, b"location ~ \"a;b\" { }"),
    (Accepted, b"location ~ \\.(a|b)$ { }"),
    (Accepted, b"location ~ \"^/[0-9]{3}$\" { }"),
    (Accepted, b"location ~ ^/a\\{3\\}$ { }"),
    (Accepted, b"location = /a{}location /b{}"),
    (Accepted, b"if ($host = \"a\") { }"),
    (Accepted, b"if ($host = \"a\"){ }"),
    (Accepted, b"if ($host ~ ^(a|b)$) { return 404; }"),
    (Accepted, b"set $a \"${host}b\"; set $b ${host}b; set $c '{';"),
    (Accepted, b"return 200 \"{\\\"a\\\": \\\"$host\\\"}\";"),
    (Accepted, b"set $a b#c; set $d \"#\"; #e;"),
    (Meaning, b"if ($host = \"a\" ) { return 404 1 2; }"),
    (Syntax, b"location / {\n    return 200\n}\n"),
    (Syntax, b"location / {\n    proxy_pass http://127.0.0.1\n    proxy_buffering off;\n}\n"),
    (Syntax, b"location / {\n    proxy_pass http://127.0.0.1:1\n    proxy_set_header A b;\n}\n"),
    (Syntax, b"server_tokens off\nlocation / {\n}\n"),
    (Syntax, b"location / {\n    return 204;\n\nlocation /b {\n}\n"),
    (Rule("directive-context"), b"location / {\n    return 204;\n}}\n\nlocation /b {\n}\n"),
    (Syntax, b"add_header X \"a;\nadd_header Y \"b\";\n"),
    (Syntax, b"add_header X \"a\" \"always;\nreturn 200 'x';\n"),
    (Syntax, b"if ($host = \"a\"b) { }"),
    (Syntax, b"return 200 \"a\"\"b\";"),
    (Rule("directive-block"), b"location /\n    return 204;\n"),
    (Rule("directive-block"), b"location /;\n"),
    (Rule("unknown-directive"), b"location ~ ^/[0-9]{3}$ { }"),
    (Rule("template-file"), b"listen {{ port }};"),
];

/// Texts of their own.
const WHOLE: &[(Fate, &[u8])] = &[
    (Accepted, b"events{}"),
    (Accepted, b"events {}#c"),
    (Accepted, b"\n\t \r\n\"events\" {}"),
    (Accepted, b"events\n#c\n{\n#}\n}\n"),
    (Meaning, b""),
    (Meaning, b"\n"),
    (Meaning, b" \t\r\n  "),
    (Meaning, b"# events {}"),
    (Rule("byte-order-mark"), b"\xef\xbb\xbfevents {}"),
    (Rule("byte-order-mark"), b"\xef\xbb\xbf\nevents {}"),
    (Rule("byte-order-mark"), b"\xff\xfee\0v\0e\0n\0t\0s\0 \0{\0}\0"),
    (Syntax, b"e"),
    (Syntax, b"events"),
    (Syntax, b"events {"),
    (Syntax, b"events {\n"),
    (Syntax, b"events {}}"),
    (Syntax, b"events { worker_connections 10 }"),
    (Syntax, b"events {\n    worker_connections 10\n}\n"),
    (Syntax, b"events {\n    worker_connections 10\n    multi_accept on;\n}\n"),
    (Syntax, b"events { worker_connections \"10\"; } }"),
    (Syntax, b"events { worker_connections \"10; }\n\n"),
    (Rule("directive-block"), b"events;"),
];

/// The longest words, quoted words and comments, and those one byte longer. Nothing is too long
/// at the end of a file.
fn long() -> impl Iterator<Item = (Fate, Vec<u8>)> {
    let overlong = Rule("overlong-token");
    let of = |before: &'static str, length: usize, behind: &'static str| {
        [before.as_bytes(), &b"a".repeat(length), behind.as_bytes()].concat()
    };
    let pairs = [
        ("env ", 4095, ";\n"),
        ("env ", 4094, " ;\n"),
        ("env \"", 4094, "\";\n"),
        ("env \"", 4093, "\" ;\n"),
        ("env A;\n#", 4094, "\nenv B;\n"),
        ("\n\n\nenv A=\\", 4092, ";\n"),
    ];
    let edges = pairs.into_iter().flat_map(move |(before, longest, behind)| {
        let longest = |more: usize| of(before, longest + more, behind);
        [(Accepted, longest(0)), (overlong, longest(1)), (overlong, longest(5))]
    });
    let more = [
        (Accepted, of("#", 4094, "")),
        (Accepted, [b"env A;".as_slice(), &b" ".repeat(10_000), b"env B;"].concat()),
        (Accepted, [b"env A".as_slice(), &b"\n".repeat(10_000), b";"].concat()),
        (Syntax, [b"env A".as_slice(), &b"\n".repeat(10_000), b"}"].concat()),
        (Syntax, of("env \"", 10_000, ";\n")),
        (Syntax, [b"env 'A;\n".as_slice(), &b"env A;\n".repeat(1000)].concat()),
        (Syntax, [b"env A=\"b;\nenv \"A;\n".as_slice(), &b"env A;\n".repeat(1000)].concat()),
        (Accepted, b"env A;\n".repeat(1000)),
    ];
    edges.chain(more)
}

/// All of them.
pub(super) fn all() -> Vec<Text> {
    let behind = BEHIND_EVENTS.iter().map(|&(fate, text)| (fate, text.to_vec())).chain(long());
    let behind = behind.map(|(fate, text)| (fate, [b"events {}\n", text.as_slice()].concat()));
    let server = IN_SERVER.iter().map(|&(fate, text)| {
        let before = b"events {}\nhttp { server { listen 127.0.0.1:17000;\n".as_slice();
        (fate, [before, text, b"\n} }\n"].concat())
    });
    let whole = WHOLE.iter().map(|&(fate, text)| (fate, text.to_vec()));
    behind.chain(server).chain(whole).map(|(fate, bytes)| Text { bytes, fate }).collect()
}
