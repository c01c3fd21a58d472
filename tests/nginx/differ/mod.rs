//! ngxlint against nginx on generated configurations: both take a text or both refuse it, in the same
//! line. nginx stops at the first mistake and ngxlint tells all, so a refusal of nginx must be among
//! ngxlint's errors, and where nginx takes a text there is no error at all.

mod frame;
mod generate;
mod good;
mod judge;
mod lint;
mod mutate;
mod report;
mod value;

use std::fmt::Write;
use std::sync::Mutex;

use ngxlint::nginx::{Origin, is_of_other_module, lookup};

use super::Release;
use super::process::LogLine;
use generate::own;
use judge::{Judge, Said};
use lint::Findings;
use report::{Known, Report, Way, shape};

/// Ways to differ that stay, each with its reason.
const KNOWN: &[Known] = &[
    Known {
        subject: "location",
        nginx: "unknown \"…\" variable",
        reason: "`(?<name>` counts as the group of a regular expression wherever it stands",
    },
    Known {
        subject: "a word",
        nginx: "conflicting parameter \"…\"",
        reason: "a name twice in `server_name` clashes in `valid_referers server_names`: not compared",
    },
    Known {
        subject: "large_client_header_buffers",
        nginx: "the \"…\" size must be equal to or greater than \"…\"",
        reason: "on a machine of 32 bits the pool is half as large: the error is only likely",
    },
];

/// What nginx refuses because of the machine it is tried on: what its messages begin with, and what
/// that is about. The rest of such a text nobody has judged.
const MACHINE: &[(&str, &str)] = &[
    ("host not found", "hosts"),
    ("getpwnam(", "users"),
    ("getgrnam(", "users"),
    ("bind() to ", "addresses"),
    ("open() \"", "files"),
    ("stat() \"", "files"),
    ("mkdir() \"", "files"),
    ("dlopen() \"", "modules"),
    ("cannot load certificate", "certificates"),
    ("SSL_CTX_use_PrivateKey", "certificates"),
    ("SSL_CTX_load_verify_locations(", "certificates"),
    ("SSL_load_client_CA_file(", "certificates"),
    ("BIO_new_file(", "certificates"),
    ("ENGINE_by_id(", "engines"),
    ("SSL_CONF_cmd(", "OpenSSL"),
    ("SSL_CTX_set1_curves_list(", "OpenSSL"),
    ("SSL_CTX_set_cipher_list(", "OpenSSL"),
    ("read() \"", "files"),
    ("pread() \"", "files"),
    ("\"/path\" zero key size", "files"),
    // What Linux has not, or a build. Of the first nginx says so and goes on.
    ("accept filters \"", "platform"),
    ("invalid parameter \"setfib=", "platform"),
    ("\"aio on\" is unsupported on this platform", "platform"),
    // The judge itself is started with one.
    ("\"daemon\" directive is duplicate", "judge"),
    ("malloc(", "memory"),
    ("posix_memalign(", "memory"),
];

/// What a message begins with whose line is, but in `mail`, that of the server, wherever its `listen`
/// stands.
const OF_SERVER: &str = "no \"ssl_certificate\" is defined for the \"listen ... ";

/// What distributions put into their nginx: the release, and the directive.
const BACKPORTED: &[(&str, &str)] = &[("1.22.1", "max_headers")];

/// What nginx says of names, places, blocks and numbers of arguments, and which rules say it too.
const ORDER: &[(&str, &str, &[&str])] = &[
    (
        "unknown directive \"",
        "\"",
        &["commercial-directive", "directive-version", "unknown-directive"],
    ),
    ("\"", "\" directive is not allowed here", &["directive-context"]),
    ("directive \"", "\" has no opening \"{\"", &["directive-block"]),
    ("directive \"", "\" is not terminated by \";\"", &["directive-block"]),
    ("invalid number of arguments in \"", "\" directive", &["directive-arguments"]),
];

