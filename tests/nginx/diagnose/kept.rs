//! Error logs of the situations, kept as real nginx wrote them.

use std::sync::LazyLock;

use ngxlint::project;

use super::super::Release;
use super::super::runtime::Scene;
use super::super::situation::{self, Goes, Situation};
use super::{asked, found};

/// What one release wrote when one bad configuration went wrong.
pub(super) struct Kept {
    pub(super) situation: &'static Situation,
    pub(super) release: &'static Release,
    /// The configuration.
    pub(super) text: String,
    pub(super) log: String,
    /// The settings that declare the peer.
    declared: String,
    /// The situation's line is one that holds one of these texts.
    texts: &'static [&'static str],
}

impl Kept {
    /// Where `check` reports the rule of the situation, if it is told what the peer speaks.
    pub(super) fn planted(&self) -> Vec<u32> {
        let (memory, request) = asked(&self.text, &self.declared, self.release.version);
        let report = project::check(&memory, &request).unwrap();
        let own = found(&report).into_iter().filter(|one| one.rule == self.situation.rule);
        own.filter_map(|one| one.at).collect()
    }

    /// What it is, for who reads a failure.
    pub(super) fn told(&self) -> String {
        let Self { situation, release, text, log, .. } = self;
        format!("{}, nginx {}:\n{text}\n{log}", situation.name, release.version)
    }

    /// Whether a line is one that the situation makes.
    pub(super) fn is_own(&self, line: &str) -> bool {
        self.texts.iter().any(|text| line.contains(text))
    }

    /// The records that the situation made.
    pub(super) fn records(&self) -> impl Iterator<Item = &str> {
        // The listener of the same nginx tells of it too.
        let echo =
            (self.situation.rule == "proxy-protocol-mismatch").then_some("broken header: \"");
        records(&self.log)
            .into_iter()
            .filter(move |one| self.is_own(one) || echo.is_some_and(|echo| one.contains(echo)))
    }
}

/// What nginx wrote at once: a line, or several where it quotes what it got.
pub(super) fn records(log: &str) -> Vec<&str> {
    let mut starts: Vec<usize> =
        memchr::memchr_iter(b'\n', log.as_bytes()).map(|at| at + 1).collect();
    starts.insert(0, 0);
    starts.retain(|at| log[*at..].find('/') == Some(4));
    let ends = starts.iter().skip(1).copied().chain([log.len()]);
    starts.iter().zip(ends).map(|(start, end)| &log[*start..end]).collect()
}

/// The logs of all situations that log something, of every release. They are made once.
pub(super) fn all() -> &'static [Kept] {
    static ALL: LazyLock<Vec<Kept>> = LazyLock::new(|| {
        let mut all = Vec::new();
        for situation in situation::all() {
            let Goes::Wrong(_, texts @ [_, ..]) = situation.goes else { continue };
            for release in Release::all().iter().filter(|one| one.is_in(situation.releases)) {
                for &conf in situation.bad {
                    let scene = Scene::new(situation, release, conf);
                    let (_, log) = scene.play();
                    let (text, declared) = (scene.text().to_owned(), scene.declared());
                    all.push(Kept { situation, release, text, log, declared, texts });
                }
            }
        }
        all
    });
    &ALL
}
