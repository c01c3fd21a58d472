//! The rules: each a value and one check function in a file of its own, beside its page in
//! `rules/`. Only here are diagnostics made (but for those about ngxlint's own comments, which the
//! engine makes). A rule is short because the model answers the hard questions.

mod buffer_sizes;
mod buffered_chunked_body;
mod byte_order_mark;
mod changed_directive;
mod changed_proxy_defaults;
mod commercial_directive;
mod connection_header_over_http2;
mod constant_connection_upgrade;
mod define_before_use;
mod deprecated_directive;
mod deprecated_listen_http2;
mod directive_arguments;
mod directive_block;
mod directive_context;
mod directive_version;
mod draft;
mod duplicate_directive;
mod duplicate_listen;
mod duplicate_location;
mod duplicate_map_key;
mod duplicate_server_name;
mod duplicate_upstream;
mod empty_upstream;
mod grpc_listener_without_http2;
mod grpc_through_proxy_pass;
mod hash_bucket_size;
mod http1_to_http2_upstream;
mod http2_only_listener;
mod http2_to_http1_upstream;
mod implicit_http10;
mod impossible_target;
mod include_cycle;
mod ineffective_upstream_keepalive;
mod invalid_regex;
mod invalid_upstream_scheme;
mod invalid_value;
mod listen_options_conflict;
mod location_nesting;
mod lost_proxy_headers;
mod missing_events;
mod missing_handler;
mod missing_include;
mod missing_listen;
mod missing_resolver;
mod missing_tls_material;
mod missing_upstream_sni;
mod mixed_upstream_protocols;
mod overlong_token;
mod overridden_pass;
mod plaintext_to_tls_upstream;
mod proxy_pass_uri;
mod proxy_protocol_mismatch;
mod quic_only_upstream;
mod shared_keepalive_pool;
mod stream_tls_without_alpn;
mod syntax_error;
mod template_file;
mod tls_to_plaintext_upstream;
mod undefined_named_location;
mod undefined_variable;
mod undefined_zone;
mod unknown_directive;
mod unknown_suppression;
mod unsupported_proxy_http_version;
mod unused_proxy_http_version;
mod unused_suppression;
mod unused_upstream_tls;
mod upgrade_without_http11;
mod upstream_default_port;
mod upstream_port;
mod upstream_tls_name;
mod wrong_upgrade_header;
mod wrong_upstream_protocol;

use std::sync::LazyLock;

pub use draft::{Draft, Finding};
use draft::{
    grpc_sign_in_words, insert_before, insert_behind, keep_connection, line_ending,
    listen_in_words, peers_in_words, remove, remove_word, replace, report_faults, set,
    speak_http11,
};

use crate::diagnostic::{Card, Category, Confidence, Diagnostic, Level};
use crate::include::{Files, InstanceId, Used};
use crate::model::{Hop, Model, Scope};
use crate::nginx::{DirectiveId, VersionSet};
use crate::page::{Language, Page};
use crate::source::{Location, SourceId, Span};

/// Every rule, by name.
pub static ALL: &[&Rule] = &[
    &buffer_sizes::RULE,
    &buffered_chunked_body::RULE,
    &byte_order_mark::RULE,
    &CHANGED_DIRECTIVE,
    &CHANGED_PROXY_DEFAULTS,
    &commercial_directive::RULE,
    &connection_header_over_http2::RULE,
    &constant_connection_upgrade::RULE,
    &define_before_use::RULE,
    &deprecated_directive::RULE,
    &deprecated_listen_http2::RULE,
    &directive_arguments::RULE,
    &directive_block::RULE,
    &directive_context::RULE,
    &directive_version::RULE,
    &duplicate_directive::RULE,
    &duplicate_listen::RULE,
    &duplicate_location::RULE,
    &duplicate_map_key::RULE,
    &duplicate_server_name::RULE,
    &duplicate_upstream::RULE,
    &empty_upstream::RULE,
    &grpc_listener_without_http2::RULE,
    &grpc_through_proxy_pass::RULE,
    &hash_bucket_size::RULE,
    &http1_to_http2_upstream::RULE,
    &http2_only_listener::RULE,
    &http2_to_http1_upstream::RULE,
    &implicit_http10::RULE,
    &impossible_target::RULE,
    &include_cycle::RULE,
    &ineffective_upstream_keepalive::RULE,
    &invalid_regex::RULE,
    &invalid_upstream_scheme::RULE,
    &invalid_value::RULE,
    &listen_options_conflict::RULE,
    &location_nesting::RULE,
    &lost_proxy_headers::RULE,
    &missing_events::RULE,
    &missing_handler::RULE,
    &missing_include::RULE,
    &missing_listen::RULE,
    &missing_resolver::RULE,
    &missing_tls_material::RULE,
    &missing_upstream_sni::RULE,
    &mixed_upstream_protocols::RULE,
    &overlong_token::RULE,
    &overridden_pass::RULE,
    &plaintext_to_tls_upstream::RULE,
    &proxy_pass_uri::RULE,
    &proxy_protocol_mismatch::RULE,
    &quic_only_upstream::RULE,
    &shared_keepalive_pool::RULE,
    &stream_tls_without_alpn::RULE,
    &syntax_error::RULE,
    &template_file::RULE,
    &tls_to_plaintext_upstream::RULE,
    &undefined_named_location::RULE,
    &undefined_variable::RULE,
    &undefined_zone::RULE,
    &unknown_directive::RULE,
    &UNKNOWN_SUPPRESSION,
    &unsupported_proxy_http_version::RULE,
    &unused_proxy_http_version::RULE,
    &UNUSED_SUPPRESSION,
    &unused_upstream_tls::RULE,
    &upgrade_without_http11::RULE,
    &upstream_default_port::RULE,
    &upstream_port::RULE,
    &upstream_tls_name::RULE,
    &wrong_upgrade_header::RULE,
    &wrong_upstream_protocol::RULE,
];