/// A text that was asked about.
#[derive(Copy, Clone)]
struct Asked<'t> {
    /// The directive it is about.
    subject: &'t str,
    /// What is special about it.
    what: &'t str,
    text: &'t str,
    /// Whether all that counts is how far nginx gets in looking at the directive.
    in_order: bool,
}

/// A release, what judges for it, and what comes of it.
struct Bench {
    release: &'static Release,
    judge: Judge,
    report: Report,
    /// The blocks it has of `http`, `stream` and `mail`.
    blocks: Vec<&'static str>,
    /// Whether a row for each case is wanted.
    rows: bool,
}

impl Bench {
    fn new(release: &'static Release) -> Self {
        let mut judge = Judge::start(release);
        let mut blocks = vec!["events", "http", "stream", "mail"];
        blocks.retain(|block| {
            let main = if *block == "events" { "" } else { "events {}\n" };
            judge.ask(&format!("{main}{block} {{}}\n")).refusal.is_none()
        });
        let rows = std::env::var_os("NGXLINT_DIFFER_REPORT").is_some();
        Self { release, judge, report: Report::default(), blocks, rows }
    }

    fn left_out(&self, message: &str) -> Option<&'static str> {
        left_out(self.release, message)
    }

    /// Whether this very build alone knows a name: a distribution or a module brought it along.
    fn is_built_in(&self, name: &str, said: &Said) -> bool {
        let Some(id) = lookup(name.as_bytes()) else { return false };
        let version = self.release.version;
        let backported = BACKPORTED.contains(&(version.to_string().as_str(), name));
        let foreign = own(id, version).next().is_none()
            && id.definitions().iter().any(|one| one.origin != Origin::Nginx);
        (backported || foreign) && !is_unknown(name, said)
    }

    /// Holds what nginx says of a text against what ngxlint says of it, and then what it says of the
    /// text as the fixes leave it; `false` if that tells nothing.
    fn compare(&mut self, asked: &Asked<'_>, said: Said) -> bool {
        let is_taken = said.refusal.is_none();
        let Some(fixable) = self.compare_once(asked, said) else { return false };
        let mut last = None;
        for unsafely in [false, true] {
            if !fixable {
                break;
            }
            let fixed = lint::fixed(asked.text, self.release.version, unsafely);
            let Some(fixed) = fixed.filter(|fixed| last.as_ref() != Some(&fixed.text)) else {
                continue;
            };
            self.report.fixed += 1;
            let said = self.judge.ask_whole(&fixed.text);
            let refusal = said
                .refusal
                .as_ref()
                .filter(|said| is_taken && self.left_out(&said.message).is_none());
            if let Some(refusal) = refusal {
                let way = Way {
                    subject: asked.subject.to_owned(),
                    nginx: shape(&refusal.message),
                    ngxlint: format!("fixes {}", fixed.rules),
                };
                let example = || format!("{}\nfixed to\n{}", asked.text, fixed.text);
                self.report.differ(&self.release.version.to_string(), way, example);
            }
            let what = format!("{}, fixed: {}", asked.what, fixed.rules);
            self.compare_once(
                &Asked { what: &what, text: &fixed.text, in_order: false, ..*asked },
                said,
            );
            last = Some(fixed.text);
        }
        true
    }

    /// Holds what nginx says of a text against what ngxlint says of it; whether there is anything to
    /// fix, or nothing if it tells nothing.
    fn compare_once(&mut self, asked: &Asked<'_>, said: Said) -> Option<bool> {
        let Asked { subject, what, text, in_order } = *asked;
        self.report.cases += 1;
        if let Some(refusal) = &said.refusal
            && let Some(reason) = self.left_out(&refusal.message)
        {
            self.report.leave_out(reason);
            return None;
        }
        let findings = Findings::of(text, self.release.version);
        let Said { mut refusal, .. } = said;
        if refusal.is_none() && !findings.errors.is_empty() {
            // nginx may find it when all is read.
            refusal = self.judge.ask_anew(text).refusal;
            if let Some(reason) = refusal.as_ref().and_then(|said| self.left_out(&said.message)) {
                self.report.leave_out(reason);
                return None;
            }
        }
        let agrees = match &refusal {
            None => findings.errors.is_empty(),
            Some(said) if in_order => {
                let step = |one: &(&str, &str, &[&str])| {
                    said.message == format!("{}{subject}{}", one.0, one.1)
                };
                let mut rules = findings.errors.iter().map(|found| found.rule);
                match ORDER.iter().find(|one| step(one)) {
                    Some((.., same)) => {
                        let here = findings.in_line(frame::LINE);
                        here.iter().any(|found| same.contains(&found.rule))
                    }
                    None => !rules.any(|rule| ORDER.iter().any(|one| one.2.contains(&rule))),
                }
            }
            Some(LogLine { message, line: Some(line), .. }) if message.starts_with(OF_SERVER) => {
                findings.is_in_server(*line) || !findings.in_line(*line).is_empty()
            }
            // What nginx finds when all is read has no line.
            Some(said) => said
                .line
                .map_or(!findings.errors.is_empty(), |line| !findings.in_line(line).is_empty()),
        };
        let fixable = findings.fixable;
        if agrees {
            return Some(fixable);
        }
        let nginx = refusal.as_ref().map_or("takes it".to_owned(), |said| shape(&said.message));
        let way = Way { subject: subject.to_owned(), nginx, ngxlint: findings.rules() };
        self.report.differ(&self.release.version.to_string(), way, || {
            let mut example = format!("{what}\n");
            if let Some(said) = &refusal {
                writeln!(example, "nginx: {}, line {:?}", said.message, said.line).unwrap();
            }
            for found in &findings.errors {
                writeln!(example, "{}: {}", found.rule, found.message).unwrap();
            }
            example + &around(text, refusal.as_ref().and_then(|said| said.line))
        });
        Some(fixable)
    }

    /// A row for those who write rules: release, place, what is special there, verdict, message.
    fn row(&mut self, place: &str, what: &str, said: &Said) {
        if !self.rows {
            return;
        }
        let release = self.release.version;
        let verdict = if said.refusal.is_none() { "taken" } else { "refused" };
        let rows = &mut self.report.rows;
        write!(rows, "{release}\t{place}\t{what}\t{verdict}\t").unwrap();
        if let Some(refusal) = &said.refusal {
            let line = refusal.line.map_or("none".to_owned(), |line| line.to_string());
            write!(rows, "{} (line {line})", refusal.message).unwrap();
        }
        for warning in &said.warnings {
            write!(rows, " [warn] {}", warning.message).unwrap();
        }
        rows.push('\n');
    }
}

