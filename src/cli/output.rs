//! The streams of the process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::Path;

use super::Failure;
use super::option::{Color, Talk};
use crate::diagnostic::Report;
use crate::nginx::VersionSet;
use crate::nginx::version::NEWEST;
use crate::report::{Look, finished, visible, visible_path};
use crate::source::Disk;

/// Writes what a command has to give: to the file that was asked for, else to standard output. A
/// reader that has gone away (`| head`) is no failure.
pub(super) fn give(
    file: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(path) = file else {
        #[expect(clippy::disallowed_methods, reason = "this is where standard output is written")]
        let mut out = BufWriter::new(io::stdout().lock());
        return match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new(format!("standard output cannot be written: {error}")))
            }
            _ => Ok(()),
        };
    };
    let mut bytes = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "the file that `-o` names is no source")]
    let written = write(&mut bytes).and_then(|()| std::fs::write(path, bytes));
    written.map_err(|error| Failure::new(format!("{}: {error}", visible_path(path))))
}

/// Says one line on standard error, which may be closed.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{}", finished(&visible(line)));
}

/// Says which files were read, if that was asked for.
pub(super) fn files(report: &Report, talk: &Talk) {
    if talk.verbose {
        let names = report.sources.iter().map(|(_, source)| visible_path(&source.name));
        names.for_each(|name| say(&format!("read {name}")));
    }
}

/// Says by which release a target is judged that holds none of those that are known.
pub(super) fn unknown_release(report: &Report, talk: &Talk) {
    let target = &report.target;
    let Some(judge) = target.versions.judged_as().filter(|_| !talk.quiet) else { return };
    let since = target.versions.bounds().map(|bounds| bounds.since.to_string());
    let since = since.unwrap_or_default();
    // As one would write it.
    let minor = since
        .strip_suffix(".0")
        .filter(|minor| minor.parse().is_ok_and(|set: VersionSet| set == target.versions));
    let stated = minor.map_or_else(|| target.versions.to_string(), str::to_owned);
    let origin = target.origin.as_deref().map(|origin| format!(" ({origin})")).unwrap_or_default();
    say(&format!(
        "warning: {stated}{origin} is not a known release of nginx, the newest is {NEWEST}; judged as \
         {judge}"
    ));
}

/// How a text for people looks where it will go.
pub(super) fn look(talk: &Talk) -> Look {
    #[expect(clippy::disallowed_methods, reason = "only asked whether it is a terminal")]
    let standard = io::stdout();
    let color = match talk.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => talk.file().is_none() && colors(&standard),
    };
    Look { color, links: talk.file().is_none() && links(), ..Look::default() }
}

/// Whether standard output is a terminal.
pub(super) fn is_terminal() -> bool {
    #[expect(clippy::disallowed_methods, reason = "only asked whether it is a terminal")]
    io::stdout().is_terminal()
}

/// All of standard input.
pub(super) fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::new(format!("standard input cannot be read: {error}"))),
    }
}

/// A log, to be read as it comes.
pub(super) fn open(path: &Path) -> Result<impl Read + use<>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "a log is no source: it is read as a stream")]
    let file = File::open(path);
    // What opens need not be readable, as a directory.
    let file = file.and_then(|file| {
        let mut file = BufReader::new(file);
        file.fill_buf()?;
        Ok(file)
    });
    file.map_err(|error| Failure::new(format!("{}: {error}", visible_path(path))))
}

/// The text of a settings file or baseline that is to be written, if there is one.
pub(super) fn read_settings(path: &Path) -> Result<Option<String>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "it is written again at once")]
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format!("{}: {error}", visible_path(path)))),
    }
}

/// Writes a settings file or baseline that held `before`.
pub(super) fn write_settings(path: &Path, before: Option<&str>, text: &str) -> Result<(), Failure> {
    let written = match before {
        Some(before) => Disk.replace(path, before.as_bytes(), text.as_bytes()),
        None => Disk.create(path, text.as_bytes()),
    };
    written.map_err(|error| {
        Failure::new(format!("{}: cannot be written: {error}", visible_path(path)))
    })
}

/// Whether standard output is a terminal that follows links, or `FORCE_HYPERLINK` says so. What runs in
/// continuous integration is kept as a log, terminal or not.
fn links() -> bool {
    let set = |name| std::env::var_os(name).is_some();
    supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
        && (set("FORCE_HYPERLINK") || !set("CI"))
}

/// Whether a stream is coloured that nobody speaks of: a terminal that can, unless the environment says
/// otherwise (`NO_COLOR`, `CLICOLOR`, `TERM`), and anything where it insists (`CLICOLOR_FORCE`).
fn colors(stream: &io::Stdout) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// What `look` says of links in a process of its own, which runs this file's test again.
    fn has_links(at_a_terminal: bool, variables: &[(&str, &str)]) -> bool {
        let test = std::env::current_exe().unwrap();
        let test = test.to_str().unwrap();
        let arguments = ["--exact", "cli::output::tests::links_are_for_terminals", "--nocapture"];
        let mut command = match at_a_terminal {
            true => {
                let mut script = Command::new("script");
                let line = format!("'{test}' {}", arguments.join(" "));
                script.args(["-qec", &line, "/dev/null"]);
                script
            }
            false => {
                let mut pipe = Command::new(test);
                pipe.args(arguments);
                pipe
            }
        };
        for name in ["CI", "FORCE_HYPERLINK", "NO_COLOR", "TERM"] {
            command.env_remove(name);
        }
        command.env(WITHIN, "1").envs(variables.iter().copied());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let answers = [true, false].map(|links| said.contains(&said_of(links)));
        assert!(output.status.success() && answers[0] != answers[1], "{output:?}");
        answers[0]
    }

    /// What the process within says: of standard output, and where a file is written.
    fn said_of(links: bool) -> String {
        format!("links: {links}, in a file: false")
    }

    #[test]
    fn links_are_for_terminals() {
        if std::env::var_os(WITHIN).is_some() {
            let file = Talk { output: Some("file".into()), ..Talk::default() };
            let [here, file] = [&Talk::default(), &file].map(|talk| look(talk).links);
            println!("links: {here}, in a file: {file}");
            return;
        }
        let kitty = ("TERM", "xterm-kitty");
        let (insists, forbids) = (("FORCE_HYPERLINK", "1"), ("FORCE_HYPERLINK", "0"));
        assert!(has_links(true, &[kitty]));
        assert!(!has_links(true, &[("TERM", "dumb")]));
        assert!(!has_links(true, &[kitty, forbids]));
        assert!(!has_links(true, &[kitty, ("CI", "true")]));
        assert!(has_links(true, &[kitty, ("CI", "true"), insists]));
        assert!(!has_links(false, &[kitty]));
        assert!(has_links(false, &[insists]));
    }

    /// Set in the process within.
    const WITHIN: &str = "NGXLINT_TEST_WITHIN";
}
