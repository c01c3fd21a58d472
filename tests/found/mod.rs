//! Mistakes that were found by trying the tool, each with the text that showed it: they stay mended.

mod comment;
mod fix;

use std::path::PathBuf;

use ngxlint::diagnostic::{Applicability, Level, Report};
use ngxlint::project::{self, Request};
use ngxlint::source::{LineIndex, Memory};

fn checked(files: &[(&str, &str)], path: &str, version: Option<&str>) -> Report {
    let mut memory = Memory::default();
    for (name, text) in files {
        memory.insert(name, *text);
    }
    let paths = vec![PathBuf::from(path)];
    let mut request = Request { paths, hops: true, ..Request::default() };
    request.policy.min_level = Level::Info;
    request.nginx_version = version.map(|text| text.parse().expect("a version"));
    project::check(&memory, &request).expect("it can be checked")
}

/// `file:line level rule`, each on a line.
fn found(report: &Report) -> String {
    let line = |one: &ngxlint::diagnostic::Diagnostic| {
        let source = report.sources.source(one.at.source);
        let line = LineIndex::new(&source.bytes).line(one.at.span.start);
        let file = source.name.strip_prefix("/r").unwrap_or(&source.name).display();
        format!("{file}:{line} {} {}", one.level, one.rule)
    };
    report.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What is found in one root at 1.22.1, in the lines of `http`.
fn in_http(lines: &str) -> String {
    let text = format!("events {{}} http {{\n{lines}\n}}\n");
    found(&checked(&[("/r/nginx.conf", &text)], "/r/nginx.conf", Some("1.22.1")))
}

const TLS: &str = "server { listen 127.0.0.1:8443 ssl; ssl_reject_handshake on; }";

#[test]
fn a_part_of_a_root_is_no_root() {
    let files = [
        ("/r/nginx.conf", "events {}\ninclude parts/http.conf;\n"),
        ("/r/parts/http.conf", "http { include inc/up.conf; }\n"),
        ("/r/inc/up.conf", "upstream u { server 127.0.0.1:1; }\n"),
    ];
    for path in ["/r", "/r/parts", "/r/parts/http.conf", "/r/nginx.conf"] {
        let report = checked(&files, path, None);
        assert_eq!((found(&report).as_str(), report.summary.complete), ("", true), "{path}");
    }
}

#[test]
fn a_root_that_holds_a_server_alone_is_a_fragment() {
    let text = format!(
        "server {{ listen 80; location / {{\nproxy_pass http://127.0.0.1:8443; }} }}\n{TLS}"
    );
    for path in ["/r", "/r/nginx.conf"] {
        let report = checked(&[("/r/nginx.conf", &text)], path, None);
        assert_eq!(found(&report), "nginx.conf:2 error plaintext-to-tls-upstream", "{path}");
    }
    let report = checked(&[("/r/nginx.conf", "user x;\n")], "/r", None);
    assert!(report.summary.complete, "what holds nothing else is a root by its name");
}

#[test]
fn a_directory_is_understood_from_the_root_above_it() {
    let root = format!("events {{}} http {{ proxy_http_version 2; {TLS} include conf.d/*.conf; }}");
    let site = "server { listen 80;\nlocation / { proxy_pass http://10.0.0.1:5; # ngxlint: speaks=h2c\n}\n\
                location /b { proxy_pass http://127.0.0.1:8443; } }\n";
    let files = [("/r/nginx.conf", root.as_str()), ("/r/conf.d/a.conf", site)];
    for path in ["/r", "/r/conf.d", "/r/conf.d/a.conf"] {
        let report = checked(&files, path, Some("1.31.3"));
        assert_eq!(found(&report), "conf.d/a.conf:4 error plaintext-to-tls-upstream", "{path}");
    }
}

#[test]
fn set_is_not_handed_to_nested_locations() {
    let lines = "server { listen 80; set $up 127.0.0.1:8081; location / { set $up 127.0.0.1:8443;\n\
                 location /x { proxy_pass http://$UP; } } }\n";
    assert_eq!(in_http(&format!("{lines}{TLS}")), "");
    let outer = lines.replace("8081", "8443");
    assert!(in_http(&format!("{outer}{TLS}")).contains(":3 error plaintext-to-tls-upstream"));
}

#[test]
fn the_directive_ssl_makes_a_listener_take_tls() {
    let server = "server { listen 8081; ssl on; ssl_reject_handshake on; }\n";
    let pass = |scheme: &str| {
        in_http(&format!(
            "{server}server {{ listen 80; location / {{ proxy_pass {scheme}://127.0.0.1:8081; }} }}"
        ))
    };
    let fading = "nginx.conf:2 warning deprecated-directive";
    assert_eq!(pass("https"), fading);
    let found = format!("{fading}\nnginx.conf:3 error plaintext-to-tls-upstream");
    assert_eq!(pass("http"), found);
}

#[test]
fn a_name_does_not_hide_what_a_port_tells() {
    let pass = |upstream: &str, scheme: &str| {
        in_http(&format!(
            "upstream grpc_api {{ server 10.0.0.1:{upstream}; }}\n\
             server {{ listen 8000; location / {{ proxy_pass {scheme}://grpc_api; }} }}"
        ))
    };
    assert_eq!(pass("50051", "http"), "nginx.conf:3 warning http1-to-http2-upstream");
    assert_eq!(pass("443", "http"), "nginx.conf:3 warning plaintext-to-tls-upstream");
    assert_eq!(pass("80", "https"), "nginx.conf:3 warning tls-to-plaintext-upstream");
    assert_eq!(pass("9000", "http"), "nginx.conf:3 info http1-to-http2-upstream");
}

#[test]
fn a_fix_is_safe_only_where_it_harms_no_other_peer() {
    let safe = |lines: &str| {
        let text = format!("events {{}} http {{\n{TLS}\n{lines}\n}}\n");
        let report = checked(&[("/r/nginx.conf", &text)], "/r/nginx.conf", Some("1.22.1"));
        assert_eq!(report.diagnostics.len(), 1, "{}", found(&report));
        report.diagnostics[0].fixes.iter().any(|fix| fix.applicability == Applicability::Safe)
    };
    let pass =
        |to: &str| format!("server {{ listen 8081; location / {{ proxy_pass http://{to}; }} }}");
    assert!(safe(&pass("127.0.0.1:8443")));
    let both = "upstream u { server 127.0.0.1:8443; server 127.0.0.1:8081; }\n";
    assert!(!safe(&format!("{both}{}", pass("u"))));
    // Another scheme would be another port.
    let implied = "server { listen 127.0.0.1:80 ssl; ssl_reject_handshake on; }\n";
    assert!(!safe(&format!("{implied}{}", pass("127.0.0.1"))));
}

#[test]
fn a_fix_keeps_comments_where_they_are() {
    let text = "events {} http { server { listen 80;\n    location / {\n        proxy_pass \
                http://10.0.0.1:9; # ngxlint: speaks=h2c\n    }\n} }\n";
    let report = checked(&[("/r/nginx.conf", text)], "/r/nginx.conf", Some("1.31.3"));
    let edit = &report.diagnostics[0].fixes[0].edits[0];
    let mut mended = text.to_owned();
    mended.replace_range(edit.at.span.range(), &edit.text);
    assert!(mended.contains("speaks=h2c\n        proxy_http_version 2;\n    }"), "{mended}");
    assert_eq!(found(&checked(&[("/r/nginx.conf", &mended)], "/r/nginx.conf", Some("1.31.3"))), "");
}

#[test]
fn a_place_in_two_servers_is_two_hops_where_they_differ() {
    let text = format!(
        "events {{}} http {{ {TLS}\nserver {{ listen 1; set $up 127.0.0.1:8443; include p; }}\n\
         server {{ listen 2; set $up 127.0.0.1:2; include p; }}\nserver {{ listen 3; set $up \
         127.0.0.1:2; include p; }} }}"
    );
    let pass = "location / { proxy_pass http://$up; }\n";
    let report = checked(&[("/r/nginx.conf", &text), ("/r/p", pass)], "/r/nginx.conf", None);
    assert_eq!((report.hops.len(), report.summary.hops.proven), (2, 2));
    assert_eq!(report.diagnostics.len(), 1);
    assert!(report.diagnostics[0].fixes.is_empty(), "no fix is right in all");
}

#[test]
fn a_comment_is_unused_only_if_no_root_needs_it() {
    let root = |port: &str| {
        format!(
            "events {{}} http {{ {TLS} server {{ listen 1; set $up 127.0.0.1:{port}; include s; }} }}"
        )
    };
    let (a, b) = (root("1"), root("8443"));
    let pass = "location / {\n    proxy_pass http://$up; # ngxlint: ignore[protocol] known\n}\n";
    let files = [("/r/a.conf", a.as_str()), ("/r/b.conf", b.as_str()), ("/r/s", pass)];
    assert_eq!(found(&checked(&files, "/r", None)), "");
    assert_eq!(found(&checked(&files, "/r/a.conf", None)), "s:2 warning unused-suppression");
}

#[test]
fn what_is_certain_in_a_part_is_not_certain_in_all() {
    let lines = "upstream b { server 127.0.0.1:8082; server 10.0.0.1:50051; }\n\
                 server { listen 127.0.0.1:8082 http2; }\n\
                 server { listen 8000; location / { proxy_pass http://b; } }";
    let text = format!("events {{}} http {{\n{lines}\n}}\n");
    let report = checked(&[("/r/nginx.conf", &text)], "/r/nginx.conf", Some(">=1.22, <1.27"));
    assert_eq!(found(&report), "nginx.conf:4 warning http1-to-http2-upstream");
    let affects = report.diagnostics[0].affects.as_ref().map(ToString::to_string);
    assert_eq!(affects.as_deref(), Some(">=1.22.0, <1.25.1"));
}

#[test]
fn variables_before_a_uri_and_constants_of_other_blocks_are_followed() {
    for pass in ["http://$b/$1", "http://$b/x?$args", "$c/$1$is_args$args", "http://$s/"] {
        let lines = format!(
            "split_clients $remote_addr $s {{ 50% 127.0.0.1:8443; * 127.0.0.1:8443; }}\n{TLS}\nserver {{ \
             listen 8000; set $b 127.0.0.1:8443; set $c http://127.0.0.1:8443; location / {{ proxy_pass \
             {pass}; }} }}"
        );
        assert_eq!(in_http(&lines), "nginx.conf:4 error plaintext-to-tls-upstream", "{pass}");
    }
}

#[test]
fn ranges_and_both_families_are_sockets_too() {
    let pass = |port: u16| {
        format!("server {{ listen 80; location / {{ proxy_pass http://127.0.0.1:{port}; }} }}\n")
    };
    let range =
        "server { listen 8081-8083 ssl; ssl_reject_handshake on; }\nserver { listen 8082; }";
    assert!(in_http(&format!("{}{range}", pass(8082))).contains("plaintext-to-tls-upstream"));
    let both = "server { listen [::]:8085 ipv6only=off ssl; ssl_reject_handshake on; }";
    assert!(in_http(&format!("{}{both}", pass(8085))).contains("plaintext-to-tls-upstream"));
}

#[test]
fn a_broken_file_is_found_from_within_its_directory() {
    let tree = tempfile::tempdir().expect("a directory");
    let within = tree.path().join("conf.d");
    #[expect(clippy::disallowed_methods, reason = "the test makes its own files")]
    {
        std::fs::create_dir(&within).expect("a directory");
        std::fs::write(within.join("a.conf"), "}}} what is this").expect("a file");
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ngxlint"))
        .args(["check", "--output-format", "concise"])
        .current_dir(&within)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.starts_with(b"a.conf:1:1: error: "), "{output:?}");
}

#[test]
fn templates_are_no_syntax_errors() {
    for text in [
        "<%= @directives %>;\nlisten 80;\n",
        "{% set a = {} %}\nserver { listen 80; }\n",
        "{{if .A}}\nlocation / {\n{{else}}\nlocation /b {\n{{end}}\n  return 200;\n}\n",
    ] {
        let found = found(&checked(&[("/r/conf.d/a.conf", text)], "/r", None));
        assert_eq!(found, "conf.d/a.conf:1 info template-file", "{text}");
    }
}

#[test]
fn names_of_rules_to_come_can_be_set_already() {
    let settings = "[rules]\nlost-proxy-headers = \"error\"\nstyle = \"allow\"\n";
    let files = [("/r/nginx.conf", "events {}\n"), ("/r/ngxlint.toml", settings)];
    assert_eq!(found(&checked(&files, "/r", None)), "");
}

#[test]
fn variables_are_looked_up_where_nginx_looks_them_up() {
    let unknown = |lines: &str| in_http(lines).contains("undefined-variable");
    for lines in [
        "geo $arg_a $b {}",
        "geo ${a} ${a} {}",
        "server { listen 80; ssl_certificate_key $a; }",
        "ssl_certificate_key $a; server { listen 80; }",
    ] {
        assert!(!unknown(lines), "{lines}");
    }
    for lines in [
        "geo ${host} $b {}",
        "charset ${host};",
        "server { listen 80; ssl_certificate a; ssl_certificate_key $a; }",
        "ssl_certificate_key $a; server { listen 80 ssl; ssl_certificate $host; }",
    ] {
        assert!(unknown(lines), "{lines}");
    }
}

#[test]
fn referers_without_a_name_are_refused_where_all_is_known() {
    let referers = |words: &str| {
        in_http(&format!("server {{ listen 80;\nvalid_referers {words}; location / {{}} }}"))
    };
    assert_eq!(referers("none ~a"), "nginx.conf:3 error invalid-value");
    for words in ["none a", "none server_names", "~a", "none ${NAMES}"] {
        assert_eq!(referers(words), "", "{words}");
    }
}

/// The text of a root after each fix of its first finding.
fn mended(text: &str, version: &str) -> Vec<String> {
    let report = checked(&[("/r/nginx.conf", text)], "/r/nginx.conf", Some(version));
    let fixes = report.diagnostics.first().map_or(&[][..], |one| &one.fixes);
    let mend = |fix: &ngxlint::diagnostic::Fix| {
        let mut text = text.to_owned();
        for edit in fix.edits.iter().rev() {
            text.replace_range(edit.at.span.range(), &edit.text);
        }
        text
    };
    fixes.iter().map(mend).collect()
}

#[test]
fn http2_is_turned_on_where_it_is_turned_off() {
    let text = |flag: &str| {
        format!(
            "events {{}} http {{ http2 on;
            server {{ listen 127.0.0.1:8081; http2 {flag}; }}
            server {{ listen 8080; location / {{ grpc_pass 127.0.0.1:8081; }} }} }}"
        )
    };
    assert_eq!(mended(&text("off"), "1.28.3"), [text("on")]);
    let text = |flag: &str| {
        format!(
            "events {{}} http {{ server {{ listen 8080; http2 {flag};
            location / {{ grpc_pass 10.0.0.5:50051; }} }} }}"
        )
    };
    assert_eq!(mended(&text("off"), "1.28.3"), [text("on")]);
    let text =
        "events {} http { server { listen 8080; location / { grpc_pass 10.0.0.5:50051; } } }";
    assert_eq!(mended(text, "1.22.1"), [""; 0], "the socket would take HTTP/1 no longer");
}