/// Why a refusal tells nothing: the machine, or a build with fewer or more modules than the facts
/// know of.
pub(super) fn left_out(release: &Release, message: &str) -> Option<&'static str> {
    if let Some((_, reason)) = MACHINE.iter().find(|(begin, _)| message.starts_with(begin)) {
        return Some(reason);
    }
    let name = message.strip_prefix("unknown directive \"")?.strip_suffix('"')?;
    let id = lookup(name.as_bytes())?;
    let module = |origin| matches!(origin, Origin::Module(_));
    let elsewhere = id.definitions().iter().any(|one| module(one.origin))
        || is_of_other_module(name.as_bytes());
    let known = own(id, release.version).next().is_some();
    (known || elsewhere).then_some("not built in")
}

/// The part of a text that an example shows: all of a short one, else some lines around one.
fn around(text: &str, line: Option<u32>) -> String {
    const FEW: usize = 4;
    let lines: Vec<&str> = text.lines().collect();
    let middle = line.map_or(0, |line| line as usize);
    let first = if lines.len() > 3 * FEW { middle.saturating_sub(FEW) } else { 0 };
    let shown = lines.iter().enumerate().skip(first).take(2 * FEW);
    shown.map(|(index, line)| format!("{}: {line}\n", index + 1)).collect()
}

fn is_unknown(name: &str, said: &Said) -> bool {
    let unknown = format!("unknown directive \"{name}\"");
    said.refusal.as_ref().is_some_and(|refusal| refusal.message == unknown)
}

