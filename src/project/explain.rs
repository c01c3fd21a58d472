//! Which pages a text is about: the name of a rule, a line of a log, a message, a status, words.
//!
//! What is surest counts first: a name, then a line of a log from its beginning, then a text that a
//! page quotes (a part of such a line, or what a client is shown), then the words that text and page
//! have in common. Among matches of one kind, the usual cause and the more words in common come first.

use std::collections::HashSet;

use super::relevance::{self, Index};
use crate::errorlog::{Catalogue, Line, Ordinary, ordinary_cause, tell};
use crate::nginx::VersionSet;
use crate::page::{Page, Symptom};
use crate::rules::{self, Rule};

/// What is known of a text.
pub struct Explanation {
    /// The rules that it is about, the likeliest first.
    pub matches: Vec<Match>,
    /// What its bytes tell of the peer.
    pub told: Option<String>,
    /// What it is where no rule is behind it, which is more likely.
    pub ordinary: Option<Ordinary>,
    /// Whether nothing but words in common speaks for the rules.
    pub vague: bool,
}

/// A rule that a text is about.
pub struct Match {
    /// The rule.
    pub rule: &'static Rule,
    /// Why it matches, in words.
    pub why: String,
    /// Whether the text is its name.
    pub named: bool,
    /// The releases that say so, where not all do.
    pub versions: Option<VersionSet>,
    /// How sure it is, then how much of it fits.
    score: (Kind, f64),
}

/// How a text fits a page, the surest last.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// They have words in common.
    Words,
    /// One quotes a part of the other.
    Quote,
    /// It is a misspelt name.
    Like,
    /// It is a line that the page names.
    Line,
    /// It is the page's name.
    Name,
}

/// Finds the pages that a text is about.
pub fn explain(text: &str) -> Explanation {
    let pages = rules::pages();
    let mut found = Found::default();
    let text = text.trim();
    names(&mut found, pages, text);
    let mut explanation =
        Explanation { matches: Vec::new(), told: None, ordinary: None, vague: false };
    if !found.matches.iter().any(|one| one.named) {
        let index = Index::new(pages);
        lines(&mut found, &mut explanation, pages, text);
        quotes(&mut found, pages, &index, text);
        // They tell something only where nothing better is known.
        explanation.vague = found.matches.is_empty() && explanation.ordinary.is_none();
        if explanation.vague {
            words(&mut found, pages, &index, text);
        }
    }
    let mut matches = found.matches;
    matches.sort_by(|one, other| {
        other.score.0.cmp(&one.score.0).then(other.score.1.total_cmp(&one.score.1))
    });
    if let Some(best) = matches.first().map(|one| one.score) {
        matches.retain(|one| match one.score.0 {
            Kind::Words => one.score.1 * 2.0 > best.1,
            kind => kind != Kind::Like || best.0 == Kind::Like,
        });
    }
    matches.truncate(MOST);
    explanation.matches = matches;
    explanation
}

#[derive(Default)]
struct Found {
    matches: Vec<Match>,
}

impl Found {
    /// Adds a match; of several for one rule the best is its reason.
    fn add(&mut self, page: &Page<'_>, score: (Kind, f64), why: String, symptom: Option<&Symptom>) {
        let Some(rule) = Rule::named(&page.name) else { return };
        let versions = symptom.and_then(|row| row.versions.clone());
        let one = Match { rule, why, named: score.0 == Kind::Name, versions, score };
        match self.matches.iter_mut().find(|known| known.rule.name == rule.name) {
            Some(known) if known.score < score => *known = one,
            Some(_) => {}
            None => self.matches.push(one),
        }
    }
}

