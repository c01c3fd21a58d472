//! The options that several commands share, each read into what it means, so that a value that
//! cannot be meant is refused before anything is read.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, ValueEnum};

use super::{Failure, installed, output, progress};
use crate::diagnostic::{Category, Confidence, Level};
use crate::nginx::{Flavor, VersionSet};
use crate::project::{Request, SettingsChoice, Stdin};
use crate::rules;
use crate::settings::{PathGlob, closest};

/// What to look at.
#[derive(Args, Default)]
pub(super) struct Paths {
    /// Files and directories; `-` is standard input [default: the roots of the settings, else the
    /// current directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What to call standard input, and where its includes are looked for
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
}

/// Which releases the configuration is for, and where it begins.
#[derive(Args)]
#[command(next_help_heading = "Target")]
pub(super) struct Target {
    #[command(flatten)]
    pub(super) place: Place,
    /// The releases of nginx to aim at: `1.22.1`, `1.22`, `>=1.20, <1.26`
    #[arg(long, value_name = "VERSION")]
    pub(super) nginx_version: Option<VersionSet>,
}

/// Which server the configuration is for, and where it begins.
#[derive(Args)]
#[command(next_help_heading = "Target")]
pub(super) struct Place {
    /// A configuration nginx is started with; replaces `roots` of the settings [repeatable]
    #[arg(long = "root", value_name = "FILE")]
    roots: Vec<PathBuf>,
    /// Read what is included below FROM from below TO [repeatable]
    #[arg(long, value_name = "FROM=TO", value_parser = mapping)]
    map: Vec<(PathBuf, PathBuf)>,
    /// The server that reads the configuration
    #[arg(long, value_parser = flavors())]
    flavor: Option<Flavor>,
}

/// Which settings hold, and which files are left out.
#[derive(Args)]
#[command(next_help_heading = "Configuration")]
pub(super) struct Configuration {
    /// Use this settings file instead of the nearest `ngxlint.toml`
    #[arg(long, value_name = "PATH", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Use no settings file
    #[arg(long)]
    no_config: bool,
    /// Leave out what matches, besides `exclude` of the settings [repeatable]
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    exclude: Vec<String>,
    /// Look at files that git ignores too
    #[arg(long)]
    no_respect_gitignore: bool,
}

/// How much to say.
#[derive(Args, Default)]
#[command(next_help_heading = "Output")]
pub(super) struct Talk {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Say nothing but what was found
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say which files were read
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// When to colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(super) color: Color,
}

impl Talk {
    /// The file to write to, if it is not standard output, which `-` names too.
    pub(super) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }
}

/// When to colour.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal that is not told otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Levels given on the command line, in its order, so that the last word counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels(pub(super) Vec<(String, Level)>);

impl Levels {
    const OPTIONS: [(&'static str, Level, &'static str); 4] = [
        ("error", Level::Error, "Report these as errors"),
        ("warn", Level::Warning, "Report these as warnings"),
        ("info", Level::Info, "Report these as infos"),
        ("allow", Level::Allow, "Do not report these"),
    ];
}

impl Args for Levels {
    fn augment_args(command: clap::Command) -> clap::Command {
        Self::OPTIONS.iter().fold(command, |command, (name, _, help)| {
            command.arg(
                Arg::new(*name)
                    .long(*name)
                    .value_name("NAME|CATEGORY")
                    .value_delimiter(',')
                    .action(ArgAction::Append)
                    .value_parser(Name { categories: true })
                    .hide_possible_values(true)
                    .help(*help),
            )
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Levels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut placed = Vec::new();
        for (option, level, _) in Self::OPTIONS {
            let names = matches.get_many::<String>(option).into_iter().flatten();
            let places = matches.indices_of(option).into_iter().flatten();
            placed.extend(places.zip(names).map(|(place, name)| (place, name.clone(), level)));
        }
        placed.sort_by_key(|(place, ..)| *place);
        Ok(Self(placed.into_iter().map(|(_, name, level)| (name, level)).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The request that these options make, with the default policy, for whatever releases.
pub(super) fn request(
    paths: Paths,
    place: Place,
    configuration: Configuration,
    talk: &Talk,
) -> Result<Request, Failure> {
    let (stdin, named): (Vec<_>, Vec<_>) =
        paths.paths.into_iter().partition(|path| path.as_os_str() == "-");
    let stdin = match (stdin.into_iter().next(), paths.stdin_filename) {
        (Some(dash), name) => {
            Some(Stdin { name: name.unwrap_or(dash), bytes: output::standard_input()? })
        }
        (None, Some(_)) => {
            return Err(Failure::new("`--stdin-filename` names standard input: give `-` as PATH"));
        }
        (None, None) => None,
    };
    let settings = match configuration.config {
        Some(path) => SettingsChoice::File(path),
        None if configuration.no_config => SettingsChoice::None,
        None => SettingsChoice::Discover,
    };
    Ok(Request {
        paths: named,
        stdin,
        roots: place.roots,
        map: place.map,
        flavor: place.flavor,
        installed: Some(installed::ask),
        settings,
        exclude: configuration.exclude,
        respect_gitignore: !configuration.no_respect_gitignore,
        progress: progress::reporter(talk.quiet),
        ..Request::default()
    })
}

/// Reads the name of a rule, or also of a category, and offers them to who completes.
#[derive(Clone)]
pub(super) struct Name {
    /// Whether a category is meant, too.
    pub(super) categories: bool,
}

impl TypedValueParser for Name {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let parse = if self.categories { rule_or_category } else { rule };
        parse.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let categories = Category::ALL.iter().map(|category| category.name());
        let categories = categories.filter(|_| self.categories);
        Some(Box::new(categories.chain(names()).map(PossibleValue::new)))
    }
}

/// The name of a rule.
fn rule(text: &str) -> Result<String, String> {
    known(text, "rule", names())
}

/// The name of a rule or of a category.
fn rule_or_category(text: &str) -> Result<String, String> {
    let categories = Category::ALL.iter().map(|category| category.name());
    known(text, "rule and no category", names().chain(categories))
}

/// A level at or above `info`.
pub(super) fn levels() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(["info", "warning", "error"]).try_map(|word| word.parse::<Level>())
}

/// A confidence.
pub(super) fn confidences() -> impl TypedValueParser<Value = Confidence> {
    PossibleValuesParser::new(Confidence::ALL.iter().map(|confidence| confidence.name()))
        .try_map(|word| word.parse::<Confidence>())
}

fn flavors() -> impl TypedValueParser<Value = Flavor> {
    PossibleValuesParser::new(Flavor::ALL.map(Flavor::name)).try_map(|word| word.parse::<Flavor>())
}

fn names() -> impl Iterator<Item = &'static str> + Clone {
    rules::ALL.iter().map(|rule| rule.name)
}

fn known<'k>(
    text: &str,
    what: &str,
    names: impl Iterator<Item = &'k str> + Clone,
) -> Result<String, String> {
    if names.clone().any(|name| name == text) {
        return Ok(text.to_owned());
    }
    let near = closest(text, names);
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(format!("it is no {what}{near}"))
}

fn mapping(text: &str) -> Result<(PathBuf, PathBuf), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.into(), to.into())),
        _ => Err("it is not FROM=TO".into()),
    }
}

fn glob(text: &str) -> Result<String, String> {
    PathGlob::new(text).map(|glob| glob.as_str().to_owned()).map_err(|error| error.to_string())
}
