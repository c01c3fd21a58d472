//! The picture of a run in the README and on the docs site.

use std::path::Path;
use std::process::Command;

use anstyle_svg::{Term, WIN10_CONSOLE};

/// What is run, in the project's directory.
const ARGUMENTS: [&str; 4] = ["check", "--select", "http1-to-http2-upstream", "fixtures/demo"];

/// `NGXLINT_DRAW=1 tests/run picture` draws it anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "the picture is a file of the project")]
fn the_picture_shows_what_is_printed() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_ngxlint"));
    command.args(ARGUMENTS).args(["--color", "always"]).current_dir(home);
    let output = command.env_remove("COLUMNS").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let shown = format!("\x1b[1m$ ngxlint {}\x1b[0m\n{printed}", ARGUMENTS.join(" "));
    let drawn = Term::new().palette(WIN10_CONSOLE).render_svg(&shown);
    let path = home.join("docs/demo.svg");
    if std::env::var_os("NGXLINT_DRAW").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap();
    assert!(
        stands == drawn,
        "docs/demo.svg shows something else: NGXLINT_DRAW=1 tests/run picture"
    );
}
