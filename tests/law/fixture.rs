//! The configurations of `fixtures/`.

use std::path::{Path, PathBuf};

use ngxlint::source::{Disk, FileKind, Loader};

use super::fix::Case;

/// All of them, each with the files that belong to it.
pub(crate) fn cases() -> Vec<Case> {
    let fixtures = fixtures();
    let folders = ["demo", "idiom", "hops", "logs/shop", "upgrade"];
    folders.iter().flat_map(|folder| configurations(&fixtures.join(folder))).collect()
}

/// The folder of the fixtures, from wherever this is compiled.
fn fixtures() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_there = |path: &PathBuf| matches!(Disk.kind(path), Ok(FileKind::Directory));
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
