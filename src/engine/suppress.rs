//! What comments silence, and what is wrong with those comments.

use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::include::Files;
use crate::model::Model;
use crate::nginx::{Contexts, id};
use crate::rules::{self, Context, Draft, Finding, Rule, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION};
use crate::source::{Location, SourceId, Span};
use crate::syntax::{Asks, Mention, Note, Spanned, without};

use super::{Policy, counterpart};

/// Takes away what comments silence, and adds what is wrong with the comments of the texts that
/// `reported` accepts.
pub(super) fn comments(
    model: &Model<'_>,
    files: &Files,
    policy: &Policy,
    mut findings: Vec<Finding>,
    reported: &dyn Fn(SourceId) -> bool,
) -> Vec<Finding> {
    let mut complaints = Vec::new();
    let mut last = Vec::new();
    for source in model.config().sources().into_iter().filter(|source| reported(*source)) {
        for note in files.notes(source) {
            let mut complaint = Complaint { model, files, policy, source, all: &mut complaints };
            match &note.asks {
                Asks::Ignore(names) => {
                    for name in names {
                        if is_of_comments(&name.text) {
                            last.push((source, note, name));
                        } else {
                            complaint.ignore(note, name, &mut findings);
                        }
                    }
                }
                Asks::Enable(name) => complaint.enable(note, name),
                Asks::NginxLint(names) => {
                    let own = names.iter().flat_map(|name| counterpart::of_nginx_lint(&name.text));
                    let own: Vec<_> = own.copied().collect();
                    findings.retain(|Finding { diagnostic: one, .. }| {
                        !(is_meant(files, source, note, one.at) && own.contains(&one.rule))
                    });
                }
                Asks::Speaks(words) => complaint.speaks(note, words),
                Asks::Context(word) if word.text.parse::<Contexts>().is_err() => {
                    let message = format!("`{}` is no context of nginx", word.text);
                    complaint.unknown(word, message);
                }
                Asks::Context(_) => {}
                Asks::Unknown(word) => complaint.unknown_word(word),
            }
        }
    }
    // What is wrong with comments is known now, and may be silenced by others.
    findings.append(&mut complaints);
    for (source, note, name) in last {
        let mut complaint = Complaint { model, files, policy, source, all: &mut complaints };
        complaint.ignore(note, name, &mut findings);
    }
    findings.append(&mut complaints);
    findings
}

struct Complaint<'a> {
    model: &'a Model<'a>,
    files: &'a Files,
    policy: &'a Policy,
    source: SourceId,
    all: &'a mut Vec<Finding>,
}

