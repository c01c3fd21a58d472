//! What inputs are made of: the examples of the pages, which are compiled in, and the fixtures.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ngxlint::nginx::VersionSet;
use ngxlint::rules;
use ngxlint::syntax;

use crate::law::fix::Case;
use crate::law::fixture;

/// Configurations and their parts.
pub(super) struct Material {
    /// Good and bad configurations.
    pub(super) cases: Vec<Case>,
    /// Targets that the pages speak of.
    pub(super) versions: Vec<VersionSet>,
    /// Directives with their blocks, if they are short.
    pub(super) directives: Vec<Vec<u8>>,
    /// Words of directives.
    pub(super) words: Vec<Vec<u8>>,
}

/// The material, read once.
pub(super) fn material() -> &'static Material {
    static MATERIAL: LazyLock<Material> = LazyLock::new(|| {
        let mut cases = examples();
        cases.extend(fixture::cases());
        let mut versions: Vec<VersionSet> = Vec::new();
        for version in cases.iter().filter_map(|case| case.request.nginx_version.as_ref()) {
            if !versions.contains(version) {
                versions.push(version.clone());
            }
        }
        let (mut directives, mut words) = (BTreeSet::new(), BTreeSet::new());
        for text in cases.iter().flat_map(|case| case.files.values()) {
            let tree = syntax::parse(text.as_slice().into()).tree;
            let texts = tree.directives().map(|one| &text[one.whole_span().range()]);
            directives.extend(texts.filter(|text| text.len() <= LONGEST).map(<[u8]>::to_vec));
            words.extend(tree.words().map(|word| word.raw().to_vec()));
        }
        let directives = directives.into_iter().collect();
        Material { cases, versions, directives, words: words.into_iter().collect() }
    });
    &MATERIAL
}

/// The examples of all pages.
fn examples() -> Vec<Case> {
    let pages = rules::pages().iter();
    let of_page = |page: &'static ngxlint::page::Page<'static>| {
        page.examples.iter().map(|one| Case::of(format!("{}:{}", page.name, one.line), one))
    };
    pages.flat_map(of_page).collect()
}

/// Bytes of the longest directive that is put anywhere.
const LONGEST: usize = 1500;
