//! The whole road on texts that nobody would write: it never fails, and what it says is in order.

mod syntax;

use std::path::PathBuf;

use ngxlint::diagnostic::{Level, Report};
use ngxlint::project::{self, Request};
use ngxlint::source::Memory;
use proptest::prelude::*;

use crate::law::report::laws;

/// Lines of configurations, whole and broken.
fn lines() -> impl Strategy<Value = String> {
    let lines = prop::sample::select(vec![
        "http {",
        "server {",
        "location / {",
        "location @a {",
        "if ($a) {",
        "limit_except GET {",
        "upstream up {",
        "upstream grpc {",
        "stream {",
        "mail {",
        "map $http_a $up {",
        "}",
        "}",
        "default up;",
        "x grpc;",
        "y \"::warning::n:90\";",
        "\"a word that is long enough to be wrapped, ::error::b ##[add-mask]c ##vso[d]\u{2066}\" a;",
        "listen 80;",
        "listen 443 ssl;",
        "listen 127.0.0.1:8081 http2;",
        "listen [::1]:8000-8010 proxy_protocol;",
        "listen unix:/a.sock ssl;",
        "listen 443 quic;",
        "listen localhost:81 default_server;",
        "listen ${PORT};",
        "http2 on;",
        "server 127.0.0.1:8081;",
        "server unix:/a.sock;",
        "server up:443 down;",
        "server {{ x }}:50051;",
        "server a # ngxlint: speaks=h2c\n;",
        "set $up grpc;",
        "set $up $a;",
        "proxy_pass http://up;",
        "proxy_pass https://$up;",
        "proxy_pass http://$up$request_uri;",
        "proxy_pass http://[::1]:8005/x;",
        "proxy_pass http://unix:/a.sock:/x;",
        "proxy_pass 127.0.0.1:8081;",
        "proxy_pass $scheme://$a:$b;",
        "proxy_pass http://;",
        "proxy_pass \"https://localhost:81\";",
        "grpc_pass grpcs://grpc;",
        "grpc_pass 127.0.0.1:443;",
        "uwsgi_pass suwsgi://localhost:81;",
        "fastcgi_pass unix:/php-fpm.sock;",
        "memcached_pass 127.0.0.1:80;",
        "tunnel_pass;",
        "auth_http 127.0.0.1:443/a;",
        "proxy_http_version 2;",
        "proxy_http_version 1.1;",
        "proxy_http_version $v;",
        "proxy_ssl on;",
        "proxy_ssl_server_name on;",
        "proxy_ssl_name \u{202e}a\u{1b}[31m;",
        "proxy_protocol on;",
        "server_name a _ *.b;",
        "include b.conf;",
        "include *.conf;",
        "include /etc/nginx/c;",
        "# ngxlint: ignore[protocol]",
        "# ngxlint: disable[protocol, x]",
        "# ngxlint: enable[protocol]",
        "# ngxlint: speaks=h2,tls",
        "# ngxlint: context=http/server",
        "\"a\\\"",
        "'",
        "\u{feff}",
        "\0\u{7f}\u{85};",
        "{% if %}",
        ";",
        "\r",
    ]);
    prop::collection::vec(lines, 0..40).prop_map(|lines| lines.join("\n"))
}

fn checked(root: &str, other: &str, version: Option<&str>) -> Report {
    let mut memory = Memory::default();
    memory.insert("/r/nginx.conf", root);
    memory.insert("/r/b.conf", other);
    let paths = vec![PathBuf::from("/r/nginx.conf"), PathBuf::from("/r/b.conf")];
    let mut request = Request { paths, hops: true, ..Request::default() };
    request.policy.min_level = Level::Info;
    request.nginx_version = version.map(|text| text.parse().expect("a version"));
    project::check(&memory, &request).expect("it can be checked")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_report_in_order(root in lines(), other in lines()) {
        for version in [None, Some("1.22.1"), Some(">=1.24, <1.30 || 1.31.4")] {
            let report = checked(&root, &other, version);
            laws(&report).map_err(TestCaseError::fail)?;
            let again = checked(&root, &other, version);
            prop_assert_eq!(format!("{:?}", report.diagnostics), format!("{:?}", again.diagnostics));
        }
    }

    #[test]
    fn any_bytes_give_a_report(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        laws(&checked(&text, "", None)).map_err(TestCaseError::fail)?;
    }
}
