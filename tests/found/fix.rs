//! Mistakes of fixes, most of them found by fuzzing.

use ngxlint::project;

use super::*;

/// The text of a root after all its fixes, with those that guess.
fn fixed(text: &str) -> String {
    let mut memory = Memory::default();
    memory.insert("/r/nginx.conf", text);
    let paths = vec![PathBuf::from("/r/nginx.conf")];
    let mut request = Request { paths, ..Request::default() };
    request.policy.min_level = Level::Info;
    request.nginx_version = Some("1.28.3".parse().expect("a version"));
    let fixed = project::fix(&memory, &request, true).expect("the fixes settle");
    assert!(fixed.withheld.is_empty(), "{:?}", fixed.withheld);
    let after = fixed.changed.first().map_or(text.as_bytes(), |one| &*one.after);
    String::from_utf8(after.to_vec()).expect("a text")
}

#[test]
fn a_misspelt_block_of_events_gets_no_second_one() {
    assert_eq!(fixed("event {}\nhttp {}\n"), "events {}\nhttp {}\n");
}

#[test]
fn a_listener_wants_no_header_that_others_do_not_send() {
    let text = |flag: &str| {
        format!(
            "events {{}}
stream {{
    server {{ listen 9001; proxy_pass 127.0.0.1:9003; proxy_protocol {flag}; }}
    server {{ listen 9002; proxy_pass 127.0.0.1:9003; }}
}}
http {{ server {{ listen 127.0.0.1:9003; return 204; }} }}
"
        )
    };
    assert_eq!(fixed(&text("on")), text("off"));
}

#[test]
fn no_port_is_given_to_a_server_beside_one_with_port_80() {
    let text = "events {}
http {
    upstream u { server 10.0.0.1; server 10.0.0.2:80; }
    server { listen 8000; location / { proxy_pass https://u; } }
}
";
    assert!(fixed(text).contains("{ server 10.0.0.1; server"), "{}", fixed(text));
}

#[test]
fn a_header_is_not_written_as_it_is() {
    let text = "events {}
http {
    map $uri $http_upgrade { default h2c; }
    server {
        listen 8000;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_pass http://10.0.0.1;
        }
    }
}
";
    assert!(fixed(text).contains("proxy_set_header Upgrade $http_upgrade;"), "{}", fixed(text));
}

#[test]
fn a_word_behind_a_comment_is_taken_away_without_its_line() {
    let text = "events {}
http {
    server {
        listen 8443 ssl # {a}
            http2;
        ssl_reject_handshake on;
    }
}
";
    let after = "events {}
http {
    server {
        listen 8443 ssl # {a}
            ;
        http2 on;
        ssl_reject_handshake on;
    }
}
";
    assert_eq!(fixed(text), after);
}

#[test]
fn all_byte_order_marks_are_taken_away() {
    assert_eq!(fixed("\u{feff}\u{feff}events {}\n"), "events {}\n");
}
