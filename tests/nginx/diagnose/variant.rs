//! What becomes of a log between nginx and who reads it: it is rotated, packed, given prefixes, mixed
//! with another worker's, cut off.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::kept::{self, records};
use super::{Found, diagnose, found};

/// A way to store a log.
struct Variant {
    name: &'static str,
    /// The files, in the order in which they are read.
    files: fn(&str) -> Vec<Vec<u8>>,
    /// How often each line is there.
    times: u64,
}

const VARIANTS: &[Variant] = &[
    Variant { name: "rotated", files: |log| halves(log).map(String::into_bytes).into(), times: 1 },
    Variant {
        name: "rotated and packed",
        files: |log| {
            let [newer, older] = halves(log);
            vec![newer.into_bytes(), packed(&older)]
        },
        times: 1,
    },
    Variant {
        name: "syslog",
        files: |log| prefixed(log, "<187>Nov 30 17:28:55 host nginx: "),
        times: 1,
    },
    Variant {
        name: "journald",
        files: |log| prefixed(log, "Nov 30 17:28:55 host nginx[4711]: "),
        times: 1,
    },
    Variant { name: "docker compose", files: |log| prefixed(log, "web-1  | "), times: 1 },
    Variant {
        name: "docker compose, coloured",
        files: |log| prefixed(log, "\u{1b}[36mweb-1  | \u{1b}[0m"),
        times: 1,
    },
    Variant {
        name: "Kubernetes",
        files: |log| prefixed(log, "2026-11-30T17:28:55.123456789+01:00 stderr F "),
        times: 1,
    },
    Variant { name: "docker", files: |log| wrapped(log, "log", "stderr"), times: 1 },
    Variant { name: "a log shipper", files: |log| wrapped(log, "message", "nginx"), times: 1 },
    Variant {
        name: "lines of Windows",
        files: |log| vec![log.replace('\n', "\r\n").into()],
        times: 1,
    },
    Variant { name: "two workers", files: |log| vec![interleaved(log).into()], times: 2 },
    Variant {
        name: "between lines of others",
        files: |log| {
            let other =
                "127.0.0.1 - - [30/Nov/2026:17:28:55 +0000] \"GET / HTTP/1.1\" 502 157 \"-\" \"-\"";
            let with = |record: &str| format!("{other}\n{record}{other}\n");
            vec![records(log).into_iter().map(with).collect::<String>().into()]
        },
        times: 1,
    },
];

/// The newer half of the log, then the older.
fn halves(log: &str) -> [String; 2] {
    let records = records(log);
    let (older, newer) = records.split_at(records.len() / 2);
    [newer.concat(), older.concat()]
}

fn packed(log: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(log.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn prefixed(log: &str, prefix: &str) -> Vec<Vec<u8>> {
    vec![log.lines().map(|line| format!("{prefix}{line}\n")).collect::<String>().into()]
}

/// Each line in an object of JSON.
fn wrapped(log: &str, key: &str, stream: &str) -> Vec<Vec<u8>> {
    let object = |line: &str| {
        let text = serde_json::to_string(&format!("{line}\n")).unwrap();
        format!(
            "{{\"{key}\":{text},\"stream\":\"{stream}\",\"time\":\"2026-11-30T17:28:55.1Z\"}}\n"
        )
    };
    vec![log.lines().map(object).collect::<String>().into()]
}

/// Each record, and behind it the same of another worker.
fn interleaved(log: &str) -> String {
    let other = |record: &str| {
        let (head, rest) = record.split_once("] ").unwrap();
        let (_, message) = rest.split_once(": ").unwrap();
        format!("{record}{head}] 99#99: {message}")
    };
    records(log).into_iter().map(other).collect()
}

/// A log that is read in another way tells the same.
#[test]
fn a_log_tells_the_same_however_it_is_kept() {
    for kept in kept::all() {
        let told = |files: &[Vec<u8>]| {
            let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
            diagnose(&kept.text, kept.release.version, &files)
        };
        let plain = told(&[kept.log.clone().into_bytes()]);
        let expected = found(&plain.report);
        for variant in VARIANTS {
            let told = told(&(variant.files)(&kept.log));
            let times = |one: &Found| Found { count: one.count * variant.times, ..one.clone() };
            let expected: Vec<_> = expected.iter().map(times).collect();
            assert_eq!(found(&told.report), expected, "{}: {}", variant.name, kept.told());
            assert_eq!(told.learned, plain.learned, "{}: {}", variant.name, kept.told());
            let perhaps = |told: &super::Diagnosis| {
                let rows = told.report.summary.log.iter().flat_map(|log| &log.ordinary);
                rows.map(|row| row.perhaps.clone()).collect::<Vec<_>>()
            };
            assert_eq!(perhaps(&told), perhaps(&plain), "{}: {}", variant.name, kept.told());
        }
    }
}

/// Where a line is cut off: behind so many bytes of the part that begins with a text.
const CUTS: &[(&str, usize)] = &[
    ("", 7),
    ("", 19),
    ("[", 3),
    ("#", 2),
    (": *", 4),
    (": *", 30),
    (" while ", 0),
    (" while ", 12),
    (", client: ", 0),
    (", client: ", 14),
    (", server: ", 9),
    (", request: \"", 0),
    (", request: \"", 16),
    (", upstream: \"", 0),
    (", upstream: \"", 18),
    (", upstream: \"", 28),
    (", host: \"", 0),
    (", host: \"", 12),
];

/// What is left of cut lines leads to the same rules, or to none; by the text alone to one that
/// names them.
#[test]
fn lines_that_are_cut_off_lead_nowhere_else() {
    for kept in kept::all() {
        let told = |log: &str| diagnose(&kept.text, kept.release.version, &[log.as_bytes()]).report;
        let expected: Vec<_> = found(&told(&kept.log)).into_iter().map(|one| one.rule).collect();
        for (text, more) in CUTS {
            let cut = |line: &str| {
                let end = line.find(text).map_or(line.len(), |at| line.len().min(at + more));
                let end = (end..).find(|end| line.is_char_boundary(*end)).unwrap();
                format!("{}\n", &line[..end])
            };
            let log: String = kept.log.lines().map(cut).collect();
            // The last line has no end either.
            for one in &told(log.trim_end()).diagnostics {
                let is_named =
                    |rule: &&str| one.help.iter().any(|line| line.contains(&format!("`{rule}`")));
                let is_it = expected.contains(&one.rule) || expected.iter().any(is_named);
                assert!(is_it, "{} of {log}{}", one.rule, kept.told());
            }
        }
    }
}
