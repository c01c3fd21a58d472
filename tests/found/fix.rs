//! Mistakes of fixes, most of them found by fuzzing.

use ngxlint::project;

use super::*;

/// The text of a root after all its fixes, with those that guess.
fn fixed(text: &str) -> String {
    fixed_at(text, "1.28.3")
}

fn fixed_at(text: &str, version: &str) -> String {
    let mut memory = Memory::default();
    memory.insert("/r/nginx.conf", text);
    let paths = vec![PathBuf::from("/r/nginx.conf")];
    let mut request = Request { paths, ..Request::default() };
    request.policy.min_level = Level::Info;
    request.nginx_version = Some(version.parse().expect("a version"));
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

#[test]
fn http2_is_not_written_where_no_listener_may_stand() {
    let text = "events {}\nhttp { server { listen 80; location / { listen 81 http2; } } }\n";
    assert_eq!(fixed(text), text);
}

#[test]
fn a_line_that_says_nothing_is_not_doubled() {
    let text = |line: &str| {
        format!(
            "events {{}}
http {{ server {{ listen 80; location / {{ {line}; proxy_pass https://a.example; }} }} }}
"
        )
    };
    let fixed = fixed(&text("proxy_ssl_server_name$on"));
    assert_eq!(fixed.matches("proxy_ssl_server_name on;").count(), 1, "{fixed}");
}

#[test]
fn no_value_is_written_that_no_release_of_the_target_takes() {
    let text = "events {}\nhttp { server { listen 80; proxy_http_version 3; } }\n";
    assert_eq!(fixed_at(text, "0.8.55"), text);
    assert_eq!(fixed_at(text, "1.22.1"), text.replace('3', "1.1"));
}

#[test]
fn an_old_name_becomes_the_new_one_where_both_are_read_alike() {
    let in_http = |line: &str| format!("events {{}}\nhttp {{\n    {line};\n}}\n");
    let old = "events { connections 512; }\n";
    assert_eq!(fixed_at(old, "1.8.1"), "events { worker_connections 512; }\n");
    let new = in_http("open_file_cache_valid 5s");
    assert_eq!(fixed_at(&in_http("open_file_cache_retest 5s"), "1.8.1"), new);
    for other in ["limit_zone one $binary_remote_addr 10m", "satisfy_any on"] {
        assert_eq!(fixed_at(&in_http(other), "1.4.7"), in_http(other));
    }
    let twice = "events { worker_connections 1; connections 512; }\n";
    assert_eq!(fixed_at(twice, "1.8.1"), twice);
    assert_eq!(fixed(&in_http("http2_push_preload on")), "events {}\nhttp {\n}\n");
}

#[test]
fn ssl_on_goes_into_the_listeners_of_its_server() {
    let text = "events {}
http {
    server {
        listen 443;
        listen [::]:443 ssl;
        ssl on;
        ssl_certificate a;
        ssl_certificate_key b;
    }
}
";
    let mended = text.replace("443;", "443 ssl;").replace("        ssl on;\n", "");
    assert_eq!(fixed_at(text, "1.22.1"), mended);
    assert_eq!(fixed_at(&text.replace("on;", "off;"), "1.22.1"), text.replace("on;", "off;"));
}

#[test]
fn connections_of_two_protocols_are_not_kept_in_one_pool() {
    let text = "events {}
http {
    upstream mixed { server 10.0.0.6:9000; keepalive 4; }
    server {
        listen 8000;
        location /tls/ { proxy_pass https://mixed; }
        location /plain/ { proxy_pass http://mixed; }
    }
}
";
    assert_eq!(fixed(text), text);
    assert_ne!(fixed(&text.replace("https", "http")), text.replace("https", "http"));
}

#[test]
fn a_new_name_is_written_where_it_takes_the_same_words() {
    let text = |line: &str| format!("events {{}}\nhttp {{ {line} }}\n");
    let new = text("open_file_cache_valid 5s;");
    assert_eq!(fixed(&text("open_file_cache_retest 5s;")), new);
    let zone = text("limit_zone one $binary_remote_addr 10m;");
    assert_eq!(fixed(&zone), zone);
}

#[test]
fn a_comment_between_the_words_of_a_line_keeps_it() {
    let text = "events {}\nhttp {\n    http2_push_preload # why\n        on;\n}\n";
    assert_eq!(fixed(text), text);
}
