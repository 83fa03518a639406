//! `retryOn` says for which statuses a request is repeated, and does nothing without `retries`.

use oxc::ast::ast::{CallExpression, Expression, ObjectExpression, ObjectPropertyKind};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::span::Span;

use super::File;
use super::calls::{argument, method};
use crate::problem::Problem;

/// Every request that is configured a request with the one and without the other.
pub fn check(file: &File<'_, '_>) -> Vec<Problem> {
    let mut search = Search { found: Vec::new() };
    search.visit_program(file.program);
    let problem = |span| {
        file.problem(span, "`retryOn` has no effect without `retries`")
            .with_hint("say how often beside it, for example `retries: 3`")
    };
    search.found.into_iter().map(problem).collect()
}

struct Search {
    found: Vec<Span>,
}

impl<'a> VisitJs<'a> for Search {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let literal = argument(call, 0).map(|argument| argument.get_inner_expression());
        if method(call).is_some()
            && let Some(Expression::ObjectExpression(literal)) = literal
        {
            self.found.extend(lonely(literal));
        }
        walk_js::walk_call_expression(self, call);
    }
}

/// Where `retryOn` stands in a literal that has no `retries`, nor takes in others that may have.
fn lonely(literal: &ObjectExpression<'_>) -> Option<Span> {
    let takes_in = literal.properties.iter().any(ObjectPropertyKind::is_spread);
    let retries = property(literal, "retries");
    property(literal, "retryOn").filter(|_| retries.is_none() && !takes_in)
}

fn property(literal: &ObjectExpression<'_>, name: &str) -> Option<Span> {
    literal.properties.iter().find_map(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) => {
            property.key.static_name().is_some_and(|key| key == name).then_some(property.span)
        }
        ObjectPropertyKind::SpreadProperty(_) => None,
    })
}
