//! An nginx that judges thousands of configurations. A process for each would take an hour: this
//! one is started once, told to reload, and logs why it refuses what it then reads. A last line that
//! no nginx takes makes every reload fail, so that nothing is ever put in force: to get as far as
//! that line is to be taken, as far as reading goes.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::super::Release;
use super::super::process::{LogLine, Place};

/// The name of the line that no nginx takes.
const END: &str = "ngxlint_end";

/// What the judge is started with. It names the certificate, so that this is there.
///
/// A reload that fails is over when nginx waits for the next signal, which it only says in the log
/// for developers: a directive's own code may refuse without a word.
const FIRST: &str = "error_log stderr debug_event;\nevents {}\n# cert.pem\n";

/// What nginx says when it waits for a signal.
const WAITING: &str = "sigsuspend";

/// A reload takes less than a millisecond; a busy machine may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Files that configurations may include.
pub(super) const INCLUDED: &[(&str, &str)] = &[
    ("mime.types", "types {\n    text/html html htm;\n    text/css css;\n}\n"),
    ("fastcgi_params", "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n"),
];

/// What nginx says of a configuration.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Why it refuses it; `None`: it takes it.
    pub(super) refusal: Option<LogLine>,
    /// Its warnings.
    pub(super) warnings: Vec<LogLine>,
}

/// The running nginx of a release.
pub(super) struct Judge {
    release: &'static Release,
    place: Place,
    child: Child,
    pid: Pid,
    lines: Receiver<LogLine>,
}

impl Judge {
    pub(super) fn start(release: &'static Release) -> Self {
        let files = [("nginx.conf", FIRST)].into_iter().chain(INCLUDED.iter().copied());
        let place = Place::new(&files.collect::<Vec<_>>());
        let log = place.conf().with_file_name("judge");
        let mut command = place.command(release, "daemon off;", &log);
        // Where names are looked up in vain, it shall not take long.
        command.env("RES_OPTIONS", "attempts:1 timeout:1");
        // In a group of its own, so that its worker ends with it.
        let mut child = command.stderr(Stdio::piped()).process_group(0).spawn().unwrap();
        let pid = Pid::from_child(&child);
        let (sender, lines) = channel();
        let said = BufReader::new(child.stderr.take().unwrap());
        let conf = place.conf();
        std::thread::spawn(move || {
            for line in said.split(b'\n').map_while(Result::ok) {
                let line = LogLine::parse(&String::from_utf8_lossy(&line), &conf);
                if line.is_some_and(|line| sender.send(line).is_err()) {
                    return;
                }
            }
        });
        let judge = Self { release, place, child, pid, lines };
        while judge.line().expect("nginx starts").message != WAITING {}
        judge
    }

    /// The next line of the log, if there is one in time.
    fn line(&self) -> Result<LogLine, RecvTimeoutError> {
        self.lines.recv_timeout(PATIENCE)
    }

    /// What nginx says while it reads a text. What it only finds when all is read (shared memory,
    /// log files, sockets) it does not say.
    pub(super) fn ask(&mut self, text: &str) -> Said {
        self.put(&format!("{text}\n{END};\n"));
        kill_process(self.pid, Signal::HUP).unwrap();
        let mut said = Said::default();
        let mut begun = false;
        while let Ok(line) = self.line() {
            match line.level.as_str() {
                "notice" if line.message == "reconfiguring" => begun = true,
                "debug" if begun && line.message == WAITING => {
                    let end = format!("unknown directive \"{END}\"");
                    let silent = || refusal_without_a_word("ends");
                    let refusal = said.refusal.take().unwrap_or_else(silent);
                    said.refusal = (refusal.message != end).then_some(refusal);
                    return said;
                }
                "warn" if begun => said.warnings.push(line),
                "emerg" | "alert" | "crit" if begun => {
                    said.refusal.get_or_insert(line);
                }
                _ => {}
            }
        }
        // It has crashed.
        *self = Self::start(self.release);
        self.ask_anew(text)
    }

    /// What nginx says of a whole text: while it reads it, and when it has read it all.
    pub(super) fn ask_whole(&mut self, text: &str) -> Said {
        // The last line would be inside whatever is not closed.
        if ngxlint::syntax::parse(text.as_bytes().into()).problems.is_empty() {
            let said = self.ask(text);
            if said.refusal.is_some() {
                return said;
            }
        }
        self.ask_anew(text)
    }

    /// What `nginx -t` says of a text.
    pub(super) fn ask_anew(&mut self, text: &str) -> Said {
        self.put(text);
        let verdict = self.place.check(self.release);
        let silent = || refusal_without_a_word(&format!("ends with {}", verdict.status));
        let refusal = (!verdict.ok).then(|| verdict.refusal().cloned().unwrap_or_else(silent));
        let warnings = verdict.lines.iter().filter(|line| line.level == "warn").cloned();
        Said { refusal, warnings: warnings.collect() }
    }

    fn put(&self, text: &str) {
        std::fs::write(self.place.root(), text).unwrap();
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = kill_process_group(self.pid, Signal::KILL);
        let _ = self.child.wait();
    }
}

fn refusal_without_a_word(message: &str) -> LogLine {
    LogLine { level: "emerg".to_owned(), message: message.to_owned(), file: None, line: None }
}
