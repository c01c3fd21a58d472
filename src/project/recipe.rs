//! Dockerfiles and compose files, read as far as to see which image with nginx they name.

use std::collections::HashMap;

use super::image::Image;

/// An image that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) image: Image,
    /// The place, as one would write it: `FROM nginx:1.27`.
    pub(super) words: String,
    /// Its line, from 1.
    pub(super) line: usize,
}

/// The image of a Dockerfile: that of the last stage, or of the last one that is built on nginx.
pub(super) fn dockerfile(text: &str) -> Option<Named> {
    let mut arguments: HashMap<String, String> = HashMap::new();
    let mut stages: HashMap<String, Option<Named>> = HashMap::new();
    let mut found = None;
    let mut before_stages = true;
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_ascii_whitespace();
        let instruction = words.next().unwrap_or_default();
        if instruction.eq_ignore_ascii_case("ARG") && before_stages {
            for (name, value) in words.filter_map(|word| word.split_once('=')) {
                let value = filled(unquoted(value), &arguments);
                arguments.insert(name.to_owned(), value);
            }
        } else if instruction.eq_ignore_ascii_case("FROM") {
            before_stages = false;
            let mut words = words.filter(|word| !word.starts_with("--"));
            let reference = filled(unquoted(words.next().unwrap_or_default()), &arguments);
            let alias = words.nth(1).map(str::to_ascii_lowercase);
            let stage = stages.get(&reference.to_ascii_lowercase()).cloned().unwrap_or_else(|| {
                named(&reference, |reference| format!("FROM {reference}"), index + 1)
            });
            if stage.is_some() {
                found.clone_from(&stage);
            }
            stages.extend(alias.map(|alias| (alias, stage)));
        }
    }
    found
}

/// The image of a compose file. Where it names several of different releases, none of them is
/// known to be meant.
pub(super) fn compose(text: &str) -> Option<Named> {
    let mut found: Option<Named> = None;
    for (index, line) in text.lines().enumerate() {
        let Some(value) = line.trim_start().strip_prefix("image:") else { continue };
        let value = unquoted(value.split(" #").next().unwrap_or_default().trim());
        let reference = filled(value, &HashMap::new());
        let named = named(&reference, |reference| format!("image: {reference}"), index + 1);
        match (&mut found, named) {
            (_, None) => {}
            (Some(found), Some(named)) if found.image != named.image => {
                found.image.versions = None;
            }
            (found, named) => *found = found.take().or(named),
        }
    }
    found
}

fn named(reference: &str, words: impl Fn(&str) -> String, line: usize) -> Option<Named> {
    if reference.len() > LONGEST {
        return None;
    }
    Some(Named { image: Image::of(reference)?, words: words(reference), line })
}

fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// `text` with the variables put in whose values are known: `$NAME`, `${NAME}`, and
/// `${NAME:-default}` where there is no other value. The others stay as they are.
fn filled(text: &str, values: &HashMap<String, String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, variable) = rest.split_at(at);
        filled.push_str(before);
        let (whole, name, default) = variable_of(variable);
        let value = values.get(name).map(String::as_str).or(default);
        filled.push_str(value.unwrap_or(whole));
        rest = &variable[whole.len()..];
        if filled.len() > LONGEST {
            break;
        }
    }
    filled + rest
}

/// The variable that `text` begins with: all of it, its name, its default.
fn variable_of(text: &str) -> (&str, &str, Option<&str>) {
    let end_of_name = |text: &str| {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        text.find(|letter| !is_part(letter)).unwrap_or(text.len())
    };
    let behind = &text[1..];
    match behind.strip_prefix('{').and_then(|inner| Some((inner, inner.find('}')?))) {
        Some((inner, end)) => {
            let (name, operator) = inner[..end].split_at(end_of_name(&inner[..end]));
            let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
            (&text[..end + 3], name, default)
        }
        None => {
            let end = end_of_name(behind);
            (&text[..=end], &behind[..end], None)
        }
    }
}

