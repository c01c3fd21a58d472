//! What the rules say of a hop is what real nginx did there: `hops.toml` holds what was measured,
//! and which cells are left out. Each other cell is written as a configuration, the upstream as a
//! listener of it where it is an nginx, and as a declared backend; where nginx failed, a protocol
//! rule must speak at the pass, as an error or a warning, and nowhere else.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use ngxlint::diagnostic::{Category, Level};
use ngxlint::nginx::{Version, VersionSet};
use ngxlint::project::{self, Request};
use ngxlint::source::{LineIndex, Memory};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Facts {
    releases: Vec<String>,
    ranges: Vec<String>,
    hop: Vec<Hop>,
    left_out: Vec<LeftOut>,
    upstream: Vec<Upstream>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hop {
    name: String,
    location: String,
    stream: Option<String>,
    since: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    #[serde(default)]
    upstreams: Vec<String>,
    kind: Option<String>,
    #[serde(default)]
    hops: Vec<String>,
    #[serde(default)]
    declared: bool,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upstream {
    what: String,
    kind: String,
    #[serde(default)]
    speaks: Vec<String>,
    listen: Option<String>,
    #[serde(default)]
    more: String,
    releases: Option<String>,
    works: String,
}

/// How an upstream is written.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Written {
    Declared,
    Listening,
}

const UPSTREAM: &str = "127.0.0.1:9001";

fn facts() -> Facts {
    toml::from_str(include_str!("hops.toml")).expect("the facts can be read")
}

impl Upstream {
    /// Its server, where it is an nginx.
    fn server(&self) -> String {
        let tls = "ssl_certificate cert.pem; ssl_certificate_key key.pem;";
        let listen = self.listen.as_deref().unwrap_or_default();
        if self.kind == "sni" {
            return format!(
                "server {{ listen {UPSTREAM} ssl default_server; ssl_reject_handshake on; }}\n\
                 server {{ listen {UPSTREAM} ssl; server_name named.example; {tls} }}\n"
            );
        }
        format!("server {{ listen {UPSTREAM}{listen}; {} {tls} }}\n", self.more)
    }

    fn is_in(&self, written: Written, release: Version) -> bool {
        match (written, &self.listen) {
            (Written::Declared, _) => !self.speaks.is_empty(),
            (Written::Listening, None) => false,
            (Written::Listening, Some(_)) => {
                let releases: Option<VersionSet> =
                    self.releases.as_ref().map(|text| text.parse().expect("releases"));
                releases.is_none_or(|releases| releases.contains(release))
            }
        }
    }
}

/// The first release of a target.
fn first(target: &str) -> Version {
    let first = target.trim_start_matches(">=").split(',').next();
    first.and_then(|text| text.parse().ok()).expect("a release")
}

impl Hop {
    fn is_in(&self, release: Version) -> bool {
        let since = self.since.as_ref().map(|text| text.parse::<Version>().expect("a release"));
        since.is_none_or(|since| release >= since)
    }
}

impl Facts {
    fn leaves_out(&self, upstream: &Upstream, hop: &Hop, written: Written) -> bool {
        self.left_out.iter().any(|one| {
            one.kind.as_ref() == Some(&upstream.kind)
                && one.hops.contains(&hop.name)
                && !(one.declared && written == Written::Listening)
        })
    }
}

/// Every hop that a release has, to one upstream, in one configuration; and the lines of each.
fn configuration(
    facts: &Facts,
    upstream: &Upstream,
    written: Written,
    release: Version,
) -> (String, Vec<(usize, Vec<u32>)>) {
    let (mut text, mut lines) = (String::from("events {}\nhttp {\n"), Vec::new());
    if written == Written::Listening {
        text.push_str(&upstream.server());
    }
    text.push_str("server { listen 127.0.0.1:8000;\n");
    let line = |text: &str| text.matches('\n').count() as u32 + 1;
    let is_meant = |hop: &Hop| hop.is_in(release) && !facts.leaves_out(upstream, hop, written);
    let hops: Vec<_> = facts.hop.iter().enumerate().filter(|(_, hop)| is_meant(hop)).collect();
    for (index, hop) in &hops {
        lines.push((*index, vec![line(&text)]));
        let stream = format!("127.0.0.1:{}", 7000 + index);
        let pass = hop.location.replace('@', UPSTREAM).replace('#', &stream);
        writeln!(text, "location /{index}/ {{ {pass} }}").expect("a text");
    }
    text.push_str("}\n}\nstream {\n");
    for ((index, hop), (_, lines)) in hops.iter().zip(&mut lines) {
        let Some(stream) = &hop.stream else { continue };
        lines.push(line(&text));
        let pass = stream.replace('@', UPSTREAM);
        writeln!(text, "server {{ listen 127.0.0.1:{}; {pass} }}", 7000 + index).expect("a text");
    }
    text.push_str("}\n");
    (text, lines)
}

/// The lines at which a protocol rule has an error or a warning, with its name.
fn found(
    text: &str,
    upstream: &Upstream,
    written: Written,
    release: &str,
) -> BTreeSet<(u32, &'static str)> {
    let mut memory = Memory::default();
    memory.insert("/repo/.git/HEAD", "");
    memory.insert("/repo/nginx.conf", text);
    if written == Written::Declared {
        let settings =
            format!("[[backend]]\naddress = {UPSTREAM:?}\nspeaks = {:?}\n", upstream.speaks);
        memory.insert("/repo/ngxlint.toml", settings);
    }
    let request = Request {
        paths: vec![PathBuf::from("/repo/nginx.conf")],
        nginx_version: Some(release.parse().expect("a target")),
        ..Request::default()
    };
    let report = project::check(&memory, &request).expect("it can be checked");
    let meant = report
        .diagnostics
        .iter()
        .filter(|one| one.category == Category::Protocol && one.level >= Level::Warning);
    meant
        .map(|one| {
            let source = report.sources.source(one.at.source);
            assert_eq!(source.name, Path::new("/repo/nginx.conf"));
            (LineIndex::new(&source.bytes).line(one.at.span.start) as u32, one.rule)
        })
        .collect()
}

/// The cells of one upstream that are not as they were measured, and how many there are.
fn differences(facts: &Facts, upstream: &Upstream) -> (String, usize) {
    let (mut wrong, mut cells) = (String::new(), 0);
    for written in [Written::Declared, Written::Listening] {
        for release in facts.releases.iter().chain(&facts.ranges) {
            let version = first(release);
            if !upstream.is_in(written, version) {
                continue;
            }
            let (text, hops) = configuration(facts, upstream, written, version);
            let found = found(&text, upstream, written, release);
            let mut told: BTreeSet<u32> = found.iter().map(|(line, _)| *line).collect();
            for (index, lines) in hops {
                cells += 1;
                let works = upstream.works.as_bytes()[index] == b'+';
                let said = found.iter().filter(|(line, _)| lines.contains(line));
                let said: Vec<_> = said.map(|(_, rule)| *rule).collect();
                told.retain(|line| !lines.contains(line));
                if works != said.is_empty() {
                    let (what, hop) = (&upstream.what, &facts.hop[index].name);
                    let cell = format!("{hop} to {what}, {written:?}, {release}");
                    writeln!(wrong, "{cell}: works {works}, said {said:?}").expect("a text");
                }
            }
            assert!(told.is_empty(), "{told:?} in\n{text}");
        }
    }
    (wrong, cells)
}

#[test]
fn the_rules_say_what_nginx_did() {
    let facts = facts();
    let (mut wrong, mut cells) = (String::new(), 0);
    let judged = |part: &[Upstream]| -> Vec<(String, usize)> {
        part.iter().map(|upstream| differences(&facts, upstream)).collect()
    };
    std::thread::scope(|scope| {
        let parts = facts.upstream.chunks(facts.upstream.len().div_ceil(4));
        let threads: Vec<_> = parts.map(|part| scope.spawn(|| judged(part))).collect();
        for (text, count) in threads.into_iter().flat_map(|thread| thread.join().expect("cells")) {
            wrong.push_str(&text);
            cells += count;
        }
    });
    assert!(wrong.is_empty(), "of {cells} cells\n{wrong}");
    assert!(cells > 15_000, "only {cells} cells: are they written?");
}

/// What is left out is there, and is left out for a reason.
#[test]
fn the_facts_are_in_order() {
    let facts = facts();
    let hops: BTreeSet<&str> = facts.hop.iter().map(|hop| hop.name.as_str()).collect();
    for upstream in &facts.upstream {
        assert_eq!(upstream.works.len(), hops.len(), "{}", upstream.what);
    }
    for one in &facts.left_out {
        assert!(!one.why.is_empty());
        assert!(one.hops.iter().all(|hop| hops.contains(hop.as_str())));
        let is_kind = |upstream: &Upstream| Some(&upstream.kind) == one.kind.as_ref();
        assert!(one.kind.is_none() || facts.upstream.iter().any(is_kind), "{}", one.why);
        assert!(facts.upstream.iter().all(|upstream| !one.upstreams.contains(&upstream.what)));
    }
}
