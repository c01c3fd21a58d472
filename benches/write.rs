//! Writes what [`generate`] makes to a directory, for `benches/compare`:
//! `cargo run --example generate -- DIRECTORY SERVERS FINDINGS [files]`.
#![expect(clippy::disallowed_methods, reason = "a program of its own, no part of the library")]
#![expect(clippy::expect_used, reason = "whoever runs it wants to see what went wrong")]

mod generate;

use std::fs;
use std::path::PathBuf;

use generate::Site;

fn main() {
    let mut words = std::env::args().skip(1);
    let mut word = |what: &str| words.next().expect(what);
    let directory = PathBuf::from(word("a directory"));
    let number = |word: String| word.parse::<usize>().expect("a number");
    let site = Site {
        servers: number(word("the number of servers")),
        findings: number(word("the number of findings")),
    };
    let files = match words.next() {
        Some(_) => site.file_a_server(),
        None => vec![("nginx.conf".to_owned(), site.one_file())],
    };
    for below in ["conf.d", "logs"] {
        fs::create_dir_all(directory.join(below)).expect("a directory that can be made");
    }
    for (name, text) in files {
        fs::write(directory.join(name), text).expect("a file that can be written");
    }
}
