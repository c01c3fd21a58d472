//! New texts from old ones.

use std::collections::BTreeMap;

use super::Text;
use super::choose::Chosen;
use crate::diagnostic::Edit;
use crate::source::{SourceId, Sources};

/// The texts that fixes change, changed. The edits do not touch each other.
pub(super) fn apply<'r>(sources: &Sources, chosen: &[Chosen<'r>]) -> Vec<Text<'r>> {
    let mut edits: BTreeMap<SourceId, Vec<&'r Edit>> = BTreeMap::new();
    for edit in chosen.iter().flat_map(|one| &one.fix.edits) {
        edits.entry(edit.at.source).or_default().push(edit);
    }
    let texts = edits.into_iter().map(|(source, mut edits)| {
        edits.sort_by_key(|edit| edit.at.span);
        let bytes = sources.bytes(source);
        let mut text = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for edit in &edits {
            let span = edit.at.span.range();
            text.extend_from_slice(bytes.get(at..span.start).unwrap_or_default());
            text.extend_from_slice(edit.text.as_bytes());
            at = span.end;
        }
        text.extend_from_slice(bytes.get(at..).unwrap_or_default());
        Text { source, edits, bytes: text }
    });
    texts.collect()
}
