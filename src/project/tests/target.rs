//! What is aimed at: stated, found beside the configuration, or assumed.

use super::*;

/// `versions flavor assumed origin` of what is aimed at.
fn aimed(files: &[(&str, &str)], request: &Request) -> String {
    let target = check(&memory(files), request).unwrap().target;
    let assumed = if target.assumed { "assumed" } else { "stated" };
    let origin = target.origin.unwrap_or_default();
    format!("{} {} {assumed} {origin}", target.versions, target.flavor)
}

const ASSUMED: &str = ">=1.20.0, <=1.31.4 nginx assumed ";

#[test]
fn an_image_beside_the_configuration_states_the_target() {
    let aimed = |more: &[(&str, &str)]| {
        let mut files = vec![("/r/.git/HEAD", ""), ("/r/a/b/nginx.conf", ROOT), ("/D", "")];
        files.extend(more);
        aimed(&files, &request(&["/r/a/b/nginx.conf"]))
    };
    let (old, new) = ("FROM nginx:1.22.1\n", "FROM nginx:1.27.3\n");
    let compose = "services:\n  web:\n    image: nginx:1.25.3\n";
    let at = |origin: &str| format!(" nginx stated from `{origin}");
    assert_eq!(aimed(&[]), ASSUMED);
    assert_eq!(
        aimed(&[("/r/a/b/Dockerfile", new)]),
        "1.27.3".to_owned() + &at("FROM nginx:1.27.3` at /r/a/b/Dockerfile:1")
    );
    let nearest = [("/r/Dockerfile", old), ("/r/a/Dockerfile", new)];
    assert!(aimed(&nearest).ends_with("at /r/a/Dockerfile:1"), "{}", aimed(&nearest));
    let both = [("/r/compose.yml", compose), ("/r/Dockerfile", new)];
    assert!(aimed(&both).ends_with("at /r/Dockerfile:1"), "a Dockerfile is the stronger");
    assert!(aimed(&both[..1]).ends_with("`image: nginx:1.25.3` at /r/compose.yml:3"));
    let other = [("/r/compose.yml", compose), ("/r/Dockerfile", "FROM node:20\n")];
    assert!(aimed(&other).ends_with("at /r/compose.yml:3"), "that is another image");
    let without = [("/r/Dockerfile", new), ("/r/a/Dockerfile", "FROM nginx:alpine\n")];
    assert_eq!(aimed(&without), ASSUMED, "the nearest decides, be it without a number");
    let two = [("/r/Dockerfile.a", old), ("/r/Dockerfile.b", new)];
    assert_eq!(aimed(&two), ASSUMED, "nobody knows which");
    let resty = [("/r/Dockerfile", "FROM openresty/openresty:1.25.3.1-2-alpine\n")];
    assert!(aimed(&resty).starts_with("1.25.3 openresty stated"));
    assert_eq!(aimed(&[("/Dockerfile", new)]), ASSUMED, "outside of the repository");
    let large = new.to_owned() + &"# x\n".repeat(100_000);
    assert_eq!(aimed(&[("/r/Dockerfile", &large)]), ASSUMED, "no file that a person wrote");
    let many: Vec<String> = (10..60).map(|one| format!("/r/a/Dockerfile.{one}")).collect();
    let mut many: Vec<_> = many.iter().map(|name| (name.as_str(), "FROM node\n")).collect();
    many.push(("/r/a/Dockerfile.x", new));
    assert_eq!(aimed(&many), ASSUMED, "bounded");
}

#[test]
fn what_is_stated_beats_what_is_detected() {
    let files = |settings: &'static str| {
        [
            ("/r/nginx.conf", ROOT),
            ("/r/Dockerfile", "FROM openresty/openresty:1.25.3.1\n"),
            ("/r/ngxlint.toml", settings),
        ]
    };
    let mut request = request(&["/r/nginx.conf"]);
    assert!(aimed(&files(""), &request).starts_with("1.25.3 openresty stated from `FROM"));
    assert_eq!(
        aimed(&files("nginx-version = \"1.22.1\""), &request),
        "1.22.1 nginx stated from /r/ngxlint.toml:1"
    );
    assert!(aimed(&files("flavor = \"openresty\""), &request).starts_with("1.25.3 openresty"));
    assert_eq!(aimed(&files("flavor = \"nginx\""), &request), ASSUMED, "that is another server");
    request.nginx_version = Some("1.22.1".parse().unwrap());
    assert_eq!(aimed(&files("nginx-version = \"1.20\""), &request), "1.22.1 nginx stated ");
    // Without a root it is the same, and outside of a repository only the own directory counts.
    let alone = [("/c/d/a.conf", FRAGMENT), ("/c/d/Dockerfile", "FROM nginx:1.27.3\n")];
    let fragment = self::request(&["/c/d/a.conf"]);
    assert!(aimed(&alone, &fragment).ends_with("at /c/d/Dockerfile:1"));
    let above = [("/c/d/a.conf", FRAGMENT), ("/c/Dockerfile", "FROM nginx:1.27.3\n")];
    assert_eq!(aimed(&above, &fragment), ASSUMED);
}

