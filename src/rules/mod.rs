//! The rules: each a value and one check function in a file of its own, beside its page in
//! `rules/`. Only here are diagnostics made (but for those about ngxlint's own comments, which the
//! engine makes). A rule is short because the model answers the hard questions.

mod buffer_sizes;
mod byte_order_mark;
mod commercial_directive;
mod define_before_use;
mod deprecated_directive;
mod deprecated_listen_http2;
mod directive_arguments;
mod directive_block;
mod directive_context;
mod directive_version;
mod duplicate_directive;
mod duplicate_listen;
mod duplicate_location;
mod duplicate_map_key;
mod duplicate_server_name;
mod duplicate_upstream;
mod empty_upstream;
mod hash_bucket_size;
mod http1_to_http2_upstream;
mod impossible_target;
mod include_cycle;
mod invalid_regex;
mod invalid_upstream_scheme;
mod invalid_value;
mod location_nesting;
mod missing_events;
mod missing_handler;
mod missing_include;
mod missing_listen;
mod missing_tls_material;
mod overlong_token;
mod plaintext_to_tls_upstream;
mod proxy_pass_uri;
mod syntax_error;
mod template_file;
mod tls_to_plaintext_upstream;
mod undefined_named_location;
mod undefined_variable;
mod undefined_zone;
mod unknown_directive;
mod unknown_suppression;
mod unsupported_proxy_http_version;
mod unused_suppression;
mod upstream_port;

use std::collections::HashSet;

use crate::diagnostic::{
    Applicability, Card, Category, Confidence, Diagnostic, Edit, Fix, Label, Level,
};
use crate::include::{Files, InstanceId, Used};
use crate::model::{Certainty, Clash, Evidence, FaultKind, Hop, Model, Peer, Scope};
use crate::nginx::{DirectiveId, VersionSet};
use crate::page::Page;
use crate::source::{Location, SourceId, Span};

/// Every rule, by name.
pub static ALL: &[&Rule] = &[
    &buffer_sizes::RULE,
    &byte_order_mark::RULE,
    &commercial_directive::RULE,
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
    &hash_bucket_size::RULE,
    &http1_to_http2_upstream::RULE,
    &impossible_target::RULE,
    &include_cycle::RULE,
    &invalid_regex::RULE,
    &invalid_upstream_scheme::RULE,
    &invalid_value::RULE,
    &location_nesting::RULE,
    &missing_events::RULE,
    &missing_handler::RULE,
    &missing_include::RULE,
    &missing_listen::RULE,
    &missing_tls_material::RULE,
    &overlong_token::RULE,
    &plaintext_to_tls_upstream::RULE,
    &proxy_pass_uri::RULE,
    &syntax_error::RULE,
    &template_file::RULE,
    &tls_to_plaintext_upstream::RULE,
    &undefined_named_location::RULE,
    &undefined_variable::RULE,
    &undefined_zone::RULE,
    &unknown_directive::RULE,
    &UNKNOWN_SUPPRESSION,
    &unsupported_proxy_http_version::RULE,
    &UNUSED_SUPPRESSION,
    &upstream_port::RULE,
];

/// Names that are given away to rules still to come, ascending: settings and comments may say them
/// already, without effect.
pub static COMING: &[&str] = &[
    "buffered-chunked-body",
    "changed-proxy-defaults",
    "connection-header-over-http2",
    "constant-connection-upgrade",
    "external-host-header",
    "grpc-listener-without-http2",
    "grpc-through-proxy-pass",
    "h2c-smuggling",
    "http2-only-listener",
    "http2-to-http1-upstream",
    "implicit-http10",
    "ineffective-upstream-keepalive",
    "listen-options-conflict",
    "lost-proxy-headers",
    "missing-resolver",
    "missing-upstream-sni",
    "mixed-upstream-protocols",
    "overridden-pass",
    "proxy-pass-slash-mismatch",
    "proxy-protocol-both-directions",
    "proxy-protocol-mismatch",
    "quic-only-upstream",
    "quic-without-tcp",
    "shared-keepalive-pool",
    "stale-baseline",
    "stream-tls-without-alpn",
    "unused-proxy-http-version",
    "unused-upstream-tls",
    "upgrade-without-http11",
    "upstream-default-port",
    "upstream-keepalive-timeout",
    "upstream-tls-name",
    "upstream-unspecified-address",
    "wrong-upgrade-header",
    "wrong-upstream-protocol",
];

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

    /// What a format says of it.
    pub fn card(&self) -> Card {
        // That every page can be read is held by a test.
        let summary = Page::parse(self.page).map(|page| page.summary).unwrap_or_default();
        let Self { name, category, level, .. } = *self;
        Card { name, category, level, summary, url: url(name) }
    }
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