/// Names that are given away to rules still to come, ascending: settings and comments may say them
/// already, without effect.
pub static COMING: &[&str] = &[
    "external-host-header",
    "h2c-smuggling",
    "proxy-pass-slash-mismatch",
    "proxy-protocol-both-directions",
    "quic-without-tcp",
    "stale-baseline",
    "upstream-keepalive-timeout",
    "upstream-unspecified-address",
];

pub use changed_directive::RULE as CHANGED_DIRECTIVE;
pub use changed_proxy_defaults::RULE as CHANGED_PROXY_DEFAULTS;
pub use unknown_suppression::RULE as UNKNOWN_SUPPRESSION;
pub use unused_suppression::RULE as UNUSED_SUPPRESSION;

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, kebab-case, permanent.
    pub name: &'static str,
    /// What it is about.
    pub category: Category,
    /// The level of a certain finding that holds in the whole target.
    pub level: Level,
    /// Its page, `rules/<name>.md`.
    pub page: &'static str,
    /// What it looks at, and how.
    pub check: On,
}

/// What a rule looks at.
#[derive(Debug)]
pub enum On {
    /// Nothing: the engine makes its findings.
    Engine,
    /// The whole configuration, once.
    Config(fn(&mut Context<'_>)),
    /// Each use of these directives.
    Directive(&'static [DirectiveId], fn(Used<'_>, Scope<'_>, &mut Context<'_>)),
    /// Each place where nginx opens a connection.
    Hop(fn(Hop<'_>, &mut Context<'_>)),
    /// Each text, once, however often it is used.
    Source(fn(SourceId, &mut Context<'_>)),
}

impl Rule {
    /// The rule of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|rule| rule.name == name)
    }

    /// Its page in that language; where nobody has written that one, in English.
    pub fn page_in(&self, language: Language) -> (Language, &'static str) {
        let chinese = || ZH.iter().find(|(name, _)| *name == self.name).map(|(_, page)| *page);
        match language {
            Language::En => (Language::En, self.page),
            Language::Zh => chinese().map_or((Language::En, self.page), |page| (language, page)),
        }
    }

    /// What a format says of it.
    pub fn card(&self) -> Card {
        // That every page can be read is held by a test.
        let parsed = Page::parse(self.page).ok();
        let summary = parsed.map(|page| page.summary).unwrap_or_default();
        let Self { name, category, level, page, .. } = *self;
        Card { name, category, level, summary, url: url(name), page }
    }
}

/// The pages of all rules, in the order of [`ALL`]. They are read once.
pub fn pages() -> &'static [Page<'static>] {
    static PAGES: LazyLock<Vec<Page<'static>>> =
        LazyLock::new(|| ALL.iter().filter_map(|rule| Page::parse(rule.page).ok()).collect());
    &PAGES
}

/// Where the page of a rule is to be read: in the package's repository, if it states one.
pub fn url(name: &str) -> String {
    match env!("CARGO_PKG_REPOSITORY") {
        "" => format!("rules/{name}.md"),
        home => format!("{home}/blob/main/rules/{name}.md"),
    }
}

/// Every name by which rules can be selected: their own and those of their categories.
pub fn names() -> Vec<&'static str> {
    let categories = Category::ALL.iter().map(|category| category.name());
    ALL.iter().map(|rule| rule.name).chain(categories).collect()
}

/// What a check function asks, and where it reports.
pub struct Context<'a> {
    model: &'a Model<'a>,
    files: &'a Files,
    rule: &'static Rule,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Context<'a> {
    /// For one rule; findings go to `findings`.
    pub fn new(
        model: &'a Model<'a>,
        files: &'a Files,
        rule: &'static Rule,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        Self { model, files, rule, findings }
    }

    /// The meaning of the configuration.
    pub const fn model(&self) -> &'a Model<'a> {
        self.model
    }

    /// The files of the run.
    pub const fn files(&self) -> &'a Files {
        self.files
    }

    /// The releases the configuration is for.
    pub const fn target(&self) -> &'a VersionSet {
        self.model.target()
    }

    /// Reports what is wrong at a place in a text.
    pub fn report_at(&mut self, at: Location, message: impl Into<String>) -> Draft<'_> {
        self.push(at, None, message.into())
    }

    /// Reports what is wrong at a part of a directive.
    pub fn report(&mut self, used: Used<'_>, span: Span, message: impl Into<String>) -> Draft<'_> {
        self.push(used.locate(span), Some(used.instance()), message.into())
    }

    fn push(&mut self, at: Location, instance: Option<InstanceId>, message: String) -> Draft<'_> {
        let diagnostic = Diagnostic {
            rule: self.rule.name,
            category: self.rule.category,
            level: self.rule.level,
            confidence: Confidence::Certain,
            affects: None,
            // A name in it may hold a line end.
            message: message.replace(['\n', '\r'], " "),
            at,
            directive: String::new(),
            labels: Vec::new(),
            help: Vec::new(),
            dead_ends: Vec::new(),
            symptoms: Vec::new(),
            fixes: Vec::new(),
            seen: None,
        };
        let index = self.findings.len();
        self.findings.push(Finding { diagnostic, likely_level: None, instance });
        Draft { finding: &mut self.findings[index] }
    }
}

/// The Chinese pages by the names of their rules, made by `build/`.
static ZH: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/zh.rs"));
