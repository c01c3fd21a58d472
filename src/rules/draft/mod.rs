//! Findings in the making: what a rule says of a place, until the engine weighs it.

mod clash;
mod edit;
mod fault;
mod pass;
mod sign;

pub(super) use clash::{evidence, listen_in_words, peers_in_words};
pub(super) use edit::{
    insert_before, insert_behind, line_ending, remove, remove_word, replace, set,
};
pub(super) use fault::report_faults;
pub(super) use pass::{keep_connection, speak_http11};
pub(super) use sign::grpc_sign_in_words;

use crate::diagnostic::{Applicability, Confidence, Diagnostic, Edit, Fix, Label, Level};
use crate::include::InstanceId;
use crate::model::Certainty;
use crate::nginx::VersionSet;
use crate::source::Location;

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

/// A finding in the making.
pub struct Draft<'f> {
    pub(super) finding: &'f mut Finding,
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

    /// Edits that mend it in the releases `versions` (`None`: in every one); no fix if there are none.
    pub fn fix(
        self,
        message: impl Into<String>,
        applicability: Applicability,
        versions: Option<VersionSet>,
        edits: impl Into<Option<Vec<Edit>>>,
    ) -> Self {
        let Some(edits) = edits.into() else { return self };
        let fix = Fix { message: message.into(), applicability, versions, edits };
        self.finding.diagnostic.fixes.push(fix);
        self
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