#[test]
fn a_comment_that_declares_stays_at_its_pass() {
    let text = "events {} stream { server { listen 8; proxy_pass 10.0.0.9:443; # ngxlint: speaks=h2
        proxy_ssl on; } }";
    let [mended] = mended(text, "1.31.3").try_into().expect("one fix");
    let report = checked(&[("/r/nginx.conf", &mended)], "/r/nginx.conf", Some("1.31.3"));
    assert_eq!(found(&report), "");
}

#[test]
fn a_stream_listener_takes_a_header_or_not_whatever_is_behind_it() {
    let text = |parameter: &str| {
        format!(
            "events {{}} stream {{
            server {{ listen 9002; proxy_pass 127.0.0.1:9003; proxy_protocol on; }}
            server {{ listen 9003{parameter}; proxy_pass 127.0.0.1:9004; proxy_protocol on; }}
            server {{ listen 9004 proxy_protocol; proxy_pass 10.0.0.5:80; }} }}"
        )
    };
    assert_eq!(mended(&text(""), "1.28.3").first(), Some(&text(" proxy_protocol")));
}

#[test]
fn a_label_tells_which_socket_it_is_about() {
    let text = format!(
        "events {{}} stream {{ server {{ listen 127.0.0.1:7000; proxy_pass 127.0.0.1:8443; }} }}
        http {{ {TLS} server {{ listen 80; location / {{ proxy_pass http://127.0.0.1:7000; }} }} }}"
    );
    let report = checked(&[("/r/nginx.conf", &text)], "/r/nginx.conf", Some("1.28.3"));
    let labels: Vec<&str> =
        report.diagnostics[0].labels.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(labels, ["`ssl` makes this socket, behind `127.0.0.1:7000`, take only TLS"]);
}
