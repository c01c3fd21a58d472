//! A context around a statement: the shortest configuration in which it stands there.

use ngxlint::nginx::Contexts;

/// The line in which the statement begins.
pub(super) const LINE: u32 = 2;

/// A configuration that nginx takes but for what `statement` brings into it. What the context needs
/// is left out where the statement is of that name itself.
pub(super) fn framed(context: Contexts, name: &str, statement: &str) -> String {
    let needed = |own: &str, text: &'static str| if name == own { "" } else { text };
    let (head, tail) = match context {
        Contexts::EVENTS => ("events {".to_owned(), "}"),
        Contexts::HTTP => ("events {} http {".to_owned(), "}"),
        Contexts::SERVER => ("events {} http { server {".to_owned(), "} }"),
        Contexts::LOCATION => ("events {} http { server { location / {".to_owned(), "} } }"),
        Contexts::UPSTREAM => {
            ("events {} http { upstream u {".to_owned(), "server 127.0.0.1:17001; } }")
        }
        Contexts::IF_IN_SERVER => ("events {} http { server { if ($host) {".to_owned(), "} } }"),
        Contexts::IF_IN_LOCATION => {
            ("events {} http { server { location / { if ($host) {".to_owned(), "} } } }")
        }
        Contexts::LIMIT_EXCEPT => {
            ("events {} http { server { location / { limit_except GET {".to_owned(), "} } } }")
        }
        Contexts::STREAM => ("events {} stream {".to_owned(), "}"),
        Contexts::STREAM_SERVER => {
            let listen = needed("listen", "listen 17000;");
            let handler = ["proxy_pass", "pass"].contains(&name);
            let handler = if handler { "" } else { needed("return", "return a;") };
            (format!("events {{}} stream {{ server {{ {listen} {handler}"), "} }")
        }
        Contexts::STREAM_UPSTREAM => {
            ("events {} stream { upstream u {".to_owned(), "server 127.0.0.1:17001; } }")
        }
        Contexts::MAIL => {
            let auth = needed("auth_http", "auth_http 127.0.0.1:17001;");
            (format!("events {{}} mail {{ {auth}"), "}")
        }
        Contexts::MAIL_SERVER => {
            let (listen, protocol) =
                (needed("listen", "listen 17000;"), needed("protocol", "protocol imap;"));
            let auth = needed("auth_http", "auth_http 127.0.0.1:17001;");
            (format!("events {{}} mail {{ server {{ {auth} {protocol} {listen}"), "} }")
        }
        _ => (needed("events", "events {}").to_owned(), ""),
    };
    format!("{head}\n{statement}\n{tail}\n")
}

/// The contexts that statements are put into, and the block each needs.
pub(super) const CONTEXTS: [(Contexts, &str); 14] = [
    (Contexts::MAIN, ""),
    (Contexts::EVENTS, "events"),
    (Contexts::HTTP, "http"),
    (Contexts::SERVER, "http"),
    (Contexts::LOCATION, "http"),
    (Contexts::UPSTREAM, "http"),
    (Contexts::IF_IN_SERVER, "http"),
    (Contexts::IF_IN_LOCATION, "http"),
    (Contexts::LIMIT_EXCEPT, "http"),
    (Contexts::STREAM, "stream"),
    (Contexts::STREAM_SERVER, "stream"),
    (Contexts::STREAM_UPSTREAM, "stream"),
    (Contexts::MAIL, "mail"),
    (Contexts::MAIL_SERVER, "mail"),
];