#[test]
fn an_installed_nginx_is_asked_once() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    fn installed(program: &str) -> Option<String> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        (program == "nginx").then(|| "nginx version: nginx/1.22.1\n".to_owned())
    }
    let files = [
        ("/etc/nginx/nginx.conf", "events {}"),
        ("/etc/nginx/second/nginx.conf", "events {}"),
        ("/etc/nginx-old/nginx.conf", "events {}"),
        ("/usr/local/openresty/nginx/conf/nginx.conf", "events {}"),
        ("/etc/angie/nginx.conf", "events {}"),
    ];
    let mut request = request(&["/etc/nginx/nginx.conf", "/etc/nginx/second/nginx.conf"]);
    request.installed = Some(installed);
    assert_eq!(aimed(&files, &request), "1.22.1 nginx stated from `nginx -v`");
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    for other in ["/etc/nginx-old/nginx.conf", "/etc/angie/nginx.conf"] {
        request.paths = vec![other.into()];
        assert_eq!(aimed(&files, &request), ASSUMED);
    }
    assert_eq!(ASKED.load(Ordering::Relaxed), 1, "only where a package installs");
    request.paths = vec!["/usr/local/openresty/nginx/conf/nginx.conf".into()];
    assert_eq!(aimed(&files, &request), ASSUMED, "`openresty` is asked, and is not there");
    request.paths = vec!["/etc/nginx/nginx.conf".into()];
    request.nginx_version = Some("1.25.1".parse().unwrap());
    assert_eq!(aimed(&files, &request), "1.25.1 nginx stated ");
    assert_eq!(ASKED.load(Ordering::Relaxed), 2, "nobody is asked what is stated");
}

#[test]
fn what_no_release_takes_together_is_said_once() {
    let run = |files: &[(&str, &str)], version: Option<&str>, flavor| {
        let mut request = request(&["/r"]);
        (request.nginx_version, request.flavor) = (version.map(|one| one.parse().unwrap()), flavor);
        let mut report = check(&memory(files), &request).unwrap();
        report.diagnostics.retain(|one| one.rule == "impossible-target");
        report
    };
    let root = |lines: &str| format!("events {{}}\nhttp {{\n{lines}\n}}\n");
    let both = root("ssl on;\nhttp2 on;\nserver {\nssl on;\nhttp2 off;\n}");
    let files = [("/r/nginx.conf", both.as_str())];
    let report = run(&files, None, None);
    insta::assert_snapshot!(shown(&report), @r"
    /r/nginx.conf:3:1 error no nginx release takes both `ssl on` and `http2 on` [impossible-target]
      /r/nginx.conf:4:1 `http2 on` exists since 1.25.1
    ");
    assert_eq!(
        report.diagnostics[0].help,
        [
            "`ssl on` is gone since 1.25.1; `http2 on` exists since 1.25.1",
            "in place of `ssl on` write `listen … ssl`",
        ]
    );
    assert_eq!(report.target.versions, VersionSet::assumed());
    assert!(report.target.assumed && report.target.origin.is_none());
    assert_eq!(shown(&run(&files, Some("1.22.1"), None)), "", "it is known which is wrong");
    assert_eq!(shown(&run(&files, None, Some(Flavor::Angie))), "", "forks take what they want");
    // What is ignored, and what was a flag before, is taken by all; a mistake is no evidence.
    for lines in [
        "http2_push off;\nhttp2 on;\nhttp2_push_preload on;",
        "server {\nssl on;\nlisten 443 quic;\n}",
        "ssl on;\n}\nstream {\nserver {\nproxy_protocol on;\n}",
        "ssl on;\nupstream u {\nserver a resolve;\n}",
        "ssl on;\nno_such_directive on;\nhttp2 on off;\nproxy_http_version 3;",
    ] {
        assert_eq!(shown(&run(&[("/r/nginx.conf", &root(lines))], None, None)), "", "{lines}");
    }
    let words = root("server {\nssl on;\nproxy_http_version 2;\n}");
    let words = shown(&run(&[("/r/nginx.conf", &words)], None, None));
    assert!(words.contains("takes both `ssl on` and `proxy_http_version 2`"), "{words}");
    // Fragments may belong to several configurations.
    let apart = [("/r/a.conf", "server { ssl on; }"), ("/r/b.conf", "server { http2 on; }")];
    assert_eq!(shown(&run(&apart, None, None)), "");
    let together = [("/r/a.conf", "server { ssl on; }\nserver { http2 on; }")];
    assert!(shown(&run(&together, None, None)).starts_with("/r/a.conf:1:10 error "));
}
