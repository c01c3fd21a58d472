//! The Chinese pages say what the English ones say.

use ngxlint::page::{Example, Language, Page, Symptom};
use ngxlint::rules::{ALL, Rule};

/// The links of a page, in order.
fn links(page: &Page<'_>) -> Vec<String> {
    let mut links = Vec::new();
    for section in &page.sections {
        let mut rest = section.text;
        while let Some(at) = rest.find("](http") {
            rest = &rest[at + 2..];
            let end = rest.find(')').expect("a link has an end");
            links.push(rest[..end].to_owned());
        }
    }
    links.sort();
    links
}

/// A symptom without what is translated.
fn facts(symptom: &Symptom) -> Symptom {
    let client = symptom.client.as_ref().map(|_| String::new());
    Symptom { client, ..symptom.clone() }
}

/// What of two pages of one rule is not in step.
fn out_of_step(rule: &'static Rule) -> Vec<String> {
    let (language, text) = rule.page_in(Language::Zh);
    if language != Language::Zh {
        return vec![format!("{}: there is no Chinese page", rule.name)];
    }
    let english = Page::parse(rule.page).expect("an English page can be read");
    let chinese = match Page::parse_in(Language::Zh, text) {
        Ok(page) => page,
        Err(error) => return vec![format!("rules/zh/{}.md: {error}", rule.name)],
    };
    let headings = |page: &Page<'_>, language: Language| -> Vec<usize> {
        let place = |heading| language.headings().iter().position(|one| *one == heading);
        page.sections.iter().filter_map(|section| place(section.heading)).collect()
    };
    let symptoms = |page: &Page<'_>| page.symptoms.iter().map(facts).collect::<Vec<_>>();
    let advice = |page: &Page<'_>| {
        let workarounds = page.workarounds.iter();
        let dead_ends = page.dead_ends.iter();
        let one: Vec<_> = workarounds
            .map(|one| {
                (one.versions.clone(), one.success, one.source.clone(), one.measured.clone())
            })
            .collect();
        let other: Vec<_> = dead_ends
            .map(|one| (one.versions.clone(), one.fails, one.source.clone(), one.measured.clone()))
            .collect();
        (one, other)
    };
    let texts = |page: &Page<'_>| -> Vec<String> {
        let clients = page.symptoms.iter().filter_map(|row| row.client.clone());
        let advice = page.workarounds.iter().map(|one| one.text.clone());
        let dead_ends = page.dead_ends.iter().map(|one| one.text.clone());
        clients.chain(advice).chain(dead_ends).chain([page.summary.clone()]).collect()
    };
    let untranslated = texts(&chinese).into_iter().filter(|text| {
        // A text of code and numbers alone is the same in every language.
        let words = text.split('`').step_by(2).any(|part| part.contains(char::is_alphabetic));
        words && text.is_ascii()
    });
    let untranslated: Vec<String> = untranslated.collect();
    let same = [
        ("name", english.name == chinese.name),
        ("aliases", english.aliases == chinese.aliases),
        ("headings", headings(&english, Language::En) == headings(&chinese, Language::Zh)),
        ("symptoms", symptoms(&english) == symptoms(&chinese)),
        ("workarounds and dead ends", advice(&english) == advice(&chinese)),
        ("links", links(&english) == links(&chinese)),
        ("translation of the front matter", untranslated.is_empty()),
    ];
    let mut wrong: Vec<String> = same
        .iter()
        .filter(|(_, same)| !same)
        .map(|(what, _)| format!("rules/zh/{}.md: {what} {untranslated:?}", rule.name))
        .collect();
    let examples = |page: &Page<'_>| -> Vec<_> {
        // The line in the page may be another.
        page.examples.iter().map(|one| Example { line: 0, ..one.clone() }).collect()
    };
    if examples(&english) != examples(&chinese) {
        wrong.push(format!("rules/zh/{}.md: examples", rule.name));
    }
    wrong
}

#[test]
fn chinese_pages_are_in_step() {
    let wrong: Vec<String> = ALL.iter().copied().flat_map(out_of_step).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
