use bstr::ByteSlice;
use proptest::prelude::*;

use super::*;
use crate::page::Page;

const PAGES: [&str; 3] = [
    "[[symptom]]\nlog = \"upstream sent no valid HTTP/1.0 header while reading\"\nusual = true\n",
    "[[symptom]]\nlog = \"upstream sent no valid HTTP/1.0 header while reading\"\nschemes = [\"https\"]\n\
     [[symptom]]\nlog = \"SSL_do_handshake() failed (SSL: *wrong version number) while SSL\"\n",
    "[[symptom]]\nlog = 'unknown directive \"'\n\
     [[symptom]]\nlog = \"upstream sent too large http2 frame: * while\"\n\
     [[symptom]]\nlog = \"upstream sent too large http2 frame: 4740180 while\"\n",
];

fn texts() -> Vec<String> {
    let page = |(index, rows): (usize, &&str)| {
        let name = ["a", "b", "c"][index];
        format!(
            "+++\nname = \"{name}\"\nsummary = \"s\"\n{rows}+++\n## What happens\nx\n## Why\nx\n\
             ## Examples\nx\n## How to mend it\nx\n## References\nx\n"
        )
    };
    PAGES.iter().enumerate().map(page).collect()
}

fn with<R>(look: impl FnOnce(&Catalogue<'_>) -> R) -> R {
    let texts = texts();
    let pages: Vec<_> = texts.iter().map(|text| Page::parse(text).unwrap()).collect();
    look(&Catalogue::new(&pages))
}

const LINE: &str = "2026/11/30 17:28:55 [error] 7#9: *12 upstream sent no valid HTTP/1.0 header while \
    reading response header from upstream, client: 127.0.0.1, server: shop.example, request: \"GET \
    /a?b=\"c\" HTTP/1.1\", subrequest: \"/auth\", upstream: \"http://127.0.0.1:8081/a\", host: \
    \"shop.example\", referrer: \"http://x/\"";

#[test]
fn a_line_is_taken_apart() {
    let line = Line::parse(LINE.as_bytes()).unwrap();
    let shown = |text: Option<&[u8]>| text.map(|text| text.to_str_lossy().into_owned());
    assert_eq!(line.time.as_bstr(), "2026/11/30 17:28:55");
    assert_eq!((line.level, line.connection, line.truncated), (Level::Error, Some(12), false));
    assert!(line.message.ends_with(b"from upstream"), "{}", line.message.as_bstr());
    assert_eq!(shown(line.client).as_deref(), Some("127.0.0.1"));
    assert_eq!(shown(line.server).as_deref(), Some("shop.example"));
    assert_eq!(shown(line.request).as_deref(), Some("GET /a?b=\"c\" HTTP/1.1"));
    assert_eq!(shown(line.target()).as_deref(), Some("/auth"));
    assert_eq!(shown(line.peer()).as_deref(), Some("127.0.0.1:8081"));
    assert_eq!(shown(line.scheme()).as_deref(), Some("http"));
    assert_eq!(shown(line.host).as_deref(), Some("shop.example"));
    assert_eq!(shown(line.referrer).as_deref(), Some("http://x/"));
}

#[test]
fn peers_are_found_in_every_form() {
    for (upstream, scheme, peer) in [
        ("http://10.0.0.5:80/a/b?c=http://x", "http", "10.0.0.5:80"),
        ("https://[::1]:443/", "https", "[::1]:443"),
        ("http://unix:/run/a.sock:/path/", "http", "unix:/run/a.sock"),
        ("fastcgi://unix:/run/php.sock:", "fastcgi", "unix:/run/php.sock"),
        ("fastcgi://127.0.0.1:9000", "fastcgi", "127.0.0.1:9000"),
        ("10.0.0.5:5432", "stream", "10.0.0.5:5432"),
        ("unix:/run/a.sock", "stream", "unix:/run/a.sock"),
        ("", "stream", ""),
    ] {
        let line = Line { upstream: Some(upstream.as_bytes()), ..Line::default() };
        assert_eq!(line.scheme().unwrap().as_bstr(), scheme, "{upstream}");
        assert_eq!(line.peer().unwrap().as_bstr(), peer, "{upstream}");
    }
}

#[test]
fn lines_of_other_kinds_are_taken_apart() {
    let parse = |text: &'static str| Line::parse(text.as_bytes()).unwrap();
    let stream = parse(
        "2026/11/30 17:28:55 [error] 7#7: *3 upstream timed out (110: Connection timed out) while \
         connecting to upstream, udp client: 127.0.0.1, server: 0.0.0.0:53, upstream: \
         \"10.0.0.1:53\", bytes from/to client:0/0, bytes from/to upstream:0/0",
    );
    assert_eq!(stream.peer().unwrap().as_bstr(), "10.0.0.1:53");
    assert_eq!(stream.server.unwrap().as_bstr(), "0.0.0.0:53");
    assert!(!stream.truncated);
    let mail = parse(
        "2026/11/30 17:28:55 [info] 7#7: *3 client logged in, client: 127.0.0.1, server: 0.0.0.0:143, \
         login: \"a, b\", upstream: 10.0.0.1:143",
    );
    assert_eq!(mail.server.unwrap().as_bstr(), "0.0.0.0:143");
    let start = parse("nginx: [emerg] unknown directive \"x\" in /etc/nginx/nginx.conf:12");
    assert_eq!((start.level, start.connection), (Level::Emerg, None));
    assert_eq!(start.place(), Some((&b"/etc/nginx/nginx.conf"[..], 12)));
    let cut = parse(
        "2026/11/30 17:28:55 [error] 7#7: *3 x, client: 127.0.0.1, server: a, request: \"GET /long",
    );
    assert_eq!((cut.target().unwrap().as_bstr(), cut.truncated), (b"/long".as_bstr(), true));
}

#[test]
fn a_request_forges_no_field() {
    let text = "2026/11/30 17:28:55 [error] 7#7: *3 x, client: 127.0.0.1, server: a, request: \"GET / \
        HTTP/1.1\", upstream: \"http://10.0.0.5:80/\", host: \"a\", referrer: \"x\", upstream: \
        \"http://6.6.6.6:80/\", host: \"b\"";
    let line = Line::parse(text.as_bytes()).unwrap();
    assert_eq!(line.peer().unwrap().as_bstr(), "10.0.0.5:80");
    assert_eq!(line.host.unwrap().as_bstr(), "a");
    with(|catalogue| {
        let forged = "2026/11/30 17:28:55 [error] 7#7: *3 open() \"/srv/upstream sent no valid HTTP/1.0 \
            header while reading\" failed (2: No such file or directory), client: 127.0.0.1";
        assert!(catalogue.sign(&Line::parse(forged.as_bytes()).unwrap()).is_none());
    });
}

#[test]
fn a_message_shows_the_symptom_that_fits_it_best() {
    with(|catalogue| {
        let sign = |text: &str| {
            let text = format!("2026/11/30 17:28:55 [error] 7#7: *3 {text}, client: 127.0.0.1");
            let line = Line::parse(text.as_bytes()).unwrap();
            catalogue.sign(&line).map(|sign| sign.text().to_owned())
        };
        for (text, found) in [
            ("upstream sent too large http2 frame: 4740180 while x", "4740180 while"),
            ("upstream sent too large http2 frame: 7 while x", "* while"),
            (
                "SSL_do_handshake() failed (SSL: error:0A:SSL routines::wrong version number) while SSL x",
                "while SSL",
            ),
        ] {
            assert!(sign(text).is_some_and(|sign| sign.ends_with(found)), "{text}");
        }
        for text in [
            "",
            "upstream",
            "an unknown directive \"x\"",
            "SSL_do_handshake() failed (SSL: x) while SSL",
        ] {
            assert_eq!(sign(text), None, "{text}");
        }
        let start = Line::parse(b"nginx: [emerg] the unknown directive \"x\" in a:1").unwrap();
        let sign = catalogue.sign(&start).unwrap();
        assert_eq!(sign.rows(None)[0].0.name, "c");
        let line = Line::parse(LINE.as_bytes()).unwrap();
        let names = |scheme: &[u8]| {
            let rows = catalogue.sign(&line).unwrap().rows(Some(scheme));
            rows.iter().map(|(page, _)| page.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            (names(b"http"), names(b"https")),
            (vec!["a".into()], vec!["a".into(), "b".into()])
        );
    });
}

/// `count × place:level` of each group, and the tally.
fn gathered(log: &[u8]) -> (Vec<String>, Tally) {
    with(|catalogue| {
        let mut gather = Gather::new(catalogue);
        gather.read(0, Box::new(log), &mut |_| 0).unwrap();
        let shown = |group: &Group| {
            let line = group.sample.line();
            let text = gather.sign(group).unwrap().text().get(..20).unwrap_or_default();
            let peer = line.peer().unwrap_or_default().as_bstr();
            format!("{} × {text} {peer} at {}", group.count, group.sample.number)
        };
        (gather.groups().iter().map(shown).collect(), gather.tally().clone())
    })
}

#[test]
fn loggers_hide_nothing() {
    let json = serde_json::json!({"log": format!("{LINE}\n"), "stream": "stderr"}).to_string();
    for line in [
        LINE.to_owned(),
        format!("<187>Nov 30 17:28:55 host nginx: {LINE}"),
        format!("Nov 30 17:28:55 host nginx[12]: {LINE}"),
        format!("web-1  | {LINE}"),
        format!("2026-11-30T17:28:55.123456789Z stderr F {LINE}"),
        format!("[pod/web-1/nginx] {LINE}\r"),
        json,
    ] {
        let (groups, tally) = gathered(format!("{line}\n{line}").as_bytes());
        assert_eq!(groups, ["2 × upstream sent no val 127.0.0.1:8081 at 1"], "{line}");
        assert_eq!(tally, Tally { lines: 2, symptoms: 2, ..Tally::default() });
    }
}

#[test]
fn records_of_several_lines_and_torn_ones_are_read() {
    let php = "2026/11/30 17:28:55 [error] 7#7: *1 FastCGI sent in stderr: \"PHP message: a\nStack:\n#0 \
        b\" while reading response header from upstream, client: 127.0.0.1, server: a";
    let torn = &LINE[..60];
    let log = format!("{php}\n{torn}{LINE}\nno line\n{LINE}\n{}\n{torn}", &LINE[..200]);
    let (groups, tally) = gathered(log.as_bytes());
    assert_eq!(groups.iter().map(|group| &group[..1]).collect::<Vec<_>>(), ["2", "1"]);
    let (lines, foreign, symptoms) = (tally.lines, tally.foreign, tally.symptoms);
    assert_eq!((lines, foreign, symptoms, tally.unknown), (8, 1, 3, 2));
}

#[test]
fn what_follows_a_record_of_several_lines_is_none_of_it() {
    let record = "2026/11/30 17:28:55 [error] 7#7: *1 upstream sent too large http2 frame: \"a\"\nb\" while x, \
        client: 127.0.0.1, server: a";
    let (groups, tally) = gathered(format!("{record}\nnot of nginx\n{LINE}").as_bytes());
    assert_eq!(
        groups,
        ["1 × upstream sent too la  at 1", "1 × upstream sent no val 127.0.0.1:8081 at 4"]
    );
    assert_eq!((tally.symptoms, tally.foreign), (2, 1));
}

#[test]
fn lines_that_a_request_spells_are_none() {
    let made_up = LINE.replace("7#9: *12", "1#1: *1");
    let encoded = made_up.replace('/', "%2f").replace(' ', "%20").replace('"', "%22");
    let tail = format!(
        "\" failed (2: No such file or directory), client: 127.0.0.1, server: a, request: \"GET \
         /%0A{encoded}%0a HTTP/1.1\", host: \"a\""
    );
    let head = "2026/11/30 17:28:56 [error] 7#9: *13 open() \"/srv/";
    for log in [
        // The path, then the request; and the other way round.
        format!("{LINE}\n{head}\n{made_up}\n{tail}\n{LINE}"),
        format!("{LINE}\n{head}{tail}, upstream: \"http://a/\n{made_up}\n\"\n{LINE}"),
    ] {
        let (groups, tally) = gathered(log.as_bytes());
        assert_eq!(groups, ["2 × upstream sent no val 127.0.0.1:8081 at 1"], "{log}");
        assert_eq!(tally.symptoms, 2);
    }
    // A request that only has a line feed in it hides nothing.
    let plain = format!("{head}x\" failed, client: a, server: a, request: \"GET /%0a HTTP/1.1\"");
    let (_, tally) = gathered(format!("{LINE}\n{plain}\n{LINE}").as_bytes());
    assert_eq!(tally.symptoms, 2);
}

#[test]
fn what_clients_choose_is_bounded() {
    let mut log = String::new();
    for index in 0..30_000 {
        log.push_str(&LINE.replace("127.0.0.1:8081", &format!("host-{index}.example:80")));
        log.push('\n');
    }
    let (groups, tally) = gathered(log.as_bytes());
    assert_eq!((groups.len(), tally.symptoms), (2_001, 30_000));
    assert!(groups[2_000].starts_with("28000 ×"), "{}", groups[2_000]);
}

proptest! {
    #[test]
    fn no_log_is_too_much(parts in prop::collection::vec(
        prop_oneof![
            Just(LINE.as_bytes().to_vec()),
            Just(b"\n".to_vec()),
            Just(b"{\"log\":\"".to_vec()),
            Just(b"2026/11/30 17:28:55 [error] 7#7: *3 ".to_vec()),
            Just(b", client: ".to_vec()),
            Just(b", request: \"".to_vec()),
            Just(b"upstream sent invalid header: \"\\x0".to_vec()),
            prop::collection::vec(any::<u8>(), 0..20),
            (0..400_usize).prop_map(|length| LINE.as_bytes()[..length.min(LINE.len())].to_vec()),
        ],
        0..30,
    )) {
        let log = parts.concat();
        let (_, tally) = gathered(&log);
        let lines = log.split_inclusive(|byte| *byte == b'\n').count();
        prop_assert_eq!(tally.lines, lines as u64);
    }
}
