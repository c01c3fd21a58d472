//! nginx as a process: asked with `-t`, or started for real.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Release, peer};

/// nginx answers within milliseconds; a busy machine may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A configuration on the disk, in a directory of its own. Another beside it takes whatever nginx
/// writes, so that no pattern of an `include` meets that.
pub struct Place {
    directory: TempDir,
}

impl Place {
    /// Puts the files of a configuration down; the root is `nginx.conf`. Where one of them
    /// mentions `cert.pem`, that and `key.pem` are there too.
    pub fn new<B: AsRef<[u8]>>(files: &[(&str, B)]) -> Self {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        std::fs::create_dir(place.work()).unwrap();
        std::fs::create_dir(place.conf()).unwrap();
        let mut tls = false;
        for (name, bytes) in files {
            place.write(name, bytes.as_ref());
            tls |= memchr::memmem::find(bytes.as_ref(), b"cert.pem").is_some();
        }
        if tls {
            place.write("cert.pem", peer::certificate().pem().as_bytes());
            place.write("key.pem", peer::certificate().key_pem().as_bytes());
        }
        place
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.conf().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// The directory of the root file. Links in its own path are followed, so that names in
    /// messages begin with it.
    pub fn conf(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join("conf")
    }

    /// The root file.
    pub fn root(&self) -> PathBuf {
        self.conf().join("nginx.conf")
    }

    fn work(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join("work")
    }

    /// nginx on this configuration; `global` is for `-g`. What it says goes to `log`.
    pub(super) fn command(&self, release: &Release, global: &str, log: &Path) -> Command {
        let mut command = release.command();
        command.arg("-p").arg(self.work()).arg("-c").arg(self.root()).args(["-e", "stderr"]);
        let global = release.modules() + global;
        if !global.is_empty() {
            command.arg("-g").arg(global);
        }
        command
            .current_dir(self.work())
            .stdin(Stdio::null())
            .stdout(File::create(log.with_extension("out")).unwrap())
            .stderr(File::create(log).unwrap());
        command
    }

    /// What `nginx -t` says.
    pub fn check(&self, release: &Release) -> Verdict {
        self.ask(release, "-t")
    }

    /// What `nginx -T` says; the dump is in [`Verdict::dump`].
    pub fn dump(&self, release: &Release) -> Verdict {
        self.ask(release, "-T")
    }

    fn ask(&self, release: &Release, option: &str) -> Verdict {
        let log = self.directory.path().join("said");
        let mut child = self.command(release, "", &log).arg(option).spawn().unwrap();
        let status = end(&mut child);
        let said = std::fs::read(&log).unwrap();
        let dump = std::fs::read(log.with_extension("out")).unwrap();
        Verdict::new(status, &said, dump, &self.conf())
    }
}

/// What `nginx -t` says of a configuration.
pub fn check<B: AsRef<[u8]>>(release: &Release, files: &[(&str, B)]) -> Verdict {
    Place::new(files).check(release)
}

/// What nginx said.
#[derive(Debug)]
pub struct Verdict {
    /// Whether it takes the configuration.
    pub ok: bool,
    /// Its warnings and errors, in order.
    pub lines: Vec<LogLine>,
    /// What it wrote to standard output.
    pub dump: Vec<u8>,
    /// How it ended: by a signal, perhaps.
    pub status: ExitStatus,
}

/// A line of an error log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// `emerg`, `warn`, …
    pub level: String,
    /// What is said, without the place.
    pub message: String,
    /// The file, relative to the directory of the root.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
}

impl Verdict {
    fn new(status: ExitStatus, said: &[u8], dump: Vec<u8>, conf: &Path) -> Self {
        let text = String::from_utf8_lossy(said);
        let mut lines: Vec<LogLine> = Vec::new();
        for line in text.lines().filter_map(|line| LogLine::parse(line, conf)) {
            // Before the log of the configuration is open, some releases write a line twice.
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        Self { ok: status.success(), lines, dump, status }
    }

    /// Why nginx refuses the configuration.
    pub fn refusal(&self) -> Option<&LogLine> {
        self.lines.iter().find(|line| ["emerg", "crit", "alert"].contains(&line.level.as_str()))
    }
}

impl LogLine {
    /// `DATE [level] PID#TID: *CONNECTION message in FILE:LINE`, or `nginx: [level] …`.
    pub(super) fn parse(line: &str, conf: &Path) -> Option<Self> {
        let (before, rest) = line.split_once('[')?;
        let (level, rest) = rest.split_once("] ")?;
        let message = if before == "nginx: " { rest } else { rest.split_once(": ")?.1 };
        let prefix = format!(" in {}/", conf.display());
        let Some((message, place)) = message.rsplit_once(&prefix) else {
            let message = message.to_owned();
            return Some(Self { level: level.to_owned(), message, file: None, line: None });
        };
        let (file, number) = place.rsplit_once(':')?;
        Some(Self {
            level: level.to_owned(),
            message: message.to_owned(),
            file: Some(file.to_owned()),
            line: number.parse().ok(),
        })
    }
}

/// An nginx that serves; it ends when this is dropped.
pub struct Running {
    place: Place,
    child: Child,
}

impl Running {
    /// Starts nginx on a configuration and waits until it listens.
    pub fn start<B: AsRef<[u8]>>(release: &Release, files: &[(&str, B)]) -> Self {
        let place = Place::new(files);
        let global = "daemon off; master_process off;";
        let log = place.work().join("error.log");
        let child = place.command(release, global, &log).spawn().unwrap();
        let mut running = Self { place, child };
        within("nginx does not start", || {
            let ended = running.child.try_wait().unwrap();
            assert!(ended.is_none(), "nginx {} ends: {}", release.version, running.error_log());
            running.listens().then_some(())
        });
        running
    }

    /// The file with its process id is written once all sockets are open.
    fn listens(&self) -> bool {
        ["nginx.pid", "_run_nginx.pid"].iter().any(|name| {
            let written = std::fs::metadata(self.place.work().join(name));
            written.is_ok_and(|file| file.len() > 0)
        })
    }

    /// What it logged so far.
    pub fn error_log(&self) -> String {
        String::from_utf8_lossy(&self.error_log_bytes()).into_owned()
    }

    /// What it logged so far, byte for byte.
    pub(super) fn error_log_bytes(&self) -> Vec<u8> {
        std::fs::read(self.place.work().join("error.log")).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for the end of a process, and makes one if there is none.
fn end(child: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("nginx does not end within {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Asks again and again until there is an answer.
pub(super) fn within<T>(otherwise: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{otherwise}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
