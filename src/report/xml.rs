//! XML documents. What goes into them is made visible first: XML has no form at all for most
//! control characters.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

/// Writes a document around what `write` writes.
pub(super) fn document(
    out: &mut dyn Write,
    write: impl FnOnce(&mut Writer<&mut dyn Write>) -> io::Result<()>,
) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    write(&mut xml)?;
    writeln!(xml.get_mut())
}
