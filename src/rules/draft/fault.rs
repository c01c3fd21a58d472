//! How the faults of a kind that the model knows are reported.

use super::super::Context;
use super::edit::replace;
use crate::diagnostic::{Applicability, Level};
use crate::model::FaultKind;

/// Reports the faults of one kind, each at its place.
pub(in crate::rules) fn report_faults(cx: &mut Context<'_>, kind: FaultKind) {
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
