//! The two ends of a run: what a fuzzer begins with, as files that are made when they are asked for,
//! and what is said of a law that an input broke.

use std::path::{Path, PathBuf};

use ngxlint::nginx::{DirectiveId, Family, variables};

use crate::target::seed;

/// Says which law an input broke, and ends the run; with `NGXLINT_FUZZ_GO_ON` in the environment it
/// goes on, so that one run shows all that is wrong.
///
/// # Panics
/// Unless it goes on: that is how libFuzzer learns of a fault.
pub fn broken(law: &str) {
    if std::env::var_os("NGXLINT_FUZZ_GO_ON").is_none() {
        panic!("{law}");
    }
    eprintln!("BROKEN {law}");
}

/// With `NGXLINT_FUZZ_SEEDS` in the environment: writes the seeds of a target and the dictionary
/// (`DIR.dict`) to that directory and ends the program.
pub fn write_if_asked(target: &str) {
    let Some(directory) = std::env::var_os("NGXLINT_FUZZ_SEEDS").map(PathBuf::from) else {
        return;
    };
    if let Err(error) = write(target, &directory) {
        eprintln!("{}: {error}", directory.display());
        std::process::exit(1);
    }
    std::process::exit(0);
}

fn write(target: &str, directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (number, seed) in seed::seeds(target).into_iter().enumerate() {
        std::fs::write(directory.join(format!("seed-{number:04}")), seed)?;
    }
    std::fs::write(directory.with_extension("dict"), dictionary())
}

/// Names of nginx, and what texts of ours are made of, as libFuzzer reads them.
fn dictionary() -> String {
    let names = DirectiveId::all().map(DirectiveId::name);
    let variables =
        [Family::Http, Family::Stream].into_iter().flat_map(variables).map(|one| one.name);
    let mut words: Vec<String> = names.chain(variables).map(str::to_owned).collect();
    words.extend(TOKENS.map(str::to_owned));
    words.sort_unstable();
    words.dedup();
    let line = |word: String| {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        let byte = |byte| {
            if plain(byte) { char::from(byte).to_string() } else { format!("\\x{byte:02x}") }
        };
        format!("\"{}\"\n", word.bytes().map(byte).collect::<String>())
    };
    words.into_iter().filter(|word| !word.is_empty()).map(line).collect()
}

const TOKENS: [&str; 28] = [
    "# ngxlint: ignore[",
    "# ngxlint: disable[",
    "# ngxlint: speaks=h2c",
    "# ngxlint: context=http",
    "include *.conf;",
    "http://127.0.0.1:8443",
    "https://",
    "unix:/a.sock",
    "proxy_protocol",
    "{{ a }}",
    "{% if a %}",
    "content_by_lua_block {",
    "[=[",
    "]=]",
    "\r\n",
    "\u{feff}",
    " {\n",
    ";\n",
    "\n}\n",
    "# configuration file /etc/nginx/nginx.conf:\n",
    "[error] 7#9: *12 ",
    ", client: 127.0.0.1",
    ", server: ",
    ", request: \"GET / HTTP/1.1\"",
    ", upstream: \"http://",
    ", host: \"",
    "[emerg] ",
    " while reading response header from upstream",
];
