//! Calls that answer later must be waited for, or the function ends before them and their errors are lost.

use oxc::ast::AstKind;
use oxc::ast::ast::{CallExpression, Expression};
use oxc::ast_visit::VisitJs;
use oxc::span::{GetSpan, Span};

use super::File;
use super::calls::method;
use crate::problem::Problem;

/// The methods of `nango` that answer later.
const METHODS: [&str; 21] = [
    "batchDelete",
    "batchSave",
    "batchSend",
    "delete",
    "deleteRecordsFromPreviousExecutions",
    "get",
    "getConnection",
    "getEnvironmentVariables",
    "getFieldMapping",
    "getMetadata",
    "log",
    "patch",
    "post",
    "proxy",
    "put",
    "setFieldMapping",
    "setMergingStrategy",
    "setMetadata",
    "trackDeletesEnd",
    "trackDeletesStart",
    "triggerAction",
];

/// Every such call that nobody waits for.
pub fn check(file: &File<'_, '_>) -> Vec<Problem> {
    let mut search = Search { above: Vec::new(), found: Vec::new() };
    search.visit_program(file.program);
    let problem = |(span, method): (Span, String)| {
        file.problem(span, format!("`nango.{method}` is not awaited"))
            .with_hint(format!("write `await nango.{method}(…)`, or return what it gives"))
    };
    search.found.into_iter().map(problem).collect()
}

struct Search<'a> {
    /// The nodes around the current one, outermost first.
    above: Vec<AstKind<'a>>,
    found: Vec<(Span, String)>,
}

impl<'a> VisitJs<'a> for Search<'a> {
    fn enter_node(&mut self, node: AstKind<'a>) {
        if let AstKind::CallExpression(call) = node
            && let Some(method) = method(call)
            && METHODS.contains(&method)
            && !is_awaited(&self.above, call.span)
        {
            self.found.push((call.span, method.to_owned()));
        }
        self.above.push(node);
    }

    fn leave_node(&mut self, _: AstKind<'a>) {
        self.above.pop();
    }
}

/// Whether the value of an expression is waited for, or handed to someone who can.
fn is_awaited(above: &[AstKind<'_>], value: Span) -> bool {
    let mut inner = value;
    for node in above.iter().rev() {
        match node {
            AstKind::AwaitExpression(_)
            | AstKind::ReturnStatement(_)
            | AstKind::YieldExpression(_)
            // Reached from inside an expression, so its body is one.
            | AstKind::ArrowFunctionExpression(_) => return true,
            AstKind::StaticMemberExpression(member) => {
                return matches!(member.property.name.as_str(), "then" | "catch" | "finally");
            }
            AstKind::CallExpression(call) => return waits_for_all(call),
            AstKind::ConditionalExpression(choice) if choice.test.span() == inner => return false,
            AstKind::SequenceExpression(sequence)
                if sequence.expressions.last().is_none_or(|last| last.span() != inner) =>
            {
                return false;
            }
            AstKind::ConditionalExpression(_)
            | AstKind::SequenceExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::ArrayExpression(_)
            | AstKind::ParenthesizedExpression(_)
            | AstKind::ChainExpression(_)
            | AstKind::TSAsExpression(_)
            | AstKind::TSSatisfiesExpression(_)
            | AstKind::TSNonNullExpression(_)
            | AstKind::TSTypeAssertion(_) => inner = node.span(),
            _ => return false,
        }
    }
    false
}

/// `Promise.all(…)` and its like.
fn waits_for_all(call: &CallExpression<'_>) -> bool {
    call.callee.as_member_expression().is_some_and(
        |member| matches!(member.object(), Expression::Identifier(object) if object.name == "Promise"),
    )
}