/// Names and aliases, also misspelt ones.
fn names(found: &mut Found, pages: &[Page<'_>], text: &str) {
    let wanted = text.to_lowercase();
    for page in pages {
        if page.name == wanted {
            found.add(page, (Kind::Name, 0.0), "it is its name".into(), None);
        }
        for alias in page.aliases.iter().filter(|alias| alias.to_lowercase() == wanted) {
            found.add(page, (Kind::Name, 0.0), format!("it is also known as `{alias}`"), None);
        }
        let likeness = strsim::jaro_winkler(&page.name, &wanted);
        if wanted.contains('-') && likeness > ALIKE {
            found.add(page, (Kind::Like, likeness), "its name is like that".into(), None);
        }
    }
}

/// Lines of a log, and messages without what a line has around them.
fn lines(found: &mut Found, explanation: &mut Explanation, pages: &[Page<'_>], text: &str) {
    let catalogue = Catalogue::new(pages);
    for text in text.lines().filter(|line| !line.trim().is_empty()) {
        let bytes = text.trim().as_bytes();
        let alone = Line { message: bytes, connection: Some(0), ..Line::default() };
        let line = Line::parse(bytes).unwrap_or(alone);
        explanation.told = explanation.told.take().or_else(|| tell(line.message));
        let sign = catalogue.sign(&line);
        let sign = sign
            .or_else(|| catalogue.anywhere(line.message).and_then(|index| catalogue.get(index)));
        let mut rows = sign.map(|sign| sign.rows(line.scheme())).unwrap_or_default();
        if !rows.iter().any(|(_, row)| row.usual) {
            explanation.ordinary = explanation.ordinary.take().or(ordinary_cause(&line));
        }
        if line.scheme().is_none() {
            rows.sort_by_key(|(page, row)| std::cmp::Reverse(rank(page, row, text)));
        }
        for (index, (page, row)) in (0_u32..).zip(rows) {
            let log = row.log.as_deref().unwrap_or_default();
            let why = format!("the log says `{log}`");
            found.add(page, (Kind::Line, -f64::from(index)), why, Some(row));
        }
    }
}

/// How likely a row of a page is behind a text that names no peer. The usual cause is, and a page
/// whose name the text holds; most people pass with HTTP; what every release says is likelier.
fn rank(page: &Page<'_>, row: &Symptom, text: &str) -> u8 {
    let words: HashSet<String> = relevance::words(text).collect();
    let name = page.name.replace('-', " ");
    let is_named = relevance::words(&name).all(|word| words.contains(&word));
    let is_http = row.schemes.is_empty() || row.schemes.iter().any(|one| one == "http");
    let signs = [row.usual, is_named, is_http, row.versions.is_none()];
    signs.iter().fold(0, |rank, sign| rank * 2 + u8::from(*sign))
}

/// Texts that pages quote: of lines of a log the longest part without `*`, and what a client is
/// shown. A part of them is enough, if it is not too short.
fn quotes(found: &mut Found, pages: &[Page<'_>], index: &Index, text: &str) {
    let wanted = text.to_lowercase();
    let fits = |quote: &str| {
        let quote = quote.to_lowercase();
        let longest = quote.split('*').max_by_key(|part| part.len()).unwrap_or_default();
        let has = |whole: &str, part: &str| part.len() >= SHORTEST && whole.contains(part);
        has(&wanted, longest) || has(&quote, &wanted)
    };
    for (number, page) in pages.iter().enumerate() {
        for row in &page.symptoms {
            let rank = || f64::from(rank(page, row, text));
            if let Some(log) = row.log.as_ref().filter(|log| fits(log)) {
                found.add(page, (Kind::Quote, rank()), format!("the log says `{log}`"), Some(row));
            }
            let shown = |client: &&String| client.split('`').skip(1).step_by(2).any(fits);
            if let Some(client) = row.client.as_ref().filter(shown) {
                // What else stands in it tells more of these than of lines, which say it all.
                let relevance = index.common(number, text).score;
                let fit = rank() + relevance / (1.0 + relevance);
                found.add(page, (Kind::Quote, fit), format!("the client gets {client}"), Some(row));
            }
        }
    }
}

/// Words that a page is about.
fn words(found: &mut Found, pages: &[Page<'_>], index: &Index, text: &str) {
    for (number, page) in pages.iter().enumerate() {
        let common = index.common(number, text);
        if common.score >= LEAST && !common.words.is_empty() {
            let best = common.words.first().map_or("", String::as_str);
            let says = |row: &&Symptom| match best.parse() {
                Ok(status) => row.status.contains(&status),
                Err(_) => row.client.iter().any(|one| relevance::words(one).any(|one| one == best)),
            };
            let row = page.symptoms.iter().find(says);
            let why = match row.and_then(|row| row.client.as_ref()) {
                Some(client) => format!("the client gets {client}"),
                None => format!("it speaks of `{}`", common.words.join("`, `")),
            };
            found.add(page, (Kind::Words, common.score), why, row);
        }
    }
}

/// So alike are a name and a misspelt one.
const ALIKE: f64 = 0.9;
/// A shorter part of a message says nothing.
const SHORTEST: usize = 12;
/// Fewer words in common say nothing.
const LEAST: f64 = 2.0;
/// So many rules are named.
const MOST: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_leads_to_its_page() {
        let mut wrong = Vec::new();
        for (text, page) in PASTED {
            let found = explain(text).matches;
            let names: Vec<_> = found.iter().map(|one| one.rule.name).collect();
            if names.first() != Some(page) {
                wrong.push(format!("{text}\n  wanted {page}, found {names:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_status_alone_leads_to_rules_whose_clients_get_it() {
        let explanation = explain("502 Bad Gateway nginx/1.18.0");
        assert!(explanation.vague && !explanation.matches.is_empty());
        for one in explanation.matches {
            let page = Page::parse(one.rule.page).unwrap();
            assert!(page.symptoms.iter().any(|row| row.status.contains(&502)), "{}", page.name);
        }
    }

    #[test]
    fn what_is_of_no_page_leads_to_none() {
        for text in
            ["", " ", "asdf qwer", "hello world", "1.18.0", "nginx", "413 Request Entity Too Large"]
        {
            let found = explain(text).matches;
            let names: Vec<_> = found.iter().map(|one| one.rule.name).collect();
            assert!(names.is_empty(), "{text}: {names:?}");
        }
    }

    /// What stands in questions and reports of people, and the page that answers it.
    const PASTED: &[(&str, &str)] = &[
        (
            "(SSL: error:1408F10B:SSL routines:ssl3_get_record:wrong version number) while SSL \
             handshaking to upstream",
            "tls-to-plaintext-upstream",
        ),
        ("nginx SSL_do_handshake() failed wrong version number", "tls-to-plaintext-upstream"),
        (
            "upstream prematurely closed connection while reading response header from upstream",
            "http1-to-http2-upstream",
        ),
        ("upstream prematurely closed connection", "http1-to-http2-upstream"),
        ("upstream sent no valid HTTP/1.0 header", "http1-to-http2-upstream"),
        ("websocket 400", "upgrade-without-http11"),
        ("nginx websocket 400 bad request", "upgrade-without-http11"),
        (
            "WebSocket connection to 'wss://example.com/' failed: Error during WebSocket handshake: \
             Unexpected response code: 400",
            "upgrade-without-http11",
        ),
        ("no resolver defined to resolve", "missing-resolver"),
        (
            "nginx: [emerg] invalid value \"2\" in /etc/nginx/nginx.conf:12",
            "unsupported-proxy-http-version",
        ),
        ("426 Upgrade Required", "implicit-http10"),
        ("The plain HTTP request was sent to HTTPS port", "plaintext-to-tls-upstream"),
        (
            "400 Bad Request The plain HTTP request was sent to HTTPS port nginx/1.18.0",
            "plaintext-to-tls-upstream",
        ),
        ("421 Misdirected Request", "missing-upstream-sni"),
        ("upstream sent too large http2 frame: 4740180", "http2-to-http1-upstream"),
        ("nginx grpc 502", "http2-to-http1-upstream"),
        ("ERR_INVALID_HTTP_RESPONSE", "http2-only-listener"),
        ("curl: (1) Received HTTP/0.9 when not allowed", "http1-to-http2-upstream"),
        ("unknown directive \"foo\"", "unknown-directive"),
        ("keepalive upstream TIME_WAIT", "ineffective-upstream-keepalive"),
        ("grpc trailers missing", "grpc-through-proxy-pass"),
        ("SNI upstream", "missing-upstream-sni"),
        ("Received http2 header with status: 0", "grpc-through-proxy-pass"),
        ("the \"listen ... http2\" directive is deprecated", "deprecated-listen-http2"),
    ];
}