/// So many bytes of a reference are looked at: a name has at most 255, a tag 128.
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(named: Option<Named>) -> String {
        named.map_or_else(String::new, |named| {
            let versions = named.image.versions.map(|set| set.to_string()).unwrap_or_default();
            format!("{}: {} = {versions}", named.line, named.words)
        })
    }

    #[test]
    fn the_last_stage_with_nginx_counts() {
        for (text, expected) in [
            ("", ""),
            ("FROM nginx:1.25.1\n", "1: FROM nginx:1.25.1 = 1.25.1"),
            ("# FROM nginx:1.25.1\nFROM node:20\n", ""),
            (
                "from --platform=$BUILDPLATFORM nginx:1.25.1 as web\r\n",
                "1: FROM nginx:1.25.1 = 1.25.1",
            ),
            ("FROM node:20 AS build\nRUN x\nFROM nginx:1.25.1\n", "3: FROM nginx:1.25.1 = 1.25.1"),
            ("FROM nginx:1.22.1\nFROM nginx:1.25.1\n", "2: FROM nginx:1.25.1 = 1.25.1"),
            ("FROM nginx:1.22.1\nFROM alpine:3\n", "1: FROM nginx:1.22.1 = 1.22.1"),
            (
                "FROM nginx:1.22.1 AS Old\nFROM nginx:1.25.1 AS new\nFROM old\n",
                "1: FROM nginx:1.22.1 = 1.22.1",
            ),
            (
                "ARG NGINX_VERSION=1.25.3\nFROM nginx:${NGINX_VERSION}-alpine\n",
                "2: FROM nginx:1.25.3-alpine = 1.25.3",
            ),
            ("ARG A=\"1.25\" B=$A.3\nFROM nginx:$B\n", "2: FROM nginx:1.25.3 = 1.25.3"),
            ("ARG V\nFROM nginx:${V}\n", "2: FROM nginx:${V} = "),
            ("ARG V\nFROM nginx:${V:-1.25.3}\n", "2: FROM nginx:1.25.3 = 1.25.3"),
            ("ARG IMAGE=nginx:1.25.3\nFROM ${IMAGE}\n", "2: FROM nginx:1.25.3 = 1.25.3"),
            ("FROM a AS b\nARG V=1.25.3\nFROM nginx:$V\n", "3: FROM nginx:$V = "),
            ("FROM\nFROM $\nFROM ${\nFROM nginx:$é\n", "4: FROM nginx:$é = "),
        ] {
            assert_eq!(shown(dockerfile(text)), expected, "{text}");
        }
    }

    #[test]
    fn variables_do_not_grow_without_end() {
        let doubling: String =
            (1..60).map(|one| format!("ARG V{one}=$V{0}$V{0}\n", one - 1)).collect();
        let text = format!("ARG V0=xxxxxxxxxxxxxxxx\n{doubling}FROM nginx:$V59\n");
        assert_eq!(dockerfile(&text), None);
    }

    #[test]
    fn compose_files_name_images() {
        let file = |lines: &[&str]| format!("services:\n  web:\n    {}\n", lines.join("\n    "));
        for (lines, expected) in [
            (&["image: nginx:1.25.1"][..], "3: image: nginx:1.25.1 = 1.25.1"),
            (&["image: \"nginx:1.25.1\" # why"], "3: image: nginx:1.25.1 = 1.25.1"),
            (&["image: 'nginx:1.25.1'"], "3: image: nginx:1.25.1 = 1.25.1"),
            (&["# image: nginx:1.25.1", "image: node:20"], ""),
            (&["image: nginx:${TAG:-1.25.1}"], "3: image: nginx:1.25.1 = 1.25.1"),
            (&["image: nginx:${TAG}"], "3: image: nginx:${TAG} = "),
            (&["image: node:20", "image: nginx:1.25.1"], "4: image: nginx:1.25.1 = 1.25.1"),
            (&["image: nginx:1.25.1", "image: nginx:1.25.1"], "3: image: nginx:1.25.1 = 1.25.1"),
            (&["image: nginx:1.25.1", "image: nginx:1.27.1"], "3: image: nginx:1.25.1 = "),
        ] {
            assert_eq!(shown(compose(&file(lines))), expected, "{lines:?}");
        }
    }
}
