//! Calls on the object that a function is given, which everyone names `nango`.

use oxc::ast::ast::{Argument, CallExpression, Expression};

/// The name that the object has.
const OBJECT: &str = "nango";

/// The method of `nango.method(…)`.
pub fn method<'c>(call: &'c CallExpression<'_>) -> Option<&'c str> {
    let member = call.callee.get_inner_expression().as_member_expression()?;
    let is_ours = matches!(member.object().get_inner_expression(), Expression::Identifier(object) if object.name == OBJECT);
    is_ours.then(|| member.static_property_name()).flatten()
}

/// An argument that is an expression.
pub fn argument<'c, 'a>(call: &'c CallExpression<'a>, index: usize) -> Option<&'c Expression<'a>> {
    call.arguments.get(index).and_then(Argument::as_expression)
}
