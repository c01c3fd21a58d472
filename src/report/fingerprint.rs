//! What a finding is known by from run to run: its rule, its file and the words of its directive, as in a
//! baseline, not the number of its line. Platforms follow a finding by it through commits that move it.

use std::collections::HashMap;

use super::place::Places;
use super::repository::Repository;
use crate::diagnostic::{Diagnostic, Report};

/// The fingerprints of all findings, in their order. No two are equal: findings that agree in
/// everything are numbered as they follow each other.
pub(super) fn fingerprints(
    report: &Report,
    places: &Places<'_>,
    repository: &Repository<'_>,
) -> Vec<String> {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let of = |diagnostic: &Diagnostic| {
        let Diagnostic { rule, at, directive, .. } = diagnostic;
        let path = repository.path(places.path(at.source));
        let hash =
            hash([rule.as_bytes(), path.as_os_str().as_encoded_bytes(), directive.as_bytes()]);
        let number = seen.entry(hash).or_default();
        *number += 1;
        format!("{hash:016x}:{number}")
    };
    report.diagnostics.iter().map(of).collect()
}

/// FNV-1a of 64 bits: short, and the same for ever on every machine. That two findings share one is
/// no harm, they are numbered then.
fn hash(parts: [&[u8]; 3]) -> u64 {
    let bytes = parts.into_iter().flat_map(|part| part.iter().chain(&[0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
