//! Fixes do what they say and nothing else: the laws, over every example of every page and every
//! fixture.

use ngxlint::page::Page;
use ngxlint::rules::ALL;

use crate::law::fix::{Case, laws};
use crate::law::fixture;

#[test]
fn every_fix_of_every_example_keeps_the_laws() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for rule in ALL {
        let page = Page::parse(rule.page).expect("a page can be read");
        for example in &page.examples {
            let case = Case::of(format!("rules/{}.md:{}", rule.name, example.line), example);
            for unsafely in [false, true] {
                count += laws(&case, unsafely, &mut wrong);
                count += laws(&case.with_crlf(), unsafely, &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200, "only {count} fixes were applied");
}

#[test]
fn every_fix_of_every_fixture_keeps_the_laws() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for mut case in fixture::cases() {
        for version in [None, Some("1.22.1"), Some("1.28.3"), Some("1.31.3")] {
            case.request.nginx_version = version.map(|one| one.parse().expect("a version"));
            for unsafely in [false, true] {
                count += laws(&case, unsafely, &mut wrong);
                count += laws(&case.with_crlf(), unsafely, &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200, "only {count} fixes were applied");
}
