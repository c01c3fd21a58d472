//! A [`Report`] as text, one file per format. What the files hold reaches no terminal as it is:
//! [`visible`] stands between them.
//!
//! The formats for people (`full`, `concise`, `hops`) may change their wording; the shape of a
//! line of `concise` and the documents of `json` are what programs read, and only grow.

mod checkstyle;
mod concise;
mod config;
mod excerpt;
mod explain;
mod file;
mod fingerprint;
mod full;
mod github;
mod gitlab;
mod hops;
mod json;
mod junit;
mod place;
mod rdjson;
mod repository;
mod rule;
mod sarif;
mod statistics;
mod summary;
#[cfg(test)]
mod tests;
mod text;
mod xml;

pub use checkstyle::checkstyle;
pub use concise::concise;
pub use config::{config_json, config_text, schema};
pub use explain::{Aside, Explained, explain_json, explain_text};
pub use full::full;
pub use github::github;
pub use gitlab::gitlab;
pub use hops::hops;
pub use json::{check_json, hops_json, json_lines};
pub use junit::junit;
pub use rdjson::rdjson;
pub use repository::Repository;
pub use rule::{rule_json, rule_list, rule_text, rules_json};
pub use sarif::{left_out, sarif};
pub use statistics::{statistics, statistics_json};
pub use summary::summary;
pub use text::{count, finished, visible, visible_path};

#[cfg(doc)]
use crate::diagnostic::Report;

/// How a text for people is to look.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour it.
    pub color: bool,
    /// Whether the name of a rule is a link to its page, where that is on the web.
    pub links: bool,
    /// How many columns there are.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, links: false, width: 100 }
    }
}
