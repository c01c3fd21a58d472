//! What inputs are made of: the examples of the pages, which are compiled in, and the fixtures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ngxlint::nginx::VersionSet;
use ngxlint::rules;
use ngxlint::source::{Disk, Loader};
use ngxlint::syntax;

use crate::law::fix::Case;

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
        let fixtures = fixtures();
        for folder in ["demo", "idiom", "hops", "logs/shop", "upgrade"] {
            cases.extend(configurations(&fixtures.join(folder)));
        }
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

/// The folder of the fixtures, from wherever this is compiled.
fn fixtures() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_there =
        |path: &PathBuf| matches!(Disk.kind(path), Ok(ngxlint::source::FileKind::Directory));
    here.ancestors().map(|above| above.join("fixtures")).find(is_there).expect("the fixtures")
}

/// The configurations below a folder: each directory with an `nginx.conf`; where there is none, each
/// file ending in `.conf` with all that do not.
fn configurations(folder: &Path) -> Vec<Case> {
    let files = Disk.walk(folder, &mut |_, _| true).expect("the fixtures");
    let is_read = |file: &PathBuf| {
        !file.extension().is_some_and(|end| end == "expected" || end == "md" || end == "log")
    };
    let files: Vec<PathBuf> = files.files.into_iter().filter(is_read).collect();
    let roots = files.iter().filter(|file| file.ends_with("nginx.conf"));
    let mut cases: Vec<Case> = roots
        .map(|root| {
            let directory = root.parent().expect("a directory");
            case(directory, files.iter().filter(|file| file.starts_with(directory)))
        })
        .collect();
    if cases.is_empty() {
        let is_conf = |file: &Path| file.extension().is_some_and(|end| end == "conf");
        let each = files.iter().filter(|file| is_conf(file));
        let with = |one| files.iter().filter(move |file| *file == one || !is_conf(file));
        cases.extend(each.map(|one| case(folder, with(one))));
    }
    cases
}

fn case<'f>(directory: &Path, files: impl Iterator<Item = &'f PathBuf>) -> Case {
    let mut case = Case::new(directory.display().to_string());
    for file in files {
        let name = file.strip_prefix(directory).expect("a file of the directory");
        let bytes = Disk.read(file).expect("a fixture can be read");
        case.files.insert(Path::new("/repo").join(name), bytes.to_vec());
    }
    case
}

/// Bytes of the longest directive that is put anywhere.
const LONGEST: usize = 1500;
