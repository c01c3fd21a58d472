//! Facts as Rust expressions.

use crate::Result;
use crate::facts::Args;

/// `(1, 25, 1)`.
pub fn version(text: &str) -> Result<String> {
    let parts: Vec<u16> = text.split('.').map(str::parse).collect::<Result<_, _>>()?;
    match parts[..] {
        [major, minor, patch] => Ok(format!("({major}, {minor}, {patch})")),
        _ => Err(format!("{text} is no version").into()),
    }
}

/// A `VersionRange`.
pub fn range(since: &str, until: Option<&str>) -> Result<String> {
    let since = version(since)?;
    Ok(match until {
        Some(until) => format!("between({since}, {})", version(until)?),
        None => format!("since{since}"),
    })
}

/// A `Family`.
pub fn family(name: &str) -> Result<&'static str> {
    Ok(match name {
        "any" => "Family::Any",
        "core" => "Family::Core",
        "http" => "Family::Http",
        "mail" => "Family::Mail",
        "stream" => "Family::Stream",
        "rtmp" | "proc" => "Family::Other",
        _ => return Err(format!("{name} is no family").into()),
    })
}

/// An `Origin` by the key in `thirdparty.json`.
pub fn origin(key: &str, catalogue: Option<&str>) -> Result<String> {
    Ok(match (key, catalogue) {
        ("angie", _) => "Origin::Fork(Flavor::Angie)".to_owned(),
        ("freenginx", _) => "Origin::Fork(Flavor::Freenginx)".to_owned(),
        ("tengine", _) => "Origin::Fork(Flavor::Tengine)".to_owned(),
        ("nginx-plus", _) => "Origin::Plus".to_owned(),
        (_, Some(catalogue)) => format!("Origin::Module({catalogue:?})"),
        _ => return Err(format!("{key} has no catalogue").into()),
    })
}

/// The `Contexts`; `None` if all of them are of a time before `mail` was called so.
pub fn contexts(words: &[String]) -> Result<Option<String>> {
    let mut names = Vec::new();
    for word in words {
        let name = match word.as_str() {
            "imap" | "imap_server" => continue,
            "main" | "events" | "http" | "server" | "location" | "upstream" | "if_in_server"
            | "if_in_location" | "limit_except" | "stream" | "stream_server"
            | "stream_upstream" | "mail" | "mail_server" => word.to_uppercase(),
            "rtmp" | "rtmp_server" | "rtmp_application" | "rtmp_recorder" | "acme_issuer"
            | "otel_exporter" | "mgmt" | "oidc_provider" | "processes" | "process" => {
                "OTHER".to_owned()
            }
            _ => return Err(format!("{word} is no context").into()),
        };
        names.push(format!("Contexts::{name}"));
    }
    Ok((!names.is_empty()).then(|| format!("contexts(&[{}])", names.join(", "))))
}

/// The bits of `Arguments`.
pub fn arguments(args: Option<&Args>) -> Result<u16> {
    const UP_TO_SEVEN: u16 = 0xff;
    const MORE: u16 = 1 << 8;
    const UNKNOWN: u16 = 1 << 9;
    Ok(match args {
        None => UP_TO_SEVEN | MORE | UNKNOWN,
        Some(Args::Counts(counts)) => counts.iter().try_fold(0, |bits, count| match count {
            0..=7 => Ok(bits | 1 << count),
            _ => Err(format!("{count} arguments")),
        })?,
        Some(Args::Word(word)) => match word.as_str() {
            "flag" => 1 << 1,
            "any" => UP_TO_SEVEN | MORE,
            "1+" => (UP_TO_SEVEN & !1) | MORE,
            "2+" => (UP_TO_SEVEN & !0b11) | MORE,
            _ => return Err(format!("{word} is no count").into()),
        },
    })
}

/// `time_ms` is `TimeMs`.
pub fn camel(snake: &str) -> String {
    let words = snake.split('_').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
