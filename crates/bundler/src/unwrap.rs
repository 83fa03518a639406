//! `createSync({…})` becomes `{type: "sync", …}`, so that a bundle needs no package `nango`, as with the official CLI.

use oxc::allocator::Allocator;
use oxc::ast::ast::{Expression, ObjectPropertyKind, Program, PropertyKey, PropertyKind};
use oxc::ast::builder::AstBuilder;
use oxc::ast_visit::{VisitJsMut, walk_js_mut};
use oxc::span::{SPAN, Span};

use crate::bundle::Kind;
use crate::callee::Creators;

/// Replaces every such call of a file.
pub fn unwrap<'a>(program: &mut Program<'a>, allocator: &'a Allocator) {
    let creators = Creators::of(program);
    Unwrapper { creators, builder: AstBuilder::new(allocator) }.visit_program(program);
}

struct Unwrapper<'a> {
    creators: Creators,
    builder: AstBuilder<'a>,
}

impl<'a> VisitJsMut<'a> for Unwrapper<'a> {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        walk_js_mut::walk_expression(self, expression);
        let Expression::CallExpression(call) = expression else { return };
        let Some(kind) = self.creators.kind_of(call) else { return };
        let span = call.span;
        let Some(argument) = call.arguments.pop().filter(|argument| argument.is_expression()) else { return };
        *expression = self.definition(span, kind, argument.into_expression());
    }
}

impl<'a> Unwrapper<'a> {
    /// The definition itself with its kind in front.
    fn definition(&self, span: Span, kind: Kind, options: Expression<'a>) -> Expression<'a> {
        let mark = ObjectPropertyKind::new_object_property(
            SPAN,
            PropertyKind::Init,
            PropertyKey::new_static_identifier(SPAN, "type", &self.builder),
            Expression::new_string_literal(SPAN, kind.as_str(), None, &self.builder),
            false,
            false,
            false,
            &self.builder,
        );
        if let Expression::ObjectExpression(mut literal) = options {
            literal.properties.insert(0, mark);
            return Expression::ObjectExpression(literal);
        }
        let rest = ObjectPropertyKind::new_spread_property(SPAN, options, &self.builder);
        Expression::new_object_expression(span, [mark, rest], &self.builder)
    }
}
