use super::*;

#[test]
fn full_shows_both_places_and_what_to_do() {
    insta::assert_snapshot!(mismatch().full(), @r#"
    error: `proxy_pass` speaks HTTP/1.0 to a listener that takes only HTTP/2 [a-rule]
       ╭─[conf.d/site.conf:7:2]
     6 │     # to the app
     7 │     proxy_pass http://app;
       ·     ─────────────────────
     8 │     }
       ╰────
       ╭─[conf.d/site.conf:2:5]
     1 │ upstream app {
     2 │     server 10.0.0.1:8080;
       ·     ──────────┬─────────
       ·               ╰── by way of this server
     3 │ }
       ╰────
       ╭─[conf.d/app.conf:2:5]
     1 │ server {
     2 │     listen 10.0.0.1:8080 http2;
       ·     ─────────────┬────────────
       ·                  ╰── this listener takes only HTTP/2
     3 │ }
       ╰────
      = affects: nginx <1.25.1
      = log: upstream sent no valid HTTP/1.0 header
      = help: Raising `proxy_http_version` to 1.1 does not help: the listener takes
              no HTTP/1 at all in these releases.
      = fix: speak HTTP/2 to it (unsafe, 1 edit, for nginx >=1.29.4)
      = see: ngxlint rule a-rule
    "#);
}

#[test]
fn full_colours_when_asked() {
    let look = Look { color: true, ..narrow() };
    let colored = text(|out| full(out, &mismatch().report, look));
    assert!(colored.starts_with("\x1b[31merror:\x1b[0m `proxy_pass`"), "{colored:?}");
    assert!(!mismatch().full().contains('\x1b'));
}

#[test]
fn the_page_of_a_rule_is_a_link_where_asked() {
    let mut builder = mismatch();
    let linked = Look { links: true, ..narrow() };
    let with = text(|out| full(out, &builder.report, linked));
    let (start, end) = ("\x1b]8;;https://example.org/rules/a-rule\x1b\\", "\x1b]8;;\x1b\\");
    assert!(with.ends_with(&format!("  = see: {start}ngxlint rule a-rule{end}\n\n")), "{with:?}");
    // Nothing else differs, and what is on no web is no link.
    assert_eq!(with.replace(start, "").replace(end, ""), builder.full());
    builder.report.cards[0].url = "rules/a-rule.md".into();
    assert_eq!(text(|out| full(out, &builder.report, linked)), builder.full());
}

