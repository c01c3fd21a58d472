//! Rules of nginx-lint, an older tool, that find what rules of ngxlint find. Comments to it stand in
//! many a configuration.

/// The rules that a rule of nginx-lint has for counterparts.
pub(super) fn of_nginx_lint(name: &str) -> &'static [&'static str] {
    NGINX_LINT.iter().find(|(known, _)| *known == name).map_or(&[], |(_, own)| own)
}

/// `docs/migrating.md` is for people.
const NGINX_LINT: [(&str, &[&str]); 12] = [
    ("directive-inheritance", &["lost-proxy-headers"]),
    ("duplicate-directive", &["duplicate-directive"]),
    ("include-path-exists", &["missing-include"]),
    ("invalid-directive-context", &["directive-context"]),
    ("listen-http2-deprecated", &["deprecated-listen-http2"]),
    ("missing-semicolon", &["syntax-error"]),
    ("proxy-keepalive", &["ineffective-upstream-keepalive"]),
    ("proxy-set-header-inheritance", &["lost-proxy-headers"]),
    ("ssl-on-deprecated", &["deprecated-directive", "directive-version"]),
    ("unclosed-quote", &["syntax-error"]),
    ("unmatched-braces", &["syntax-error"]),
    ("unreachable-location", &["duplicate-location"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rule;

    #[test]
    fn counterparts_are_rules_and_in_the_page_for_people() {
        let page = include_str!("../../docs/migrating.md");
        for (name, own) in NGINX_LINT {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
            let row = row.unwrap_or_else(|| panic!("{name} is in no row"));
            for own in own {
                assert!(Rule::named(own).is_some_and(|rule| row.contains(rule.name)), "{name}");
            }
        }
        assert!(of_nginx_lint("indent").is_empty());
    }
}
