//! JUnit's XML, as CI dashboards read it: a suite for each file, a failed case for each finding, and
//! a passed one for a file without any, because no test at all would look like no run.

use std::collections::HashMap;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::file::files;
use super::place::Places;
use super::text::{told, visible, visible_path};
use super::xml::document;
use crate::diagnostic::{Diagnostic, Report};

/// Writes the findings.
///
/// # Errors
/// What the writer says.
pub fn junit(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let places = Places::new(&report.sources);
    let mut suites: Vec<_> =
        files(report).into_iter().map(|(path, found)| (visible_path(path), found)).collect();
    if suites.is_empty() {
        suites.push((TOOL.into(), Vec::new()));
    }
    let tests: usize = suites.iter().map(|(_, found)| found.len().max(1)).sum();
    let failures = report.diagnostics.len();
    document(out, |xml| {
        let all = xml.create_element("testsuites").with_attribute(("name", TOOL));
        let all = all.with_attributes([
            ("tests", &*tests.to_string()),
            ("failures", &*failures.to_string()),
            ("errors", "0"),
        ]);
        all.write_inner_content(|xml| {
            suites.iter().try_for_each(|(name, found)| suite(xml, name, found, &places))
        })?;
        Ok(())
    })
}

fn suite(
    xml: &mut Writer<&mut dyn Write>,
    name: &str,
    found: &[&Diagnostic],
    places: &Places<'_>,
) -> io::Result<()> {
    let suite = xml.create_element("testsuite").with_attributes([
        ("name", name),
        ("tests", &*found.len().max(1).to_string()),
        ("failures", &*found.len().to_string()),
        ("errors", "0"),
        ("skipped", "0"),
    ]);
    suite.write_inner_content(|xml| {
        // Dashboards take two cases of one name for one.
        let mut named: HashMap<String, usize> = HashMap::new();
        for diagnostic in found {
            let message = visible(&diagnostic.message);
            let case = format!("{}: {message}", diagnostic.rule);
            let times = named.entry(case.clone()).or_default();
            *times += 1;
            let case = if *times > 1 { format!("{case} ({times})") } else { case };
            let case = [("name", &*case), ("classname", name)];
            xml.create_element("testcase").with_attributes(case).write_inner_content(|xml| {
                let text = format!("{}: {}", places.show(diagnostic.at), told(diagnostic));
                let failure = [("type", diagnostic.level.name()), ("message", &*message)];
                let failure = xml.create_element("failure").with_attributes(failure);
                failure.write_text_content(BytesText::new(&text))?;
                Ok(())
            })?;
        }
        if found.is_empty() {
            let case = [("name", TOOL), ("classname", name)];
            xml.create_element("testcase").with_attributes(case).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

const TOOL: &str = env!("CARGO_PKG_NAME");
