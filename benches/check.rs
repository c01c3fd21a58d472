//! How long each part of the road from bytes to a report takes, for a configuration of 1,000
//! servers in memory. `benches/compare` measures the whole program beside nginx.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run must say why")]

mod generate;

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use generate::Site;
use ngxlint::include::{Config, Files, Reach, resolve};
use ngxlint::model::{Assumptions, Model};
use ngxlint::nginx::{Contexts, Flavor, VersionSet};
use ngxlint::project::{Request, SettingsChoice, check};
use ngxlint::source::{Bytes, Memory};
use ngxlint::syntax::parse;

const SERVERS: usize = 1000;
const ROOT: &str = "/site/nginx.conf";

fn parsing(criterion: &mut Criterion) {
    let text = clean().one_file();
    let bytes: Bytes = text.as_bytes().into();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("one file", |bencher| bencher.iter(|| parse(bytes.clone())));
    group.finish();
}

fn including(criterion: &mut Criterion) {
    let memory = many_files();
    criterion.bench_function("resolve/a file a server", |bencher| {
        bencher.iter_batched_ref(
            Files::default,
            |files| resolved(files, &memory),
            BatchSize::PerIteration,
        );
    });
}

fn understanding(criterion: &mut Criterion) {
    let mut files = Files::default();
    let config = resolved(&mut files, &one_file(clean()));
    let build = || {
        let assumptions = Assumptions {
            target: VersionSet::assumed(),
            assumed: true,
            flavor: Flavor::Nginx,
            backends: Vec::new(),
            modules: None,
            extra_directives: Vec::new(),
        };
        black_box(Model::build(&config, &files, assumptions).hops().len())
    };
    criterion.bench_function("model/one file", |bencher| bencher.iter(build));
}

fn checking(criterion: &mut Criterion) {
    let wrong = Site { findings: SERVERS, ..clean() };
    for (name, memory, findings) in [
        ("check/one file", one_file(clean()), 0),
        ("check/a file a server", many_files(), 0),
        ("check/one file with 1000 findings", one_file(wrong), wrong.findings),
    ] {
        let request = Request {
            paths: vec![PathBuf::from(ROOT)],
            settings: SettingsChoice::None,
            ..Request::default()
        };
        let run = || check(&memory, &request).expect("memory can be read").diagnostics.len();
        assert_eq!(run(), findings, "{name}: as many findings as were generated");
        criterion.bench_function(name, |bencher| bencher.iter(run));
    }
}

fn clean() -> Site {
    Site { servers: SERVERS, findings: 0 }
}

fn one_file(site: Site) -> Memory {
    let mut memory = Memory::default();
    memory.insert(ROOT, site.one_file());
    memory
}

fn many_files() -> Memory {
    let mut memory = Memory::default();
    for (name, text) in clean().file_a_server() {
        memory.insert(Path::new(ROOT).with_file_name(name), text);
    }
    memory
}

fn resolved(files: &mut Files, memory: &Memory) -> Config {
    let root = Path::new(ROOT);
    let source = files.open(memory, root).expect("the root was put in");
    let reach = Reach::of_root(memory, root, Vec::new());
    let config = resolve(files, memory, &reach, &[(source, Contexts::MAIN)]);
    assert!(config.is_complete(), "every include was followed");
    config
}

criterion_group!(benches, parsing, including, understanding, checking);
criterion_main!(benches);
