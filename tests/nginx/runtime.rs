//! Mismatches for real: each configuration is started, asked once or twice, and mended.

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::LazyLock;

use ngxlint::errorlog::{Catalogue, Line};
use ngxlint::nginx::Version;
use ngxlint::rules::pages;
use tempfile::TempDir;

use super::client::{self, Answer, Outcome};
use super::peer::Peer;
use super::process::{Running, check};
use super::situation::{self, Conf, Goes, Mend, Situation};
use super::{Release, port};

/// What `ngxlint check` must say.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Expected {
    /// The rule of the situation.
    Finding,
    /// Nothing at `warning` or above but these rules.
    Nothing(&'static [&'static str]),
}

/// `ngxlint check` for one release on a text, with the settings of a user: where that is, and what
/// came of it.
fn checked(text: &str, settings: &str, version: Version, options: &[&str]) -> (TempDir, Output) {
    let directory = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    put("nginx.conf", text);
    put("ngxlint.toml", settings);
    let output = Command::new(env!("CARGO_BIN_EXE_ngxlint"))
        .arg("check")
        .args(options)
        .args(["--nginx-version", &version.to_string(), "nginx.conf"])
        .current_dir(directory.path())
        .output()
        .unwrap();
    (directory, output)
}

/// Where `ngxlint check --nginx-version` is held against what nginx just did, on the very text
/// that nginx was given, with the settings of a user.
fn lint_agrees(
    situation: &Situation,
    text: &str,
    release_version: Version,
    settings: &str,
    expected: Expected,
) {
    let min_level = if expected == Expected::Finding { "info" } else { "warning" };
    let options = ["--output-format", "concise", "--min-level", min_level];
    let (_, output) = checked(text, settings, release_version, &options);
    let said = String::from_utf8(output.stdout).unwrap();
    let is_of = |line: &str, rule: &str| line.ends_with(&format!("[{rule}]"));
    let agrees = match expected {
        Expected::Finding => said.lines().any(|line| is_of(line, situation.rule)),
        Expected::Nothing(remarks) => {
            said.lines().all(|line| remarks.iter().any(|rule| is_of(line, rule)))
        }
    };
    assert!(agrees, "{expected:?} {}, {release_version}\n{text}{said}", situation.name);
}

/// A configuration of a situation, with its peer and its ports.
pub(super) struct Scene {
    situation: &'static Situation,
    release: &'static Release,
    peer: Option<Peer>,
    front: u16,
    text: String,
}

impl Scene {
    pub(super) fn new(
        situation: &'static Situation,
        release: &'static Release,
        conf: Conf,
    ) -> Self {
        let peer = situation.peer.map(Peer::start);
        let front = port::free();
        let mut ports =
            vec![("{front}", front), ("{inner}", port::free()), ("{other}", port::free())];
        ports.extend(peer.as_ref().map(|peer| ("{peer}", peer.port())));
        Self { situation, release, front, text: conf.text(&ports), peer }
    }

    fn lint(&self, expected: Expected) {
        let declared = self.declared();
        lint_agrees(self.situation, &self.text, self.release.version, &declared, expected);
    }

    /// The configuration.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The settings by which a user would declare the peer.
    pub(super) fn declared(&self) -> String {
        let speaks = self.situation.peer.map_or(&[][..], |kind| kind.speaks());
        self.peer.as_ref().map_or_else(String::new, |peer| {
            format!("[[backend]]\naddress = \"127.0.0.1:{}\"\nspeaks = {speaks:?}\n", peer.port())
        })
    }

    /// What nginx answers, and what it logged. `/again` is asked too where it stands in the text.
    pub(super) fn play(&self) -> (Answer, String) {
        let running = Running::start(self.release, &[("nginx.conf", &self.text)]);
        let mut answer = client::get(self.front, "/", "Upgrade: websocket\r\n");
        if self.text.contains("= /again") {
            answer = client::get(self.front, "/again", "");
        }
        (answer, running.error_log())
    }

    fn told(&self) -> String {
        format!("{}, nginx {}:\n{}", self.situation.name, self.release.version, self.text)
    }

    fn fares_ill(&self) {
        match self.situation.goes {
            Goes::Refused(message) => {
                let verdict = check(self.release, &[("nginx.conf", &self.text)]);
                let refusal = verdict.refusal().map(|line| line.message.as_str());
                assert!(
                    refusal.is_some_and(|said| said.starts_with(message)),
                    "{}{verdict:?}",
                    self.told()
                );
            }
            Goes::Wrong(outcomes, lines) => {
                let (answer, log) = self.play();
                assert!(outcomes.contains(&answer.outcome()), "{}{answer:?}\n{log}", self.told());
                let logged = lines.iter().any(|line| log.contains(line));
                assert!(logged || lines.is_empty(), "{}{log}", self.told());
                assert!(!lines.is_empty() || !log.contains("[error]"), "{}{log}", self.told());
                assert!(lines.is_empty() || self.is_known(&log), "{}{log}", self.told());
                assert!(self.is_told(answer.outcome()), "{}{answer:?}", self.told());
            }
        }
    }

