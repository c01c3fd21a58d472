//! Texts for the laws of the syntax.

use proptest::prelude::*;

use crate::law::syntax::laws;

fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        ";",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\"",
        "'",
        "\\",
        "$",
        "#",
        "a",
        "server",
        "proxy_pass x",
        "location / {",
        "map $a $b {",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "<%",
        "%>",
        "${a}",
        ")",
        "(",
        "content_by_lua_block {",
        "[[",
        "]]",
        "--",
        "include x",
        "# ngxlint: ignore[",
        "]",
        "\u{feff}",
        "\0",
        "\u{b}",
        "=",
        "root\n",
        "\nroot a",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_for_token_soup(text in soup()) {
        laws(&text).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn laws_hold_for_bytes(text in prop::collection::vec(any::<u8>(), 0..400)) {
        laws(&text).map_err(TestCaseError::fail)?;
    }
}