/// A finding before it is weighed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The finding; its level is the rule's.
    pub diagnostic: Diagnostic,
    /// The level of a likely finding, where it is not the usual one.
    pub likely_level: Option<Level>,
    /// The use of a file that it was found in, if it speaks of one.
    pub instance: Option<InstanceId>,
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

    /// Reports how the sides of a hop disagree, at its pass: sure and affected as the clash is,
    /// with a label for each peer that says `why`, or what else is known of it.
    pub fn report_clash(
        &mut self,
        hop: Hop<'_>,
        clash: &Clash,
        message: String,
        why: impl Fn(&Peer) -> Option<(Location, String)>,
    ) -> Draft<'_> {
        let model = self.model;
        let used = hop.used();
        let span = used.directive().span();
        let mut draft = self
            .report(used, span, message)
            .confidence(clash.certainty.into())
            .affects(model.target(), &clash.affects);
        if clash.is_strong(hop) {
            draft = draft.likely_level(Level::Warning);
        }
        // Hops that share an upstream share its peers: one line is enough for many of a kind.
        let mut seen = HashSet::new();
        for peer in hop.peers_of(clash) {
            let (at, message) = why(peer).unwrap_or_else(|| evidence(model, peer));
            if seen.insert((at, message.clone())) {
                draft = draft.label(at, message);
            }
        }
        draft
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
            labels: Vec::new(),
            help: Vec::new(),
            symptoms: Vec::new(),
            fixes: Vec::new(),
        };
        let index = self.findings.len();
        self.findings.push(Finding { diagnostic, likely_level: None, instance });
        Draft { finding: &mut self.findings[index] }
    }
}

/// Reports the faults of one kind, each at its place.
fn report_faults(cx: &mut Context<'_>, kind: FaultKind) {
    let model = cx.model();
    for fault in model.faults(kind) {
        let used = model.used(fault.used);
        let mut draft = cx
            .report(used, fault.span, fault.message.as_str())
            .affects(model.target(), &fault.versions);
        if fault.warns {
            draft = draft.level(Level::Warning);
        }
        for (at, message) in &fault.labels {
            draft = draft.label(*at, message.as_str());
        }
        for sentence in &fault.help {
            draft = draft.help(sentence.as_str());
        }
        if let Some(log) = &fault.log {
            draft = draft.symptom(log.as_str());
        }
        if let Some(mend) = &fault.mend {
            let applicability = if mend.safe { Applicability::Safe } else { Applicability::Unsafe };
            let edits = vec![replace(used, mend.span, mend.text.as_str())];
            draft.fix(format!("write `{}`", mend.text), applicability, None, edits);
        }
    }
}

/// How it is known what a peer accepts, as a label.
fn evidence(model: &Model<'_>, peer: &Peer) -> (Location, String) {
    let at = model.used(peer.used()).location();
    let address = peer.shown();
    match peer.evidence() {
        Evidence::Comment(at, _) => (*at, format!("declared for `{address}` here")),
        Evidence::Listener { default, .. } => {
            (model.used(*default).location(), format!("`{address}` is this listener"))
        }
        Evidence::Convention { .. } => {
            let signs = peer.evidence().signs();
            let tell = if signs.len() > 1 { "tell" } else { "tells" };
            (at, format!("{} {tell} what `{address}` speaks", signs.join(" and ")))
        }
        Evidence::None => (at, format!("the peer `{address}`")),
        Evidence::Setting(_, words) => {
            let words: Vec<&str> = words.iter().map(|word| word.name()).collect();
            let words = words.join("`, `");
            (at, format!("the settings declare that `{address}` speaks `{words}`"))
        }
    }
}

