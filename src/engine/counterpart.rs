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

    /// The rules that a row begins with are counterparts; `no` and `not yet` link what is about something
    /// else.
    #[test]
    fn every_row_that_names_a_rule_has_that_counterpart() {
        let page = include_str!("../../docs/migrating.md");
        let (_, page) = page.split_once("\n## nginx-lint\n").unwrap();
        let (page, _) = page.split_once("\n## ").unwrap();
        let mut rows = 0;
        for line in page.lines().filter(|line| line.starts_with("| `")) {
            let [_, name, here, _] = line.split('|').collect::<Vec<_>>()[..] else {
                panic!("{line} has other columns")
            };
            let (name, here) = (name.trim().trim_matches('`'), here.trim());
            let answers = here.starts_with('[');
            assert!(
                answers || ["no:", "not yet"].iter().any(|word| here.starts_with(word)),
                "{line}"
            );
            let linked =
                here.split("](../rules/").skip(1).filter_map(|rest| rest.split_once(".md)"));
            let mut linked: Vec<_> = linked.map(|(rule, _)| rule).filter(|_| answers).collect();
            linked.sort_unstable();
            assert_eq!(of_nginx_lint(name), linked, "{line}");
            rows += usize::from(answers);
        }
        assert_eq!(rows, NGINX_LINT.len());
    }
}
