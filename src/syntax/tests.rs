//! What is read of hand-written texts. The laws for every text are in `tests/law/syntax.rs`.

use super::*;

fn parsed(text: &[u8]) -> Parsed {
    parse(text.into())
}

/// One line a directive: indentation, words, what follows; then the problems.
fn sketch(text: &str) -> String {
    let Parsed { tree, problems } = parsed(text.as_bytes());
    let mut lines = Vec::new();
    for directive in tree.directives() {
        let depth = std::iter::successors(directive.parent(), |one| one.parent()).count();
        let mut words = vec![directive.name()];
        words.extend(directive.args());
        let words: Vec<_> =
            words.iter().map(|word| format!("{}", word.value().escape_ascii())).collect();
        let end = match directive.body() {
            Body::None => "",
            Body::Block => " {",
            Body::Raw(_) => " {lua",
        };
        lines.push(format!("{}{}{end}", "  ".repeat(depth), words.join("|")));
    }
    for problem in problems {
        let at = problem.span;
        lines.push(format!("! {:?} {}..{} {}", problem.kind, at.start, at.end, problem.nginx));
    }
    lines.join("\n")
}

#[test]
fn words_are_split_as_nginx_splits_them() {
    assert_eq!(
        sketch("a b;c{d;}#e\nf"),
        "a|b\nc {\n  d\nf\n! MissingSemicolon 13..13 unexpected end of file, expecting \";\" or \"}\""
    );
    assert_eq!(sketch(r#"if ($a = "x y") { return 1; }"#), "if|($a|=|x y|) {\n  return|1");
    assert_eq!(sketch(r"location ~ a\;b {}"), r"location|~|a\\;b {");
    assert_eq!(sketch("a # b\n c;"), "a|c");
    assert_eq!(sketch("a \"\" '' \"b\\\"c\" 'd\\te' \\\"f;"), "a|||b\\\"c|d\\te|\\\"f");
    assert_eq!(sketch("\"server\" {}"), "server {");
    assert_eq!(sketch("a ${b} ${{c}}d;"), "a|${b}|${{c}}d");
}

#[test]
fn lua_is_one_piece() {
    let text = "location / { content_by_lua_block { local a = '}' -- }\n } return 1; }";
    assert_eq!(sketch(text), "location|/ {\n  content_by_lua_block {lua\n  return|1");
    assert_eq!(sketch("\"content_by_lua_block\" { a = {} }"), "content_by_lua_block {lua");
    assert!(sketch("content_by_lua_block { if }} x").contains("UnexpectedClose"));
    assert!(sketch("content_by_lua_block { {").contains("UnclosedLua 21..22"));
}

#[test]
fn templates_are_opaque() {
    let text = "{% if a %}\nlisten {{ port }}{% if b %} ssl{% endif %};\n{% endif %}\n{{ more }}\n{{ name }} on;\nupstream {{ name }} {\n}";
    assert_eq!(
        sketch(text),
        "listen|{{ port }}{% if b %}|ssl{% endif %}\n{{ name }}|on\nupstream|{{ name }} {"
    );
    assert_eq!(sketch("<% if a -%>\nlisten <%= port %>;\n<% end %>"), "listen|<%= port %>");
    let text = "{% set all = [\n  { 'a': b, \"c\": 'd;' },\n] %}\nlisten 80;\n<%\n  x = { }\n%>\nlisten 81;";
    assert_eq!(sketch(text), "listen|80\nlisten|81");
    // One that never ends is none.
    assert!(sketch("{% set a\nlisten 80;").contains("unexpected \"{\""));
}

#[test]
fn every_problem_is_found_where_it_began() {
    // The `;` is missing, and the words could not be one directive.
    let text = "location / {\n  proxy_pass http://a\n  proxy_set_header Host $host;\n}";
    assert_eq!(
        sketch(text),
        "location|/ {\n  proxy_pass|http://a\n  proxy_set_header|Host|$host\n! MissingSemicolon 34..34 invalid number of arguments in \"proxy_pass\" directive"
    );
    let text = "events {}\nuser a b\nhttp {\n}";
    let found = "! MissingSemicolon 18..18 directive \"user\" is not terminated by \";\"";
    assert!(sketch(text).ends_with(found));
}

#[test]
fn a_directive_among_words_that_are_none_begins_another() {
    for (text, at) in [
        ("listen 80\nserver_name a;", 9),
        ("server a:1 weight=1\nkeepalive 5;", 19),
        ("access_log f\nerror_log g;", 12),
        ("ssl_protocols TLSv1.2\nssl_ciphers X;", 21),
        ("keepalive 5\nserver b:2;", 11),
    ] {
        assert!(sketch(text).contains(&format!("! MissingSemicolon {at}..{at}")), "{text}");
    }
    for text in
        ["listen 443\n  ssl\n  http2;", "resolver 1.1.1.1\n valid=30s;", "server a:1\n down;"]
    {
        assert!(!sketch(text).contains('!'), "{text}");
    }
}

#[test]
fn a_line_that_may_belong_to_the_directive_is_left_alone() {
    for text in [
        "server_name a\n  proxy\n  root;",
        "proxy_next_upstream\n error\n timeout;",
        "map $a $b {\n x\n proxy_pass;\n}",
        "unknown_thing a\n root b;",
    ] {
        assert!(!sketch(text).contains('!'), "{text}");
    }
}

#[test]
fn the_brace_that_is_missing_is_found_by_its_indentation() {
    let text = "http {\n  server {\n    location / {\n      return 1;\n  }\n  server {\n  }\n}\n";
    let brace = text.find("/ {").unwrap() + 2;
    assert!(sketch(text).ends_with(&format!(
        "! UnclosedBlock {brace}..{} unexpected end of file, expecting \"}}\"",
        brace + 1
    )));
    assert!(sketch("http {\n server {\n }\n").contains("UnclosedBlock 5..6"));
}

#[test]
fn a_block_in_an_unclosed_block_of_lines_is_one_problem() {
    let text = "http {\n  types {\n  map $a $b {\n  }\n}\n";
    let problems = parsed(text.as_bytes()).problems;
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    let found = (problem.kind, problem.nginx.as_str());
    assert_eq!(found, (ProblemKind::UnclosedBlock, "unexpected \"{\""));
    let noticed = problem.noticed.map(|span| span.range());
    assert_eq!(noticed, text.find("b {").map(|at| at + 2..at + 3));
}

#[test]
fn a_quote_that_never_ends_costs_one_line() {
    let text = "add_header X \"a;\nadd_header Y \"b\";\nreturn 1;";
    assert_eq!(
        sketch(text),
        "add_header|X|a\nadd_header|Y|b\nreturn|1\n! UnclosedQuote 13..14 unexpected \"b\""
    );
    let text = "a \"b;\nc d;";
    assert!(sketch(text).starts_with("a|b\nc|d\n! UnclosedQuote 2..3 unexpected end of file"));
    let (text, found) = ("a \"b\"c d;", "! AfterQuote 5..6 unexpected \"c\"");
    assert!(sketch(text).ends_with(found));
}

#[test]
fn stray_bytes_are_passed_over() {
    assert_eq!(
        sketch("a; } b; ; { c; } d;"),
        "a\nb\nc\nd\n! UnexpectedClose 3..4 unexpected \"}\"\n! UnexpectedStart 8..9 unexpected \";\"\n! UnexpectedStart 10..11 unexpected \"{\""
    );
}

#[test]
fn lists_hold_no_blocks() {
    let text = "map $a $b {\n x {\n y;\n }\n}";
    assert!(sketch(text).ends_with("! UnexpectedBlock 15..16 unexpected \"{\""));
}

#[test]
fn large_and_odd_inputs_are_quick() {
    let deep = format!("{}{}", "a {".repeat(10_000), "}".repeat(10_000));
    assert_eq!(parsed(deep.as_bytes()).problems, []);
    for odd in [
        "\"", "'", "{", "}", "{{", "{%", "{#", "<%", "a\n", "\\", "$", "#\n", "a\"", "\"\n",
        "'\n\"\n", "x\"\n'",
    ] {
        let text = odd.repeat(2_000_000 / odd.len());
        assert_eq!(print(&parsed(text.as_bytes()).tree), text.as_bytes(), "{odd}");
    }
    let lua = format!("content_by_lua_block {{ {}", "[==[ {\"".repeat(200_000));
    assert_eq!(parsed(lua.as_bytes()).problems.len(), 1);
}
