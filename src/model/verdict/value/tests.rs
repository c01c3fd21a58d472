use std::path::{Path, PathBuf};

use crate::include::{Files, Reach, resolve};
use crate::model::{Assumptions, FaultKind, Model};
use crate::nginx::Flavor;
use crate::source::Memory;

/// What is said of some lines in a context, for some releases.
fn said(version: &str, context: &str, lines: &str) -> Vec<String> {
    let mut memory = Memory::default();
    let root = Path::new("/a.conf");
    memory.insert(root, lines);
    let mut files = Files::default();
    let source = files.open(&memory, root).unwrap();
    let reach = Reach::of_root(&memory, root, Vec::<(PathBuf, PathBuf)>::new());
    let tops = [(source, context.parse().unwrap())];
    let config = resolve(&mut files, &memory, &reach, &tops);
    let assumptions = Assumptions {
        target: version.parse().unwrap(),
        assumed: false,
        flavor: Flavor::Nginx,
        backends: Vec::new(),
        modules: None,
        extra_directives: Vec::new(),
    };
    let model = Model::build(&config, &files, assumptions);
    let shown = |fault: &crate::model::Fault| {
        let part = if &fault.versions == model.target() { "" } else { " (in part)" };
        format!("{}{part}", fault.message)
    };
    model.faults(FaultKind::Value).map(shown).collect()
}

#[test]
fn a_message_says_what_is_taken() {
    for (context, line, message) in [
        ("http", "gzip_comp_level 12", "`gzip_comp_level` takes a number from 1 to 9, not `12`"),
        (
            "http",
            "proxy_read_timeout 1x",
            "`proxy_read_timeout` takes a time such as `60s` or `500ms`, not `1x`",
        ),
        (
            "http",
            "client_body_buffer_size 1g",
            "`client_body_buffer_size` takes a size such as `8k` or `1m`, not `1g`",
        ),
        ("http", "gzip_static maybe", "`gzip_static` takes `always`, `off` or `on`, not `maybe`"),
        ("http", "proxy_next_upstream err", "`proxy_next_upstream` does not take `err`"),
        (
            "location",
            "proxy_bind x",
            "`proxy_bind` takes an address such as `192.0.2.1`, a variable or `off`, not `x`",
        ),
        (
            "location",
            "limit_req zone=a burst=0",
            "`burst=` of `limit_req` takes a whole number of at least 1, not `0`",
        ),
        ("location", "limit_req burst=1", "`limit_req` must have `zone=name`"),
        ("location", "limit_req zone=a foo", "`limit_req` has no parameter `foo`"),
        (
            "location",
            "return $x",
            "`return` takes a status code, or a URL with `http://` or `https://` alone, not `$x`",
        ),
        ("location", "return 200 US$", "a `$` in `US$` is followed by no name of a variable"),
        ("location", "access_log syslog:tag=x", "`syslog:` must have `server=`"),
        (
            "server",
            "ssl_session_cache shared:SSL:1k",
            "`shared:` of `ssl_session_cache` takes a zone of at least `32k`, not `shared:SSL:1k`",
        ),
        (
            "main",
            "worker_processes many",
            "`worker_processes` takes a whole number or `auto`, not `many`",
        ),
        (
            "location",
            "error_log memory:1k",
            "`memory:` of `error_log` takes a size of at least `2k`, not `1k`",
        ),
        (
            "location",
            "valid_referers http://a http://b",
            "`valid_referers` has the name `http:` already",
        ),
        (
            "location",
            "valid_referers .a; valid_referers *.A",
            "`valid_referers` has the name `*.A` already",
        ),
        (
            "location",
            "auth_request_set $host $a",
            "`$host` is a variable of nginx, which `auth_request_set` cannot define",
        ),
        (
            "http",
            "variables_hash_bucket_size 0",
            "`variables_hash_bucket_size` takes a number from 1 to 65472, not `0`",
        ),
        (
            "http",
            "open_log_file_cache max=0",
            "`max=` of `open_log_file_cache` takes a whole number of at least 1, not `0`",
        ),
        (
            "location",
            "proxy_store \"\"",
            "`proxy_store` takes `on`, `off` or a path, and this is empty",
        ),
        ("stream/server", "pass a$", "a `$` in `a$` is followed by no name of a variable"),
        (
            "mail/server",
            "protocol http",
            "`protocol` takes `imap`, `pop3` or `smtp` here, not `http`",
        ),
    ] {
        assert_eq!(said("1.28.3", context, &format!("{line};")), [message]);
    }
}

#[test]
fn what_holds_in_part_of_the_target_says_where() {
    for (version, line, message) in [
        ("1.22.1", "proxy_limit_rate $a", "`proxy_limit_rate` takes variables only since 1.27.0"),
        ("1.22.1", "http2_push a$", "a `$` in `a$` is followed by no name of a variable"),
        ("1.20.2", "resolver 192.0.2.1 ipv4=off", "`ipv4=` of `resolver` exists only since 1.23.1"),
        (
            ">=1.20, <1.26",
            "resolver 192.0.2.1 ipv4=off",
            "`ipv4=` of `resolver` exists only since 1.23.1 (in part)",
        ),
        (
            ">=1.20, <1.26",
            "aio sendfile",
            "`sendfile` of `aio` exists only before 1.21.5 (in part)",
        ),
    ] {
        assert_eq!(said(version, "location", &format!("{line};")), [message], "{version}");
    }
    for (version, line) in [
        ("1.28.3", "proxy_limit_rate $a"),
        ("1.26.3", "proxy_store \"\""),
        ("1.23.1", "resolver 192.0.2.1 ipv4=off"),
        ("1.20.2", "aio sendfile"),
        (">=1.20", "server_tokens build"),
    ] {
        assert!(said(version, "location", &format!("{line};")).is_empty(), "{version} {line}");
    }
}

#[test]
fn what_nginx_takes_is_silent() {
    for (context, lines) in [
        ("http", "gzip_types text/css *; gzip_types a/b c/d; keepalive_disable none;"),
        ("http", "proxy_cache_path /a keys_zone=a:12k levels= use_temp_path=off min_free=1g;"),
        (
            "location",
            "allow all; deny unix:; deny ::/0; error_page 404 =200 /a; error_page 500 = @b;",
        ),
        ("location", "expires @15h; return 444; add_header A \"\" always; aio threads=a;"),
        ("location", "access_log /a$b main if=$c; error_log stderr debug_http debug_core;"),
        ("location", "proxy_redirect ~a $b; proxy_store on; root ${ROOT}; index a $b /c;"),
        ("location", "proxy_read_timeout {{ a }}; limit_req {{ b }}; proxy_buffering ${C};"),
        ("location", "valid_referers none *.a a; valid_referers blocked server_names ~b;"),
        ("http", "open_log_file_cache max=0 off;"),
        ("upstream", "keepalive 16; hash $a consistent; random two; zone a 64k;"),
        ("stream/server", "proxy_bind $remote_addr transparent; access_log off; return $a;"),
        ("main", "worker_processes auto; worker_cpu_affinity auto 01; thread_pool a threads=2 b;"),
    ] {
        assert_eq!(said("1.28.3", context, lines), [""; 0], "{lines}");
    }
}
