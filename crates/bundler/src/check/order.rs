//! Some calls inside `exec` mean something only before or after others.

use oxc::ast::ast::{CallExpression, Expression, ObjectPropertyKind};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::span::{GetSpan, Span};

use super::File;
use super::calls::{argument, method};
use crate::callee::Creators;
use crate::definition::Definition;
use crate::problem::Problem;

/// Methods that send records to the server.
const BATCHES: [&str; 4] = ["batchSave", "batchSend", "batchUpdate", "batchDelete"];
/// Methods that ask the provider.
const REQUESTS: [&str; 6] = ["get", "post", "put", "patch", "delete", "proxy"];

/// Every call that stands in the wrong place, or without the one that belongs to it.
pub fn check(file: &File<'_, '_>, creators: &Creators) -> Vec<Problem> {
    let calls = calls_in_exec(file, creators);
    let mut problems = merging(file, &calls);
    problems.extend(previous_executions(file, &calls));
    problems.extend(deletions(file, &calls));
    problems
}

/// A call on `nango`, in the order of the text.
struct Call {
    method: String,
    span: Span,
    /// The model it is about, as it is written.
    model: Option<String>,
}

impl Call {
    fn is(&self, method: &str) -> bool {
        self.method == method
    }

    fn is_batch(&self) -> bool {
        BATCHES.contains(&self.method.as_str())
    }
}

fn merging(file: &File<'_, '_>, calls: &[Call]) -> Vec<Problem> {
    let first = calls.iter().position(|call| call.is_batch() || REQUESTS.contains(&call.method.as_str()));
    let late = calls.iter().skip(first.unwrap_or(calls.len())).filter(|call| call.is("setMergingStrategy"));
    late.map(|call| {
        file.problem(call.span, "`nango.setMergingStrategy` comes after requests or batches")
            .with_hint("call it at the beginning of `exec`")
    })
    .collect()
}

fn previous_executions(file: &File<'_, '_>, calls: &[Call]) -> Vec<Problem> {
    let method = "deleteRecordsFromPreviousExecutions";
    let last_batch = calls.iter().rposition(Call::is_batch);
    let all: Vec<usize> = (0..calls.len()).filter(|index| calls[*index].is(method)).collect();
    let mut problems = Vec::new();
    for (count, index) in all.iter().enumerate() {
        let span = calls[*index].span;
        if count > 0 {
            let hint = "call it once, at the end of `exec`";
            problems.push(file.problem(span, format!("`nango.{method}` is called twice")).with_hint(hint));
        }
        if last_batch.is_some_and(|batch| batch > *index) {
            let message = format!("`nango.{method}` comes before records are saved");
            problems.push(file.problem(span, message).with_hint("call it after the last batch"));
        }
    }
    problems
}

/// `trackDeletesStart` and `trackDeletesEnd` of each model, around the batches of that model.
fn deletions(file: &File<'_, '_>, calls: &[Call]) -> Vec<Problem> {
    let (start, end) = ("trackDeletesStart", "trackDeletesEnd");
    let mut models: Vec<&Option<String>> =
        calls.iter().filter(|call| call.is(start) || call.is(end)).map(|call| &call.model).collect();
    models.dedup();
    let mut seen: Vec<&Option<String>> = Vec::new();
    let mut problems = Vec::new();
    for model in models {
        if !seen.contains(&model) {
            seen.push(model);
            problems.extend(deletions_of(file, calls, model, start, end));
        }
    }
    problems
}

fn deletions_of(
    file: &File<'_, '_>,
    calls: &[Call],
    model: &Option<String>,
    start: &str,
    end: &str,
) -> Vec<Problem> {
    let of_model = |method: &str| -> Vec<usize> {
        (0..calls.len()).filter(|index| calls[*index].is(method) && calls[*index].model == *model).collect()
    };
    let (starts, ends) = (of_model(start), of_model(end));
    let batches: Vec<usize> =
        (0..calls.len()).filter(|index| calls[*index].is_batch() && calls[*index].model == *model).collect();
    let mut problems = Vec::new();
    let mut report = |index: usize, message: String, hint: String| {
        problems.push(file.problem(calls[index].span, message).with_hint(hint));
    };
    for (method, found) in [(start, &starts), (end, &ends)] {
        for index in found.iter().skip(1) {
            let hint = "call it once for each model".to_owned();
            report(*index, format!("`nango.{method}` is called twice for this model"), hint);
        }
    }
    if let ([first, ..], []) = (&starts[..], &ends[..]) {
        let hint = format!("call `nango.{end}` with the same model after its last batch");
        report(*first, format!("`nango.{start}` has no `nango.{end}`"), hint);
    }
    if let ([], [first, ..]) = (&starts[..], &ends[..]) {
        let hint = format!("call `nango.{start}` with the same model before its first batch");
        report(*first, format!("`nango.{end}` has no `nango.{start}`"), hint);
    }
    if let (Some(index), Some(batch)) = (starts.first(), batches.first())
        && index > batch
    {
        let hint = "call it before the first batch of this model".to_owned();
        report(*index, format!("`nango.{start}` comes after records are saved"), hint);
    }
    if let (Some(index), Some(batch)) = (ends.last(), batches.last())
        && index < batch
    {
        let hint = "call it after the last batch of this model".to_owned();
        report(*index, format!("`nango.{end}` comes before records are saved"), hint);
    }
    problems
}

fn calls_in_exec(file: &File<'_, '_>, creators: &Creators) -> Vec<Call> {
    let Some(exec) = exec(file, creators) else { return Vec::new() };
    let mut search = Search { file, calls: Vec::new() };
    search.visit_expression(exec);
    search.calls.sort_by_key(|call| call.span.start);
    search.calls
}

/// The value of the definition's property `exec`.
fn exec<'p, 'a>(file: &File<'p, 'a>, creators: &Creators) -> Option<&'p Expression<'a>> {
    let options = Definition::of(file.program, creators)?.options(file.program)?;
    options.properties.iter().find_map(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) if property.key.static_name()? == "exec" => {
            Some(&property.value)
        }
        _ => None,
    })
}

struct Search<'c, 'p, 'a> {
    file: &'c File<'p, 'a>,
    calls: Vec<Call>,
}

impl<'a> VisitJs<'a> for Search<'_, '_, '_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Some(method) = method(call) {
            let model = argument(call, if method.starts_with("batch") { 1 } else { 0 });
            self.calls.push(Call {
                method: method.to_owned(),
                span: call.span,
                model: model.map(|model| self.written(model)),
            });
        }
        walk_js::walk_call_expression(self, call);
    }
}

impl Search<'_, '_, '_> {
    /// A model's name, or the expression that stands for it.
    fn written(&self, model: &Expression<'_>) -> String {
        match model.get_inner_expression() {
            Expression::StringLiteral(literal) => literal.value.to_string(),
            other => self.file.text_at(other.span()).to_owned(),
        }
    }
}
