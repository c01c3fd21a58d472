//! The findings file by file, for formats that are written so.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Report};

/// Every file that is reported, be it without a finding, by name, with its findings in order.
pub(super) fn files(report: &Report) -> BTreeMap<&Path, Vec<&Diagnostic>> {
    let name = |source| report.sources.source(source).name.as_path();
    let mut files: BTreeMap<&Path, Vec<&Diagnostic>> =
        report.own.iter().map(|&source| (name(source), Vec::new())).collect();
    for diagnostic in &report.diagnostics {
        files.entry(name(diagnostic.at.source)).or_default().push(diagnostic);
    }
    files
}
