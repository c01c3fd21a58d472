//! `ngxlint init`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{Failure, installed, output, progress};
use crate::diagnostic::TargetRow;
use crate::nginx::Flavor;
use crate::project::{self, Survey};
use crate::report::{count, visible, visible_path};
use crate::settings::{FILE_NAMES, Proposal, template};
use crate::source::{Disk, FileKind, Loader};

/// Write a settings file to begin with.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Where to write it, and to look for configurations
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    directory: PathBuf,
    /// Print it, and write nothing
    #[arg(long)]
    stdout: bool,
    /// Say nothing of what was found
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
pub(super) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { directory, stdout, quiet } = arguments;
    let directory = directory.strip_prefix(".").unwrap_or(&directory).to_path_buf();
    let file = directory.join(FILE_NAMES[0]);
    if !stdout {
        let there = FILE_NAMES.iter().map(|name| directory.join(name));
        if let Some(file) = there.into_iter().find(|file| Disk.stands(file)) {
            let message = "is there already, and stays as it is; --stdout prints what would be new";
            return Err(Failure::new(format!("{} {message}", visible_path(&file))));
        }
    }
    if let Ok(FileKind::File | FileKind::Special) = Disk.kind(&directory) {
        return Err(Failure::new(format!("{}: is no directory", visible_path(&directory))));
    }
    let above = above(&directory);
    let survey = look(&directory, quiet)?;
    let text = template(&proposals(&survey)).map_err(Failure::new)?;
    if stdout {
        let raw = !output::is_terminal();
        output::give(None, |out| match raw {
            true => out.write_all(text.as_bytes()),
            false => text.lines().try_for_each(|line| writeln!(out, "{}", visible(line))),
        })?;
    } else {
        output::write_settings(&file, None, &text)?;
    }
    if !quiet {
        tell(&survey, &file, above.as_deref(), stdout);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is to be found where the settings will hold, as if there were none yet.
fn look(directory: &Path, quiet: bool) -> Result<Survey, Failure> {
    let paths = vec![if directory.as_os_str().is_empty() { ".".into() } else { directory.into() }];
    let request = project::Request {
        paths,
        hops: true,
        installed: Some(installed::ask),
        settings: project::SettingsChoice::None,
        progress: progress::reporter(quiet),
        ..project::Request::default()
    };
    let survey = project::survey(&Disk, &request, directory);
    progress::clear();
    survey.map_err(Failure::new)
}

/// The settings file that rules the directory so far, if it can be obeyed.
fn above(directory: &Path) -> Option<PathBuf> {
    project::config(&Disk, &project::Request::default(), directory).ok()?.file
}

/// What the settings begin with.
fn proposals(survey: &Survey) -> Vec<Proposal> {
    let mut proposals = vec![roots(survey)];
    proposals.extend(target(survey));
    if !survey.unread.is_empty() {
        let unread = listed(&survey.unread);
        let notes = vec![format!("Included, and not read so far: {unread}.")];
        proposals.push(Proposal { key: "include", notes, ..Proposal::default() });
    }
    if let Some(first) = survey.unknown.first() {
        let unknown = listed(&survey.unknown);
        let notes = vec![format!("Nothing here tells what these speak: {unknown}.")];
        let example = json!([{ "address": first, "speaks": ["http/1.1"] }]);
        let example = Some(example).filter(|_| is_plain(first));
        proposals.push(Proposal { key: "backend", notes, example, ..Proposal::default() });
    }
    proposals
}

fn roots(survey: &Survey) -> Proposal {
    let mut proposal = Proposal { key: "roots", ..Proposal::default() };
    // A name that is not what it seems is for people to write.
    let name = |path: &PathBuf| {
        path.to_str().filter(|name| is_plain(name)).map(|name| name.replace('\\', "/"))
    };
    let names: Option<Vec<String>> = survey.roots.iter().map(name).collect();
    let Some(names) = names.filter(|names| !names.is_empty()) else { return proposal };
    if survey.loose.is_empty() {
        proposal.value = Some(json!(names));
        return proposal;
    }
    // With roots stated, a run that names no path would pass over what they do not include.
    let loose: Vec<String> = survey.loose.iter().map(|path| visible_path(path)).collect();
    let loose = listed(&loose);
    proposal.notes.push(format!("Not set, because no root includes these: {loose}."));
    proposal.example = Some(json!(names));
    proposal
}

/// The releases and the server.
fn target(survey: &Survey) -> Vec<Proposal> {
    let mut version = Proposal { key: "nginx-version", ..Proposal::default() };
    let mut flavor = Proposal { key: "flavor", ..Proposal::default() };
    let word = |flavor: Flavor| Some(Value::from(flavor.name()));
    let found = |row: &TargetRow| visible(row.origin.as_deref().unwrap_or_default()).into_owned();
    match &survey.installed {
        Some((row, true)) => {
            version.notes.push("As `nginx -v` says where this was written.".into());
            version.value = Some(row.versions.to_string().into());
            flavor.value = word(row.flavor).filter(|_| row.flavor != Flavor::default());
        }
        Some((row, false)) => {
            let release = &row.versions;
            version.notes.push(format!(
                "`nginx -v` says {release} here, which does not take all that the configuration uses."
            ));
        }
        None if !survey.target.assumed => {
            let row = &survey.target;
            version.notes.push(format!("Found so far: {}, {}.", row.versions, found(row)));
            version.example = Some(row.versions.to_string().into());
            flavor.example = word(row.flavor);
        }
        None => {}
    }
    vec![version, flavor]
}

/// Says what was found, and what to do next.
fn tell(survey: &Survey, file: &Path, above: Option<&Path>, stdout: bool) {
    let file = visible_path(file);
    if survey.roots.is_empty() && survey.loose.is_empty() && survey.outer.is_empty() {
        output::say("no nginx configuration was found here: set `roots`");
    }
    for root in &survey.outer {
        let root = visible_path(root);
        output::say(&format!(
            "note: {root} includes what is here; settings hold from its own directory on"
        ));
    }
    output::skipped(&survey.skipped, false);
    if let Some(above) = above.filter(|_| !stdout) {
        output::say(&format!("note: {} no longer holds here", visible_path(above)));
    }
    if !stdout {
        let roots = count(survey.roots.len(), "root");
        output::say(&format!(
            "{file}: written, {roots} found; `ngxlint check` uses it from now on"
        ));
    }
}

/// Whether a text shows all that it holds.
fn is_plain(text: &str) -> bool {
    visible(text) == text
}

/// The first of some names, in a line.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> =
        names.iter().take(MOST).map(|name| visible(name).into_owned()).collect();
    let more = match names.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}

/// So many names are listed.
const MOST: usize = 10;

const EXAMPLES: &str = "\
The file holds every key with what it is for, those that are known set, the others as examples. The
roots are those that `ngxlint check` finds; the releases of nginx are those that an image beside the
configuration names, else what `nginx -v` says. A file that is there is never written over.

Examples:
  ngxlint init
  ngxlint init --stdout deploy/nginx";
