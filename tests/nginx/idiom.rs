//! Real nginx takes the configurations of `fixtures/idiom`, without a warning.

use super::Release;
use super::port::TESTED;
use super::process::check;
use crate::idiom::{self, Idiom};

/// What 1.31.3 is here without.
const NOT_BUILT: [&str; 7] =
    ["mail {", " quic", "dav_methods", "gzip_static", "secure_link", "slice ", "stub_status"];

#[test]
fn nginx_takes_what_is_right() {
    let parts = idiom::parts();
    let mut refused = Vec::new();
    for idiom in Idiom::all() {
        let text = with_high_ports(&idiom.text);
        let mut files = vec![("nginx.conf", text.as_str())];
        files.extend(parts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        for release in Release::all().iter().filter(|release| idiom.is_for(release.version)) {
            let lacks = release.is_in(">=1.30") && NOT_BUILT.iter().any(|one| text.contains(one));
            if lacks {
                continue;
            }
            let verdict = check(release, &files);
            let messages = verdict.lines.iter().map(|line| line.message.as_str());
            // That limit is this test's own.
            let said: Vec<_> =
                messages.filter(|message| !message.ends_with("resource limit: 256")).collect();
            if !verdict.ok || !said.is_empty() {
                refused.push(format!("{} {}: {said:?}", release.version, idiom.path.display()));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// The same with ports that anybody may listen on.
fn with_high_ports(text: &str) -> String {
    let line = |line: &str| {
        let Some(rest) = line.trim_start().strip_prefix("listen ") else { return line.to_owned() };
        let end = rest.find([' ', ';']).unwrap_or(rest.len());
        let start = rest[..end].rfind(':').map_or(0, |colon| colon + 1);
        match rest[start..end].parse::<u16>() {
            Ok(port) if port < 1024 => {
                let indentation = &line[..line.len() - rest.len()];
                let port = port + TESTED;
                format!("{indentation}{}{port}{}", &rest[..start], &rest[end..])
            }
            _ => line.to_owned(),
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
