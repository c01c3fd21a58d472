//! A text that nginx cannot take apart.

use super::{Context, On, Rule};
use crate::diagnostic::{Applicability, Category, Edit, Level};
use crate::model::MisfitKind;
use crate::source::{Location, SourceId, Span};
use crate::syntax::ProblemKind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "syntax-error",
    category: Category::Correctness,
    level: Level::Error,
    page: include_str!("../../rules/syntax-error.md"),
    check: On::Source(check),
};

fn check(source: SourceId, cx: &mut Context<'_>) {
    let files = cx.files();
    let text = files.sources.bytes(source);
    let model = cx.model();
    // The `{` of a directive that may have no block opens none: `directive-block` says so.
    let no_block = |span: Span| {
        model
            .misfits(MisfitKind::Block)
            .map(|misfit| model.used(misfit.used))
            .any(|used| used.source() == source && used.directive().terminator() == span)
    };
    for problem in files.problems(source) {
        if problem.kind == ProblemKind::UnclosedBlock && no_block(problem.span) {
            continue;
        }
        let at = |span| Location::new(source, span);
        let mut draft =
            cx.report_at(at(problem.span), problem.kind.message()).symptom(problem.nginx.clone());
        if let Some(span) = problem.began {
            let message = match problem.kind {
                ProblemKind::MissingSemicolon => "this directive is not ended",
                ProblemKind::UnclosedBlock => "this block begins here",
                _ => "it began here",
            };
            draft = draft.label(at(span), message);
        }
        let mut noticed = problem.noticed;
        if problem.kind == ProblemKind::UnclosedBlock {
            let closing = |span: &Span| text.get(span.range()) == Some(b"}".as_slice());
            if let Some(span) = noticed.filter(closing) {
                draft = draft.label(at(span), "this `}` closes it instead");
            }
            noticed = Some(Span::at(text.len() as u32));
        }
        if let Some(span) = noticed {
            draft = draft.label(at(span), "nginx notices it here");
        }
        if problem.kind == ProblemKind::MissingSemicolon {
            let edits = vec![Edit { at: at(problem.span), text: ";".to_owned() }];
            draft.fix("put the `;`", Applicability::Safe, None, edits);
        }
    }
}
