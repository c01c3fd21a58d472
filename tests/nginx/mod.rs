//! Real nginx is the judge: what three releases of it say and do, against what ngxlint says.

#![expect(clippy::disallowed_methods, reason = "tests make their own files")]

mod body;
mod client;
mod diagnose;
mod differ;
mod facts;
mod fix;
mod idiom;
mod includes;
mod install;
mod keepalive;
mod lint;
mod location;
mod name_table;
mod peer;
mod port;
mod process;
mod random;
mod runtime;
mod server;
mod server_log;
mod situation;
mod soup;
mod text;
mod tokens;
mod tree;
mod upgrade;
mod upstream_server;

pub use install::Release;
