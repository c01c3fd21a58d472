//! From bytes to files and what is asked of them: either the texts as they are, cut where no text
//! has a byte, or a configuration of the material that mutations were done to.

use std::path::{Component, Path, PathBuf};

use arbitrary::Unstructured;
use ngxlint::nginx::Flavor;
use ngxlint::project::Upgrade;

use super::material::material;
use super::mutation;
use crate::law::fix::Case;

/// Between two files, in the bytes of an input. It is in no text of UTF-8.
pub(super) const CUT: u8 = 0xff;

/// The files and what is asked; `None`: the bytes are none.
pub(super) fn case(bytes: &mut Unstructured<'_>) -> Option<Case> {
    let is_text = bytes.arbitrary::<u8>().ok()? < b'm';
    let version = bytes.arbitrary::<u8>().ok()?;
    let options = bytes.arbitrary::<u8>().ok()?;
    let mut case = if is_text {
        of_text(bytes.bytes(bytes.len()).ok()?)
    } else {
        let mut case = bytes.choose(&material().cases).ok()?.clone();
        mutation::mutate(&mut case, bytes);
        case
    };
    ask(&mut case, version, options);
    Some(case)
}

/// The configuration of that number, and after the last one none.
pub(super) fn case_of_log(number: u16) -> Case {
    let cases = &material().cases;
    let number = usize::from(number) % (cases.len() + 1);
    let Some(mut case) = cases.get(number).cloned() else {
        let mut case = Case::new("no configuration".into());
        case.request.paths.clear();
        return case;
    };
    // The log is of what is the root, which is named so or stands alone.
    let is_root = |path: &&PathBuf| path.ends_with("nginx.conf") || path.ends_with("example.conf");
    case.request.paths.clear();
    case.request.roots = case.files.keys().filter(is_root).cloned().collect();
    case
}

/// What the user wants: most inputs name their target, as most examples do.
fn ask(case: &mut Case, version: u8, options: u8) {
    let versions = &material().versions;
    if let Some(version) = versions.get(usize::from(version)) {
        case.request.nginx_version = Some(version.clone());
    }
    if let Some(flavor) = Flavor::ALL.get(usize::from(options & 0x0f)) {
        case.request.flavor = Some(*flavor);
    }
    if options & 0xf0 == 0xf0
        && let (Some(from), Some(to)) = (versions.first(), versions.get(usize::from(version) / 2))
        && let Ok(upgrade) = Upgrade::new(from.clone(), to.clone())
    {
        case.request.upgrade = Some(upgrade);
    }
}

/// Files, each with its name before its first line.
fn of_text(bytes: &[u8]) -> Case {
    let mut case = Case::new("bytes".into());
    for (number, part) in bytes.split(|byte| *byte == CUT).enumerate().take(MOST_FILES) {
        let end = part.iter().position(|byte| *byte == b'\n').unwrap_or_default();
        let (name, text) = part.split_at(end);
        let name = match std::str::from_utf8(name).map(Path::new) {
            Ok(name) if is_below(name) => name.to_path_buf(),
            _ => PathBuf::from(format!("{number}.conf")),
        };
        let text = text.strip_prefix(b"\n").unwrap_or(text);
        // A name that is a directory's too is no name of a file.
        let path = Path::new("/repo").join(name);
        let is_taken = |other: &PathBuf| other.starts_with(&path) || path.starts_with(other);
        if !case.files.keys().any(is_taken) {
            case.files.insert(path, text.to_vec());
        }
    }
    case
}

/// The bytes that [`case`] makes such files of.
pub(super) fn text_of(case: &Case) -> Vec<u8> {
    let versions = &material().versions;
    let stated = case.request.nginx_version.as_ref();
    let version = stated.and_then(|stated| versions.iter().position(|one| one == stated));
    let stated = case.request.flavor;
    let flavor = stated.and_then(|stated| Flavor::ALL.iter().position(|one| *one == stated));
    let byte = |index: Option<usize>, most: u8| {
        index.and_then(|index| u8::try_from(index).ok()).map_or(most, |index| index.min(most))
    };
    let mut bytes = vec![b'a', byte(version, 0xff), byte(flavor, 0x0f)];
    let files = case.files.iter().filter(|(path, _)| !path.starts_with("/repo/.git"));
    for (number, (path, text)) in files.enumerate() {
        if number > 0 {
            bytes.push(CUT);
        }
        let name = path.strip_prefix("/repo").unwrap_or(path);
        bytes.extend_from_slice(name.as_os_str().as_encoded_bytes());
        bytes.push(b'\n');
        bytes.extend_from_slice(text);
    }
    bytes
}

fn is_below(name: &Path) -> bool {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    name.components().next().is_some() && name.components().all(is_plain)
}

/// The laws that a case breaks, and the case, for people.
pub(super) fn told(case: &Case, wrong: &[String]) -> String {
    let mut told = wrong.join("\n");
    let request = &case.request;
    told += &format!("\n{:?} {:?} {:?}", request.nginx_version, request.flavor, request.upgrade);
    for (path, text) in &case.files {
        told += &format!("\n--- {}\n{}", path.display(), text.escape_ascii());
    }
    // Line by line it can be read.
    told.replace("\\n", "\n")
}

/// More files say nothing more.
const MOST_FILES: usize = 8;
