//! What comments silence, and what is wrong with those comments.

use crate::diagnostic::Category;
use crate::include::Files;
use crate::model::Model;
use crate::nginx::{Contexts, id};
use crate::rules::{self, Context, Finding, Rule, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION};
use crate::source::{Location, SourceId};
use crate::syntax::{Asks, Note, Spanned};

use super::Policy;

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
    for source in model.config().sources().into_iter().filter(|source| reported(*source)) {
        for note in files.notes(source) {
            let mut complaint = Complaint { model, files, policy, source, all: &mut complaints };
            match &note.asks {
                Asks::Ignore(names) => complaint.ignore(note, names, &mut findings),
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
    fn ignore(&mut self, note: &Note, names: &[Spanned], findings: &mut Vec<Finding>) {
        for name in names {
            let rule = Rule::named(&name.text);
            let category: Option<Category> = name.text.parse().ok();
            if rules::COMING.contains(&name.text.as_str()) {
                continue;
            }
            if rule.is_none() && category.is_none() {
                let message = format!("`{}` is no rule{}", name.text, suggestion(&name.text));
                self.unknown(name, message);
                continue;
            }
            let silenced = |finding: &Finding| {
                let one = &finding.diagnostic;
                one.at.source == self.source
                    && (one.rule == name.text || Some(one.category) == category)
                    && is_meant(note, one.at.span.start)
            };
            let before = findings.len();
            findings.retain(|finding| !silenced(finding));
            let runs = rules::ALL
                .iter()
                .filter(|rule| self.policy.runs(rule))
                .any(|rule| rule.name == name.text || Some(rule.category) == category);
            if before == findings.len() && runs {
                self.unused(name, format!("`{}` finds nothing here to be silent about", name.text));
            }
        }
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
            self.unused(words, message.to_owned());
        }
    }

    fn unknown_word(&mut self, word: &Spanned) {
        const WORDS: [&str; 6] =
            ["ignore", "file-ignore", "disable", "enable", "context", "speaks"];
        let message = match WORDS.iter().find(|known| **known == word.text) {
            Some(_) if matches!(word.text.as_str(), "context" | "speaks") => {
                format!("`{0}` wants a value: `{0}=…`", word.text)
            }
            Some(_) if word.text == "enable" => "nothing is disabled here to be enabled".to_owned(),
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
        self.report(&UNKNOWN_SUPPRESSION, word, message);
    }

    fn unused(&mut self, word: &Spanned, message: String) {
        self.report(&UNUSED_SUPPRESSION, word, message);
    }

    fn report(&mut self, rule: &'static Rule, word: &Spanned, message: String) {
        if self.policy.runs(rule) {
            let at = Location::new(self.source, word.span);
            Context::new(self.model, self.files, rule, self.all).report_at(at, message);
        }
    }
}

/// Whether a comment speaks of what begins at `offset`.
fn is_meant(note: &Note, offset: u32) -> bool {
    // An empty place at the end of a line is on that line.
    note.scope.start <= offset && offset <= note.scope.end
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