    /// Whether a line of the log leads to the page of the rule.
    fn is_known(&self, log: &str) -> bool {
        let is_it = |line: Line<'_>| {
            let rows = SYMPTOMS.sign(&line).map(|sign| sign.rows(line.scheme()));
            rows.into_iter().flatten().any(|(page, _)| page.name == self.situation.rule)
        };
        log.lines().filter_map(|line| Line::parse(line.as_bytes())).any(is_it)
    }

    /// Whether the page of the rule names what the client got, unless that says nothing.
    fn is_told(&self, outcome: Outcome) -> bool {
        let status = match outcome {
            Outcome::Status(200) | Outcome::Closed | Outcome::Endless => return true,
            Outcome::Status(status) => status,
            Outcome::Raw => 9,
        };
        let page = pages().iter().find(|page| page.name == self.situation.rule);
        page.is_some_and(|page| page.symptoms.iter().any(|row| row.status.contains(&status)))
    }

    /// Whether nginx takes it, the client gets an answer that is none of the bad ones, and nothing is
    /// logged.
    fn works(&self) -> Result<(), String> {
        let verdict = check(self.release, &[("nginx.conf", &self.text)]);
        if let Some(refusal) = verdict.refusal() {
            return Err(format!("{}{refusal:?}", self.told()));
        }
        let Goes::Wrong(bad, _) = self.situation.goes else { return Ok(()) };
        let (answer, log) = self.play();
        let outcome = answer.outcome();
        let is_good = self.situation.mends.iter().any(|mend| mend.outcome == outcome)
            || (!bad.contains(&outcome) && matches!(outcome, Outcome::Status(..400)));
        let is_quiet = !["[error]", "[crit]"].iter().any(|level| log.contains(level));
        // Nothing listens on that port here.
        let is_away = log.contains("(111: Connection refused)") && log.contains(":443/");
        let stays = bad.contains(&outcome) && SAME.contains(&self.situation.rule);
        if (is_good && is_quiet) || is_away || stays {
            return Ok(());
        }
        Err(format!("{}{outcome:?}\n{log}", self.told()))
    }

    fn fares_well(&self, mend: &Mend) {
        let (answer, log) = self.play();
        assert_eq!(answer.outcome(), mend.outcome, "{}{answer:?}\n{log}", self.told());
        let body = String::from_utf8_lossy(answer.body());
        assert!(body.contains(mend.body), "{}{body}", self.told());
        assert!(!log.contains("[error]"), "{}{log}", self.told());
    }
}

static SYMPTOMS: LazyLock<Catalogue<'static>> = LazyLock::new(|| Catalogue::new(pages()));

fn releases(text: &str) -> impl Iterator<Item = &'static Release> {
    Release::all().iter().filter(move |release| release.is_in(text))
}

#[test]
fn every_mismatch_fails_as_foretold() {
    for situation in situation::all() {
        for release in releases(situation.releases) {
            for &conf in situation.bad {
                let scene = Scene::new(situation, release, conf);
                scene.fares_ill();
                scene.lint(Expected::Finding);
            }
        }
    }
}

#[test]
fn every_mend_works() {
    for situation in situation::all() {
        for mend in situation.mends {
            for release in releases(mend.releases) {
                let scene = Scene::new(situation, release, mend.conf);
                scene.fares_well(mend);
                scene.lint(Expected::Nothing(mend.remarks));
            }
        }
    }
}

/// The text as the program fixes it, with the settings of a user, and whether nothing is left to
/// say of it.
fn fixed(scene: &Scene, unsafely: bool) -> (String, bool) {
    let options = ["--fix", "--min-level", "info", "--unsafe-fixes"];
    let options = if unsafely { &options } else { &options[..3] };
    let version = scene.release.version;
    let (directory, output) = checked(scene.text(), &scene.declared(), version, options);
    let exit = output.status.code();
    assert!(matches!(exit, Some(0 | 1)), "{}{output:?}", scene.told());
    (std::fs::read_to_string(directory.path().join("nginx.conf")).unwrap(), exit == Some(0))
}

/// Rules whose fix writes down what nginx does already.
const SAME: &[&str] = &["listen-options-conflict", "overridden-pass"];

/// Rules of which no mismatch here is mended by an edit alone, each with the reason.
const WITHOUT_FIX: &[(&str, &str)] = &[
    ("directive-context", "where a directive was meant to stand is its author's to say"),
    ("mixed-upstream-protocols", "one of the servers has to be another"),
    ("upstream-tls-name", "the name that the peer knows stands nowhere in the text"),
];

#[test]
fn what_the_program_fixes_works() {
    let (mut mended, mut all) = (BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for situation in situation::all() {
        all.insert(situation.rule);
        for release in releases(situation.releases) {
            for &conf in situation.bad {
                let mut scene = Scene::new(situation, release, conf);
                let bad = scene.text.clone();
                let texts = BTreeSet::from([false, true].map(|unsafely| fixed(&scene, unsafely)));
                for (text, is_clean) in texts.into_iter().filter(|(text, _)| *text != bad) {
                    scene.text = text;
                    match scene.works() {
                        Ok(()) => _ = mended.insert(situation.rule),
                        Err(what) if is_clean => wrong.push(format!("{bad}fixed to\n{what}")),
                        // What is left is reported.
                        Err(_) => {}
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n\n"));
    let without: Vec<&str> = all.difference(&mended).copied().collect();
    let known: Vec<&str> = WITHOUT_FIX.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(without, known);
}
