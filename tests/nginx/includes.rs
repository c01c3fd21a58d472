//! Includes: what is followed, in which order, and what is refused, against every release.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ngxlint::include::{Config, Fault, Files, Reach, Step, parts, resolve};
use ngxlint::nginx::Contexts;
use ngxlint::source::{Disk, LineIndex, Loader, Memory};
use ngxlint::syntax::Parsed;

use super::Release;
use super::process::{Place, Verdict, check};
use super::tokens::is_said;
use super::tree::{ALL, Tree};

/// What ngxlint makes of a configuration.
struct Resolved {
    files: Files,
    config: Config,
}

impl Resolved {
    fn new(loader: &dyn Loader, root: &Path, reach: &Reach) -> Self {
        let mut files = Files::default();
        let source = files.open(loader, root).unwrap();
        let config = resolve(&mut files, loader, reach, &[(source, Contexts::MAIN)]);
        Self { files, config }
    }

    /// The directives in nginx's order, each with its file.
    fn flat(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let steps = self.config.tops().iter().flat_map(|top| self.config.walk(top));
        let entered = steps.filter_map(|step| match step {
            Step::Enter(used) => Some(used),
            Step::Leave(_) => None,
        });
        entered
            .map(|used| {
                let file = self.files.sources.source(used.source()).name.clone();
                (file, used.directive().name().raw().to_vec())
            })
            .collect()
    }

    /// The files in the order in which their first directives are met.
    fn order(&self) -> Vec<PathBuf> {
        once_each(self.flat().into_iter().map(|(file, _)| file))
    }

    /// Where the includes stand that cannot be followed: file and line.
    fn faults(&self) -> Vec<(PathBuf, u32)> {
        let place = |fault: &Fault| {
            let at = self.config.used(fault.at).location();
            let source = self.files.sources.source(at.source);
            (source.name.clone(), LineIndex::new(&source.bytes).line(at.span.start))
        };
        self.config.faults().iter().map(place).collect()
    }
}

/// The real paths, each where it stands first.
fn once_each(paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for path in paths.map(|path| path.canonicalize().unwrap()) {
        if !all.contains(&path) {
            all.push(path);
        }
    }
    all
}

fn parse(text: &[u8]) -> Parsed {
    ngxlint::syntax::parse(text.into())
}

fn put(tree: &Tree) -> Place {
    let place = Place::new::<&str>(&[]);
    let conf = place.conf();
    let text = format!("events {{}}\n{}\n", tree.root.replace("{conf}", conf.to_str().unwrap()));
    std::fs::write(place.root(), text).unwrap();
    let make = |path: &Path| std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    for (name, text) in tree.files {
        let path = conf.join(name);
        if name.ends_with('/') {
            std::fs::create_dir_all(path).unwrap();
        } else {
            make(&path);
            std::fs::write(path, text).unwrap();
        }
    }
    for (target, name) in tree.links {
        let path = conf.join(name);
        make(&path);
        std::os::unix::fs::symlink(target, path).unwrap();
    }
    place
}

/// What is wrong about a tree in a release.
fn disagreement(tree: &Tree, release: &Release) -> Option<String> {
    let place = put(tree);
    let verdict = place.dump(release);
    let reach = Reach::of_root(&Disk, &place.root(), Vec::new());
    let all = Resolved::new(&Disk, &place.root(), &reach);
    let fault = if tree.takes {
        (!verdict.ok).then(|| "is refused".to_owned()).or_else(|| taken(&all, &verdict))
    } else if verdict.ok {
        Some("is taken".to_owned())
    } else {
        refused(&all, &verdict, &place)
    };
    fault.map(|fault| {
        format!(
            "nginx {}: {:?} {:?} {:?}: {fault}\n  nginx  {:?} {:?}\n  faults {:?}, unread {:?}\n",
            release.version,
            tree.root,
            tree.files,
            tree.links,
            verdict.refusal(),
            verdict.status,
            all.config.faults(),
            all.config.unread()
        )
    })
}

