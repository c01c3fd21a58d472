//! The XML of Checkstyle, which Jenkins and many other programs read.

use std::io::{self, Write};

use quick_xml::Writer;

use super::file::files;
use super::place::Places;
use super::text::{visible, visible_path};
use super::xml::document;
use crate::diagnostic::{Diagnostic, Report};

/// Writes the findings.
///
/// # Errors
/// What the writer says.
pub fn checkstyle(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let places = Places::new(&report.sources);
    document(out, |xml| {
        // The version is that of Checkstyle whose form this is.
        xml.create_element("checkstyle").with_attribute(("version", "4.3")).write_inner_content(
            |xml| {
                for (path, found) in files(report) {
                    let name = visible_path(path);
                    let file = xml.create_element("file").with_attribute(("name", &*name));
                    if found.is_empty() {
                        file.write_empty()?;
                        continue;
                    }
                    file.write_inner_content(|xml| {
                        found.iter().try_for_each(|one| error(xml, one, &places))
                    })?;
                }
                Ok(())
            },
        )?;
        Ok(())
    })
}

fn error(
    xml: &mut Writer<&mut dyn Write>,
    diagnostic: &Diagnostic,
    places: &Places<'_>,
) -> io::Result<()> {
    let [start, _] = places.ends(diagnostic.at);
    xml.create_element("error")
        .with_attributes([
            ("line", &*start.line.to_string()),
            ("column", &*start.column.to_string()),
            ("severity", diagnostic.level.name()),
            ("message", &*visible(&diagnostic.message)),
            ("source", &*format!("ngxlint.{}", diagnostic.rule)),
        ])
        .write_empty()?;
    Ok(())
}