#[test]
fn full_makes_everything_visible() {
    let conf = b"a \x1b[31m\x07red;\xff\xfe\r\nb \xe2\x80\xaetxt\xc2\xa0x;\r\n\tc\rd \x7f;\r\n";
    let mut builder = Builder::new(&[("e\u{1b}[2J.conf", conf)]);
    let at = builder.at(0, "txt");
    let labels = [(builder.at(0, "red"), "a \u{1b}]8;; label"), (builder.at(0, "d "), "here")];
    builder.add(at, "bell \u{7} and \u{202e} rtl\nnext", &labels).help = vec!["\u{9b}31m".into()];
    let full = builder.full();
    insta::assert_snapshot!(full, @r#"
    error: bell ␇ and \u{202e} rtl␊next [a-rule]
       ╭─[e␛[2J.conf:2:4]
     1 │ a ␛[31m␇red;\xff\xfe
       ·         ─┬─
       ·          ╰── a ␛]8;; label
     2 │ b \u{202e}txt\u{a0}x;
       ·           ───
     3 │     c␍d ␡;
       ·       ─┬
       ·        ╰── here
       ╰────
      = help: \u{9b}31m
      = see: ngxlint rule a-rule
    "#);
    let raw = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
    assert!(!full.contains(raw) && !builder.concise().replace('\n', "").contains(raw));
    insta::assert_snapshot!(builder.concise(), @r#"e␛[2J.conf:2:4: error: bell ␇ and \u{202e} rtl␊next [a-rule]"#);
}

#[test]
fn wherever_a_line_is_wrapped_a_runner_finds_no_command() {
    let mut builder = mismatch();
    for width in [40, 80, 100] {
        for padding in 0..110 {
            let text =
                format!("{} ::stop-commands::tok ##[add-mask]a ::error::b", "x".repeat(padding));
            let found = &mut builder.report.diagnostics[0];
            found.symptoms = vec![text.clone()];
            found.help = vec![text.clone(), text.trim_start().into()];
            let full = text_of_width(&builder, width);
            let obeyed = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
            let obeyed: Vec<_> = full.lines().filter(obeyed).collect();
            assert!(obeyed.is_empty(), "{width} {padding}: {obeyed:?}");
        }
    }
    // What is no command is left as it is.
    assert!(
        text_of_width(&builder, 400)
            .contains("x ::stop-commands::tok ##\\u{5b}add-mask]a ::error::b\n")
    );
}

fn text_of_width(builder: &Builder, width: usize) -> String {
    text(|out| full(out, &builder.report, Look { width, ..Look::default() }))
}

#[test]
fn full_cuts_long_lines_around_what_matters() {
    let long = format!("{}here{}\n", "é".repeat(300), "x".repeat(1000));
    let mut builder = Builder::new(&[("long.conf", long.as_bytes())]);
    let (here, start) = (builder.at(0, "here"), builder.at(0, "é"));
    builder.add(here, "far out", &[]);
    builder.add(here, "two places", &[(start, "cut away")]);
    builder.add(start, "at the start", &[]);
    insta::assert_snapshot!(builder.full(), @r#"
    error: far out [a-rule]
       ╭─[long.conf:1:301]
     1 │ …ééééééééééééééééherexxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
       ·                  ────
       ╰────
      = see: ngxlint rule a-rule

    error: two places [a-rule]
       ╭─[long.conf:1:301]
     1 │ …ééééééééééééééééherexxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
       ·  ▲               ────
       ·  ╰── cut away
       ╰────
      = see: ngxlint rule a-rule

    error: at the start [a-rule]
       ╭─[long.conf:1:1]
     1 │ éééééééééééééééééééééééééééééééééé…
       · ─
       ╰────
      = see: ngxlint rule a-rule
    "#);
}

#[test]
fn full_points_at_ends_and_nothing() {
    let mut builder = Builder::new(&[
        ("open.conf", b"http {\n    gzip on"),
        ("closed.conf", b"http {\n"),
        ("empty.conf", b""),
    ]);
    let ends = [builder.end(0), builder.end(1), builder.end(2)];
    for end in ends {
        builder.add(end, "unexpected end of file", &[]);
    }
    insta::assert_snapshot!(builder.full(), @r#"
    error: unexpected end of file [a-rule]
       ╭─[open.conf:2:12]
     1 │ http {
     2 │     gzip on
       ·            ▲
       ╰────
      = see: ngxlint rule a-rule

    error: unexpected end of file [a-rule]
       ╭─[closed.conf:2:1]
     1 │ http {
     2 │
       · ▲
       ╰────
      = see: ngxlint rule a-rule

    error: unexpected end of file [a-rule]
       ╭─[empty.conf:1:1]
     1 │
       · ▲
       ╰────
      = see: ngxlint rule a-rule
    "#);
}

#[test]
fn full_draws_blocks_by_their_beginning_or_whole() {
    let mut builder = mismatch();
    builder.report.diagnostics.clear();
    let (upstream, all) = (builder.at(0, &SITE[..40]), builder.at(0, SITE));
    builder.add(upstream, "a block of three lines", &[]);
    builder.add(all, "a block of nine lines", &[]);
    let inside = builder.at(0, "server 10");
    builder.add(
        inside,
        "overlapping labels",
        &[(builder.at(0, "server 10.0"), "one"), (inside, "two")],
    );
    insta::assert_snapshot!(builder.full(), @r#"
    error: a block of three lines [a-rule]
       ╭─[conf.d/site.conf:1:1]
     1 │ ╭─▶ upstream app {
     2 │ ╰─▶     server 10.0.0.1:8080;
     3 │     }
       ╰────
      = see: ngxlint rule a-rule

    error: a block of nine lines [a-rule]
       ╭─[conf.d/site.conf:1:1]
     1 │ upstream app {
       · ──────────────
     2 │     server 10.0.0.1:8080;
       ╰────
      = see: ngxlint rule a-rule

    error: overlapping labels [a-rule]
       ╭─[conf.d/site.conf:2:5]
     1 │ upstream app {
     2 │     server 10.0.0.1:8080;
       ·     ─────┬─────
       ·          ╰─┤ two
       ·            │ one
     3 │ }
       ╰────
      = see: ngxlint rule a-rule
    "#);
}

#[test]
fn full_names_the_labels_it_does_not_draw() {
    let lines: String = (0..12).map(|number| format!("server{number} x;\n\n\n\n")).collect();
    let mut builder = Builder::new(&[("many.conf", lines.as_bytes())]);
    let at = builder.at(0, "server0");
    let labels: Vec<_> =
        (1..12).map(|number| (builder.at(0, format!("server{number} ")), "another")).collect();
    builder.add(at, "the same on many", &labels);
    let full = builder.full();
    assert!(full.contains("= also: another at many.conf:37:1\n"), "{full}");
}

#[test]
fn no_span_is_too_odd_to_be_drawn() {
    use proptest::prelude::*;
    let place = (0usize..2, any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let bytes = prop::collection::vec(
        prop::sample::select(vec![b'a', b'\n', b'\r', b'\t', 0xc3, 0xa9, 0xff, 0x1b, b' ']),
        0..200,
    );
    proptest!(|(one in bytes.clone(), other in bytes, places in prop::collection::vec(place, 1..6))| {
        let mut builder = Builder::new(&[("one", &one), ("other", &other)]);
        let located: Vec<_> = places.iter().map(|(file, from, to)| {
            let length = [one.len(), other.len()][*file] + 1;
            let (from, to) = (from.index(length) as u32, to.index(length) as u32);
            Location::new(SourceId::new(*file), Span::new(from.min(to), from.max(to)))
        }).collect();
        let labels: Vec<_> = located.iter().skip(1).map(|at| (*at, "label")).collect();
        builder.add(located[0], "message", &labels);
        let full = builder.full();
        prop_assert!(full.starts_with("error: message [a-rule]"));
        prop_assert!(!full.contains("Failed to read"), "{}", full);
        check(&text(|out| check_json(out, &builder.report)),
            include_str!("../../../docs/schema/check.schema.json"));
    });
}