/// What is wrong about a tree that nginx takes: the files of its dump, read there and from the
/// dump, must be the ones that were read here, in the same order.
fn taken(all: &Resolved, verdict: &Verdict) -> Option<String> {
    if !all.config.is_complete() {
        return Some("is not complete".to_owned());
    }
    let Some(dump) = parts(&verdict.dump) else { return Some("has no dump".to_owned()) };
    let opened = once_each(dump.iter().map(|part| part.name.clone()));
    // A file without directives shows in no walk.
    let is_empty = |path: &&PathBuf| parse(&std::fs::read(path).unwrap()).tree.is_empty();
    let visible: Vec<&PathBuf> = opened.iter().filter(|path| !is_empty(path)).collect();
    let read = all.order();
    if visible != read.iter().collect::<Vec<_>>() {
        return Some(format!("other files\n  opened {opened:?}\n  read   {read:?}"));
    }
    if all.config.sources().len() != opened.len() {
        return Some("more or fewer files".to_owned());
    }
    let mut memory = Memory::default();
    for part in &dump {
        if part.bytes != std::fs::read(&part.name).unwrap() {
            return Some(format!("{:?} has other bytes in the dump", part.name));
        }
        memory.insert(&part.name, part.bytes);
    }
    let root = &dump[0].name;
    let again = Resolved::new(&memory, root, &Reach::of_dump(root));
    let words = |all: &Resolved| all.flat().into_iter().map(|(_, word)| word).collect::<Vec<_>>();
    (words(all) != words(&again)).then(|| "the dump reads otherwise".to_owned())
}

/// What is wrong about a tree that nginx refuses: it must be the include that is at fault.
fn refused(all: &Resolved, verdict: &Verdict, place: &Place) -> Option<String> {
    let faults = all.faults();
    // Files that include each other end it in another way: no more descriptors, or a crash.
    let said = verdict.refusal().and_then(|said| Some((said.file.as_deref()?, said.line?)));
    let Some((file, line)) = said else {
        return faults.is_empty().then(|| "nothing is at fault".to_owned());
    };
    let named = place.conf().join(OsStr::from_bytes(file.as_bytes()));
    (!faults.contains(&(named, line))).then(|| format!("{file}:{line} is not at fault"))
}

#[test]
fn includes_are_followed_as_nginx_follows_them() {
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for release in Release::all() {
            scope.spawn(|| {
                for tree in ALL.iter().filter(|tree| release.is_in(tree.releases)) {
                    wrong.lock().unwrap().extend(disagreement(tree, release));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.concat());
}

/// A block ends in the file in which it begins.
#[test]
fn no_block_spans_files() {
    for (root, included) in [
        ("http { include a; }", "server {\n"),
        ("include a;", "}\n"),
        ("include a; }", "\nhttp {\n"),
        ("http { include a; server { } }", "\nsendfile on\n"),
        ("include a; env B;", "env \"A;\n"),
    ] {
        let root = format!("events {{}}\n{root}\n");
        let parsed = parse(included.as_bytes());
        for release in Release::all() {
            let verdict = check(release, &[("nginx.conf", root.as_str()), ("a", included)]);
            let said = verdict.refusal().unwrap();
            assert_eq!(said.file.as_deref(), Some("a"), "{said:?}");
            assert!(is_said(&parsed, said), "{included:?} {said:?} {:?}", parsed.problems);
        }
    }
}

/// Each file is open while those it includes are read. Once no more can be opened, nginx fails, but
/// a pattern only matches nothing any more: such a cycle nginx takes, hundreds of times over.
#[test]
fn a_cycle_through_a_pattern_is_a_cycle_though_nginx_may_take_it() {
    let tree = Tree { root: "include c/*;", files: &[("c/a", "env A;\ninclude c/*;\n")], ..ALL[0] };
    for release in Release::all() {
        let place = put(&tree);
        let verdict = place.check(release);
        assert!(verdict.ok, "{verdict:?}");
        let reach = Reach::of_root(&Disk, &place.root(), Vec::new());
        let all = Resolved::new(&Disk, &place.root(), &reach);
        assert_eq!(all.faults(), [(place.conf().join("c/a"), 2)]);
    }
}