/// The directive that a message of nginx names.
fn named(message: &str) -> Option<&str> {
    let (before, _) = message.split_once("\" directive")?;
    before.rsplit('"').next()
}

/// Has each release judge at the same time, and puts together what comes of it.
fn on_each_release(name: &str, work: impl Fn(&mut Bench) + Sync) -> Report {
    let whole = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for (index, release) in Release::all().iter().enumerate() {
            let (whole, work) = (&whole, &work);
            scope.spawn(move || {
                let mut bench = Bench::new(release);
                work(&mut bench);
                whole.lock().unwrap().push((index, bench.report));
            });
        }
    });
    let mut parts = whole.into_inner().unwrap();
    parts.sort_by_key(|(index, _)| *index);
    let mut report = Report::default();
    parts.into_iter().for_each(|(_, part)| report.add(part));
    report.hold(name);
    report
}

/// Name, context, block or semicolon, number of arguments: in this order nginx looks at them, and
/// calls the first that is wrong by its name.
#[test]
fn directives_stand_and_count_as_in_nginx() {
    let report = on_each_release("directives", |bench| {
        let blocks = bench.blocks.clone();
        generate::all(
            bench.release.version,
            |block| blocks.contains(&block),
            |case| {
                let text = case.text();
                let said = bench.judge.ask(&text);
                if bench.is_built_in(&case.name, &said) {
                    return bench.report.leave_out("built in");
                }
                let subject = case.name.as_str();
                bench.compare(
                    &Asked { subject, what: &case.statement, text: &text, in_order: true },
                    said,
                );
            },
        );
    });
    assert!(report.cases > 60_000, "{}", report.cases);
}

#[test]
fn values_are_taken_as_nginx_takes_them() {
    let report = on_each_release("values", |bench| {
        let blocks = bench.blocks.clone();
        value::all(
            bench.release.version,
            |block| blocks.contains(&block),
            |case| {
                let text = case.text();
                let said = bench.judge.ask(&text);
                let taken = said.refusal.is_none();
                bench.row(&case.context.to_string(), &case.statement, &said);
                let subject = case.name.as_str();
                let unknown = is_unknown(subject, &said);
                bench.compare(
                    &Asked { subject, what: &case.statement, text: &text, in_order: false },
                    said,
                );
                (!unknown).then_some(taken)
            },
        );
    });
    assert!(report.cases > 60_000, "{}", report.cases);
}

/// Good configurations are taken by both; what a slip of the hand makes of them is taken by both or
/// refused by both.
#[test]
fn slips_are_refused_as_nginx_refuses_them() {
    let report = on_each_release("slips", |bench| {
        let version = bench.release.version;
        for conf in good::ALL.iter().filter(|conf| bench.release.is_in(conf.releases)) {
            let good = bench.judge.ask_anew(conf.text);
            let unknown = good.refusal.as_ref().map(|said| bench.left_out(&said.message));
            assert!([None, Some(Some("not built in"))].contains(&unknown), "{version} {good:?}");
            let whole = Asked { subject: conf.name, what: "", text: conf.text, in_order: false };
            if !bench.compare(&whole, good) {
                continue;
            }
            mutate::all(conf.text, conf.name, |slip, text| {
                let said = bench.judge.ask_whole(text);
                let line = said.refusal.as_ref().and_then(|refusal| refusal.line).unwrap_or(0);
                let line = text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
                bench.row(conf.name, &format!("{slip} => {}", line.trim()), &said);
                let named = said.refusal.as_ref().and_then(|refusal| named(&refusal.message));
                let first = if slip.starts_with("a word") {
                    "a word"
                } else {
                    slip.split(' ').next().unwrap_or_default()
                };
                let subject = named.unwrap_or(first).to_owned();
                let asked = Asked { subject: &subject, what: slip, text, in_order: false };
                bench.compare(&asked, said);
            });
        }
    });
    assert!(report.cases > 5_000, "{}", report.cases);
}