impl From<Certainty> for Confidence {
    fn from(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Likely => Self::Likely,
            Certainty::Certain => Self::Certain,
        }
    }
}

/// A finding in the making.
pub struct Draft<'f> {
    finding: &'f mut Finding,
}

impl Draft<'_> {
    /// How sure it is; certain if nothing is said.
    pub fn confidence(self, confidence: Confidence) -> Self {
        self.finding.diagnostic.confidence = confidence;
        self
    }

    /// The level of a certain finding, where it is not the rule's: nginx only warns.
    pub fn level(self, level: Level) -> Self {
        self.finding.diagnostic.level = level;
        self
    }

    /// The level of a likely finding, where it is not the usual one.
    pub fn likely_level(self, level: Level) -> Self {
        self.finding.likely_level = Some(level);
        self
    }

    /// The releases of `target` in which it holds; all of them if nothing is said.
    pub fn affects(self, target: &VersionSet, affected: &VersionSet) -> Self {
        let part = target.intersect(affected);
        self.finding.diagnostic.affects = (part != *target).then_some(part);
        self
    }

    /// Another place, and what to see there.
    pub fn label(self, at: Location, message: impl Into<String>) -> Self {
        self.finding.diagnostic.labels.push(Label { at, message: message.into() });
        self
    }

    /// What to do.
    pub fn help(self, sentence: impl Into<String>) -> Self {
        self.finding.diagnostic.help.push(sentence.into());
        self
    }

    /// What the log or the client will say, where it is not what the page says.
    pub fn symptom(self, text: impl Into<String>) -> Self {
        self.finding.diagnostic.symptoms.push(text.into());
        self
    }

    /// Edits that mend it in the releases `versions` (`None`: in every one).
    pub fn fix(
        self,
        message: impl Into<String>,
        applicability: Applicability,
        versions: Option<VersionSet>,
        edits: Vec<Edit>,
    ) -> Self {
        let fix = Fix { message: message.into(), applicability, versions, edits };
        self.finding.diagnostic.fixes.push(fix);
        self
    }
}

/// An edit that puts `text` in place of a part of a directive.
fn replace(used: Used<'_>, span: Span, text: impl Into<String>) -> Edit {
    Edit { at: used.locate(span), text: text.into() }
}

/// An edit that puts a directive on a line of its own behind `used` and the comment that follows it
/// on its line.
fn insert_behind(used: Used<'_>, text: &str) -> Edit {
    let directive = used.directive();
    let bytes = directive.tree().bytes();
    let whole = directive.whole_span();
    let before = &bytes[..whole.start as usize];
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let behind = &bytes[whole.end as usize..];
    let rest = &behind[..memchr::memchr(b'\n', behind).unwrap_or(behind.len())];
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    let ends = matches!(rest.trim_ascii_start().first(), None | Some(b'#'));
    if !ends || !line.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
        return replace(used, Span::at(whole.end), format!(" {text}"));
    }
    let indentation = String::from_utf8_lossy(line);
    let ending = if before.ends_with(b"\r\n") || behind[rest.len()..].starts_with(b"\r") {
        "\r\n"
    } else {
        "\n"
    };
    let at = Span::at(whole.end + rest.len() as u32);
    replace(used, at, format!("{ending}{indentation}{text}"))
}

/// The peers of a clash for a message: the first by name, the others by number.
fn peers_in_words(hop: Hop<'_>, clash: &Clash) -> String {
    let mut peers = hop.peers_of(clash);
    let first = peers.next().map_or_else(String::new, |peer| {
        let via = peer.via().map(|value| format!(" (by the value `{value}`)"));
        format!("`{}`{}", peer.shown(), via.unwrap_or_default())
    });
    match peers.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