impl Complaint<'_> {
    fn ignore(&mut self, note: &Note, name: &Spanned, findings: &mut Vec<Finding>) {
        if !self.is_known(name) {
            return;
        }
        let category: Option<Category> = name.text.parse().ok();
        let before = findings.len();
        findings.retain(|Finding { diagnostic: one, .. }| {
            !((one.rule == name.text || Some(one.category) == category)
                && is_meant(self.files, self.source, note, one.at))
        });
        if before == findings.len() && self.is_judged(&name.text) {
            let message = format!("`{}` finds nothing here to be silent about", name.text);
            self.needless(note, name, message);
        }
    }

    /// Whether all was looked for that a name could silence: else nobody can tell if it is needed.
    fn is_judged(&self, name: &str) -> bool {
        let category: Option<Category> = name.parse().ok();
        // What comments there are to complain of depends on all rules.
        let all = is_of_comments(name);
        let mut meant = rules::ALL.iter().filter(|rule| {
            let is_on = rule.level != Level::Allow;
            rule.name == name || (is_on && (all || Some(rule.category) == category))
        });
        // Rules say nothing of what may stand in a file that was not read.
        self.model.config().is_complete()
            && meant.clone().next().is_some()
            && meant.all(|rule| self.policy.runs(rule))
    }

    fn enable(&mut self, note: &Note, name: &Spanned) {
        if self.is_known(name) {
            let message = format!("`{}` is not disabled here, not under that name", name.text);
            self.needless(note, name, message);
        }
    }

    /// Whether a name is one that rules go by or will go by now; complains of one that is none.
    fn is_known(&mut self, name: &Spanned) -> bool {
        let text = name.text.as_str();
        if rules::COMING.contains(&text) {
            return false;
        }
        let known = Rule::named(text).is_some() || text.parse::<Category>().is_ok();
        if !known {
            self.unknown(name, format!("`{text}` is no rule{}", suggestion(text)));
        }
        known
    }

    /// Complains of a name that its comment could do without.
    fn needless(&mut self, note: &Note, name: &Spanned, message: String) {
        let tree = self.files.tree(self.source);
        let own = Mention { comment: note.span, name: name.span };
        let edits: Option<Vec<Edit>> = std::iter::once(own)
            .chain(note.end)
            .map(|mention| {
                let (span, text) = without(tree, mention)?;
                Some(Edit { at: Location::new(self.source, span), text: text.to_owned() })
            })
            .collect();
        self.report(&UNUSED_SUPPRESSION, name, message, |draft| match edits {
            Some(edits) => draft.fix(
                format!("take `{}` out of the comment", name.text),
                Applicability::Safe,
                None,
                edits,
            ),
            None => draft,
        });
    }

    fn speaks(&mut self, note: &Note, words: &Spanned) {
        let at = Location::new(self.source, words.span);
        let unreadable = self.model.unreadable_declarations().iter().find(|(one, _)| *one == at);
        if let Some((_, why)) = unreadable {
            return self.unknown(words, why.clone());
        }
        let directive = note.directive.map(|node| self.files.tree(self.source).directive(node));
        let takes = directive.is_some_and(|directive| {
            let pass = [id::AUTH_HTTP, id::SERVER];
            directive.name().raw().ends_with(b"_pass")
                || (!directive.is_block() && directive.id().is_some_and(|id| pass.contains(&id)))
        });
        if !takes {
            let message = "no `server` of an upstream and no `*_pass` stands here";
            self.report(&UNUSED_SUPPRESSION, words, message.to_owned(), |draft| draft);
        }
    }

    fn unknown_word(&mut self, word: &Spanned) {
        const WORDS: [&str; 6] =
            ["ignore", "file-ignore", "disable", "enable", "context", "speaks"];
        let message = match WORDS.iter().find(|known| **known == word.text) {
            Some(_) if matches!(word.text.as_str(), "context" | "speaks") => {
                format!("`{0}` wants a value: `{0}=…`", word.text)
            }
            Some(_) => format!("`{0}` wants the names of rules: `{0}[rule]`", word.text),
            None => {
                let near =
                    WORDS.iter().find(|known| strsim::damerau_levenshtein(known, &word.text) < 3);
                let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                format!("`{}` is nothing that ngxlint knows{hint}", word.text)
            }
        };
        self.unknown(word, message);
    }

    fn unknown(&mut self, word: &Spanned, message: String) {
        self.report(&UNKNOWN_SUPPRESSION, word, message, |draft| draft);
    }

    fn report(
        &mut self,
        rule: &'static Rule,
        word: &Spanned,
        message: String,
        more: impl FnOnce(Draft<'_>) -> Draft<'_>,
    ) {
        if self.policy.runs(rule) {
            let at = Location::new(self.source, word.span);
            more(Context::new(self.model, self.files, rule, self.all).report_at(at, message));
        }
    }
}

/// Whether a name is one of rules that speak of comments.
fn is_of_comments(name: &str) -> bool {
    [UNKNOWN_SUPPRESSION.name, UNUSED_SUPPRESSION.name, Category::Meta.name()].contains(&name)
}

/// Whether a comment in `source` speaks of what begins at a place.
fn is_meant(files: &Files, source: SourceId, note: &Note, at: Location) -> bool {
    let offset = at.span.start;
    // An empty place at the end of a line is on that line.
    let is_at_end = || {
        let rest = files.sources.bytes(source).get(offset as usize..).unwrap_or_default();
        rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
    };
    let Span { start, end } = note.scope;
    at.source == source && start <= offset && (offset < end || (offset == end && is_at_end()))
}

/// The name of a rule that was perhaps meant.
fn suggestion(text: &str) -> String {
    let names = rules::names();
    let near = names
        .iter()
        .map(|name| (strsim::jaro_winkler(name, text), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    near.map(|(_, name)| format!("; did you mean `{name}`?")).unwrap_or_default()
}
