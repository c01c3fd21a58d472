use proptest::prelude::*;

use super::*;
use crate::nginx::{Flavor, Protocol};

const PAGE: &str = r#"+++
name = "http1-to-http2-upstream"
summary = "HTTP/1.x is sent to an upstream that only speaks HTTP/2"
aliases = ["nginx/upstream-sent-http-version-not-supported"]
[[symptom]]
log = "upstream sent no valid HTTP/1.0 header while reading response header from upstream"
client = "raw HTTP/2 bytes"
level = { "<1.31.0" = "crit", ">=1.31.0" = "error" }
schemes = ["https"]
status = [9]
proves = ["h2c"]
usual = true
[[workaround]]
text = "Set `proxy_http_version 2`"
versions = ">=1.29.4"
success = 85
source = "12 of 14 reports"
[[dead_end]]
text = "Set `proxy_http_version 1.1`"
+++

## What happens

nginx speaks **HTTP/1.0** to a listener that only speaks HTTP/2, and the answer is not what it can
read. See [the manual](https://nginx.org/en/docs/), and `**`.

- one item that is long enough to be wrapped at forty columns
- another

## Why

Before 1.25.1 a cleartext `listen … http2` takes only HTTP/2.

```text
## not a heading
```

## Examples

```nginx version=1.22 context=http
server {
    listen 8080 http2;
    location / { proxy_pass http://[::1]:8080; } # error: [http1-to-http2-upstream]
}
```

In a tree:

```nginx file=nginx.conf version=">=1.20, <1.25.1" flavor=openresty
include conf.d/*.conf;
x a; # warning: [a-b] # info: [c]
```

```nginx file=conf.d/a.conf
y; # error: [d]
```

```toml file=ngxlint.toml
flavor = "openresty"
```

```nginx fixed file=nginx.conf
z;
```

## How to mend it

1. Do.

## References

- none
"#;

#[test]
fn a_page_is_read_whole() {
    let page = Page::parse(PAGE).unwrap();
    assert_eq!(page.name, "http1-to-http2-upstream");
    assert_eq!(page.workarounds[0].versions.as_ref().unwrap().to_string(), ">=1.29.4");
    assert_eq!(page.workarounds[0].success, Some(85));
    assert_eq!(page.dead_ends[0].fails, None);
    let symptom = &page.symptoms[0];
    assert_eq!(symptom.client.as_deref(), Some("raw HTTP/2 bytes"));
    assert_eq!(symptom.levels[0], ("<1.31.0".parse().unwrap(), "crit".to_owned()));
    assert_eq!((&*symptom.proves, symptom.usual), (&[Protocol::H2c][..], true));
    assert_eq!((&*symptom.status, symptom.of_upstream), (&[9][..], false));
    let headings: Vec<_> = page.sections.iter().map(|section| section.heading).collect();
    assert_eq!(headings, ["What happens", "Why", "Examples", "How to mend it", "References"]);
    assert!(page.markdown().starts_with("# http1-to-http2-upstream\n\nHTTP/1.x is sent"));
}

#[test]
fn examples_are_trees_with_expectations() {
    let page = Page::parse(PAGE).unwrap();
    let [one, tree, fixed] = page.examples.as_slice() else { panic!("{:?}", page.examples) };
    assert_eq!(one.files[0].0.to_str(), Some(Example::FILE));
    assert_eq!(one.context.as_deref(), Some("http"));
    assert_eq!(one.version.as_ref().unwrap().to_string(), ">=1.22.0, <1.23.0");
    assert_eq!(
        one.line,
        PAGE.lines().position(|line| line.contains("version=1.22")).unwrap() as u32 + 1
    );
    let expected = &one.expected[0];
    assert_eq!((expected.line, expected.level), (3, Severity::Error));
    assert_eq!(expected.rule, page.name);

    let names: Vec<_> = tree.files.iter().map(|(name, _)| name.to_str().unwrap()).collect();
    assert_eq!(names, ["nginx.conf", "conf.d/a.conf", "ngxlint.toml"]);
    assert_eq!(tree.flavor, Some(Flavor::Openresty));
    let expected: Vec<_> = tree
        .expected
        .iter()
        .map(|one| format!("{}:{} {} {}", one.file.display(), one.line, one.level.name(), one.rule))
        .collect();
    assert_eq!(
        expected,
        ["nginx.conf:2 warning a-b", "nginx.conf:2 info c", "conf.d/a.conf:1 error d"]
    );
    assert!(fixed.fixed && fixed.expected.is_empty());
}

#[test]
fn a_page_is_readable_in_a_terminal() {
    let page = Page::parse(PAGE).unwrap();
    let text = page.text(44);
    let short: Vec<_> = text.lines().take(24).collect();
    insta::assert_snapshot!(short.join("\n"), @r#"
    HTTP/1.x is sent to an upstream that only
    speaks HTTP/2.

    The error log says: upstream sent no valid
    HTTP/1.0 header while reading response
    header from upstream

    The client meets: raw HTTP/2 bytes

    WHAT HAPPENS

    nginx speaks HTTP/1.0 to a listener that
    only speaks HTTP/2, and the answer is not
    what it can read. See the manual
    <https://nginx.org/en/docs/>, and `**`.

    - one item that is long enough to be wrapped
      at forty columns
    - another

    WHY

    Before 1.25.1 a cleartext `listen … http2`
    takes only HTTP/2.
    "#);
}

#[test]
fn chinese_is_wrapped_between_its_letters() {
    let mut out = String::new();
    text::render(
        &mut out,
        "如果上游只支持 HTTP/2（没有 `http/1.1`），就会失败。请改用 `grpc_pass`。",
        20,
    );
    insta::assert_snapshot!(out, @r"
    如果上游只支持
    HTTP/2（没有
    `http/1.1`），就会失
    败。请改用
    `grpc_pass`。
    ");
}

#[test]
fn what_is_no_page_is_said_with_its_line() {
    let without = |text: &str| PAGE.replace(text, "");
    let instead = |text: &str, other: &str| PAGE.replacen(text, other, 1);
    let cases = [
        String::new(),
        without("+++\n\n"),
        instead("aliases", "alias"),
        instead("name = ", "name = 1 #"),
        instead("only speaks HTTP/2\"", "only.\""),
        instead("http1-to-http2-upstream", "HTTP 1"),
        without("source = \"12 of 14 reports\"\n"),
        instead("success = 85", "success = 101"),
        instead("\">=1.29.4\"", "\"1.x\""),
        instead("log = ", "lgo = "),
        instead("\"crit\"", "\"critical\""),
        instead("\"<1.31.0\"", "\"<1.x\""),
        instead("\"h2c\"", "\"http2\""),
        instead("[[symptom]]", "[[symptom]]\n[[symptom]]"),
        without("## Why\n"),
        instead("## Why\n", "## Why not\n"),
        instead("## Why\n", "## Why\n## Why\n"),
        instead("## References", "## Examples"),
        instead("- none\n", ""),
        instead("## What happens", "hello\n## What happens"),
        instead("## What happens", "# Title\n## What happens"),
        instead("- none", "```\nopen"),
        instead("context=http", "contxt=http"),
        instead("version=1.22", "version=\"1.22"),
        instead("version=1.22", "version=1.2x"),
        instead("file=conf.d", "file=../conf.d"),
        instead("file=conf.d/a.conf", "version=1.22 file=conf.d/a.conf"),
        instead("z;", "z; # error: [e]"),
        instead("nginx version=1.22", "nginx fixed version=1.22"),
    ];
    let faults = cases.map(|text| match Page::parse(&text) {
        Ok(_) => "is a page".to_owned(),
        Err(error) => error.to_string(),
    });
    insta::assert_snapshot!(faults.join("\n"), @r#"
    line 1: a page begins with front matter between two `+++` lines
    line 1: a page begins with front matter between two `+++` lines
    line 4: unknown field `alias`, expected one of `name`, `summary`, `aliases`, `symptom`, `workaround`, `dead_end`
    line 2: invalid type: integer `1`, expected a string
    line 3: a summary has no full stop
    line 2: a rule's name is of kebab-case
    line 16: a figure needs its `source`
    line 16: a figure is of a hundred
    line 15: `1.x` is not an nginx version: write it as `1.22.1`, `1.22` or `>=1.20, <1.26`
    line 6: unknown field `lgo`, expected one of `log`, `client`, `versions`, `level`, `of_upstream`, `schemes`, `status`, `proves`, `suggests`, `usual`
    line 5: `critical` is no level of a log
    line 5: `1.x` is not an nginx version: write it as `1.22.1`, `1.22` or `>=1.20, <1.26`
    line 11: `http2` is nothing a peer speaks: one of http/1.0, http/1.1, h2c, h2, grpc, fastcgi, uwsgi, scgi, memcached, tls, cleartext, proxy-protocol, sni
    line 5: a symptom shows in the `log` or at the `client`
    line 37: the heading `Why` is missing, or not at its place
    line 30: `Why not` is no heading of a page: What happens, Why, Examples, How to mend it, What does not help, References
    line 30: nothing stands under `Why`
    line 70: the heading `References` is missing, or not at its place
    line 70: nothing stands under `References`
    line 22: text before the heading `What happens`
    line 22: the name is the title: no heading of first level
    line 72: this fence is not closed
    line 40: `contxt` is no option of an example
    line 40: a quotation mark is not closed
    line 40: `1.2x` is not an nginx version: write it as `1.22.1`, `1.22` or `>=1.20, <1.26`
    line 54: `../conf.d/a.conf` is no path below the example
    line 54: another version in the same tree
    line 62: a `fixed` example is clean
    line 40: a `fixed` example is clean
    "#);
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in "(\\+\\+\\+\n|## Why\n|```nginx file=a\n|`|=|#|[a-z\"\\[\\]() \n]){0,40}") {
        let _ = Page::parse(&text);
        let mut out = String::new();
        text::render(&mut out, &text, 20);
    }
}
