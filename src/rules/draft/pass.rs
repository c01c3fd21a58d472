//! How a finding shows the passes it is about, and how passes are mended.

use super::Draft;
use super::edit::{insert_behind, remove, replace};
use crate::diagnostic::Edit;
use crate::include::Used;
use crate::model::{Affected, Hop, Obstacle, Pool, Speech, Unkept};
use crate::nginx::{Contexts, VersionSet, id};
use crate::source::Location;

impl Draft<'_> {
    /// Sure, and in the releases, as the passes are of which it speaks.
    pub fn of_passes(self, target: &VersionSet, passes: &Affected<'_>) -> Self {
        self.confidence(passes.certainty.into()).affects(target, &passes.versions)
    }

    /// A label that is not there yet.
    pub fn label_once(self, at: Location, message: &str) -> Self {
        let labels = &self.finding.diagnostic.labels;
        if labels.iter().any(|label| label.at == at && label.message == message) {
            return self;
        }
        self.label(at, message)
    }

    /// A label for each pass, and for what decides its version of HTTP, as far as there is room.
    pub fn show_passes<'m>(mut self, hops: &[Hop<'m>], says: impl Fn(Hop<'m>) -> String) -> Self {
        for &hop in hops.iter().take(MOST_PASSES) {
            self = self.label_once(hop.used().location(), &says(hop));
        }
        for set in hops.iter().filter_map(|hop| hop.decided_by()).take(MOST_PASSES) {
            self = self.label_once(set.location(), "this sets the version of HTTP");
        }
        self
    }
}

/// Edits that make passes speak HTTP/1.1; the line goes behind `at` where none decides the version.
pub(in crate::rules) fn speak_http11(hops: &[Hop<'_>], at: Used<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for hop in hops {
        let set = hop.decided_by().and_then(|set| Some((set, set.directive().arg(0)?)));
        let edit = match set {
            Some((set, word)) => replace(set, word.span(), "1.1"),
            None => insert_behind(at, HTTP11),
        };
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}

/// Edits after which a pass leaves its connection to the next request; `None` where they cannot be
/// made at the pass.
pub(in crate::rules) fn keep_connection(
    pool: &Pool<'_>,
    hop: Hop<'_>,
    unkept: &Unkept<'_>,
) -> Option<Vec<Edit>> {
    let (used, scope) = (hop.used(), hop.scope());
    let may_insert = scope.context() == Contexts::LOCATION;
    let mut edits = Vec::new();
    let mut lines = Vec::new();
    match &unkept.obstacle {
        Obstacle::Protocol => return remove(pool.used).map(|edit| vec![edit]),
        Obstacle::Fastcgi => match scope.value(id::FASTCGI_KEEP_CONN) {
            Some((set, _)) => edits.push(replace(set, set.directive().arg(0)?.span(), "on")),
            None => lines.push("fastcgi_keep_conn on;"),
        },
        Obstacle::Close(header, line) => {
            let (set, index) = match line {
                Some(line) => (*line, 0),
                None => (header.used(), 1),
            };
            edits.push(replace(set, set.directive().arg(index)?.span(), "\"\""));
        }
        Obstacle::DefaultClose | Obstacle::Http10(_) => {}
    }
    if !hop.says(Speech::Http10).is_empty() {
        match hop.decided_by() {
            Some(set) => edits.push(replace(set, set.directive().arg(0)?.span(), "1.1")),
            None => lines.push(HTTP11),
        }
    }
    let is_http = matches!(unkept.obstacle, Obstacle::DefaultClose | Obstacle::Http10(_));
    if is_http && hop.headers("connection").next().is_none() {
        // A line of its own would cost a block all that it inherits.
        match scope.effective(id::PROXY_SET_HEADER).next_back() {
            Some(last) => edits.push(insert_behind(last, NO_HEADER)),
            None => lines.push(NO_HEADER),
        }
    }
    if !lines.is_empty() {
        edits.push(may_insert.then(|| insert_behind(used, &lines.join("\n")))?);
    }
    Some(edits)
}

const HTTP11: &str = "proxy_http_version 1.1;";
const NO_HEADER: &str = "proxy_set_header Connection \"\";";

/// So many passes are shown.
const MOST_PASSES: usize = 8;
