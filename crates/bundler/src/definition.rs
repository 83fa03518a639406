//! The definition that a file exports by default.

use oxc::ast::ast::{
    BindingPattern, CallExpression, Declaration, ExportDefaultDeclarationKind, Expression, ObjectExpression,
    Program, Statement, VariableDeclaration,
};

use crate::bundle::Kind;
use crate::callee::Creators;

/// How often a name is looked up before we stop believing that it ends somewhere.
const HOPS_MAX: usize = 8;

/// `createSync({…})` and its like, exported by default.
#[derive(Clone, Copy)]
pub struct Definition<'p, 'a> {
    /// The call.
    pub call: &'p CallExpression<'a>,
    /// Which of them it is.
    pub kind: Kind,
}

impl<'p, 'a> Definition<'p, 'a> {
    /// The definition that a file exports, if it is one.
    pub fn of(program: &'p Program<'a>, creators: &Creators) -> Option<Self> {
        let Expression::CallExpression(call) = resolve(program, default_export(program)?)? else {
            return None;
        };
        Some(Self { call, kind: creators.kind_of(call)? })
    }

    /// What it is given, if that is an object literal or a constant that holds one.
    pub fn options(&self, program: &'p Program<'a>) -> Option<&'p ObjectExpression<'a>> {
        let [options] = &self.call.arguments[..] else { return None };
        match resolve(program, options.as_expression()?)? {
            Expression::ObjectExpression(literal) => Some(literal),
            _ => None,
        }
    }
}

/// The expression in `export default …`, or behind the name in `export { name as default }`.
fn default_export<'p, 'a>(program: &'p Program<'a>) -> Option<&'p Expression<'a>> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDefaultDeclaration(export) => expression_of(&export.declaration),
        Statement::ExportNamedDeclaration(export) => {
            let specifier =
                export.specifiers.iter().find(|specifier| specifier.exported.name() == "default")?;
            constant(program, specifier.local.name().as_str())
        }
        _ => None,
    })
}

fn expression_of<'p, 'a>(declaration: &'p ExportDefaultDeclarationKind<'a>) -> Option<&'p Expression<'a>> {
    declaration.as_expression()
}

/// Follows names of constants, and takes off what TypeScript puts around an expression.
pub fn resolve<'p, 'a>(
    program: &'p Program<'a>,
    expression: &'p Expression<'a>,
) -> Option<&'p Expression<'a>> {
    let mut current = expression.get_inner_expression();
    for _ in 0..HOPS_MAX {
        let Expression::Identifier(name) = current else { return Some(current) };
        current = constant(program, name.name.as_str())?.get_inner_expression();
    }
    None
}

/// What a name of the file's outermost level is first given.
fn constant<'p, 'a>(program: &'p Program<'a>, name: &str) -> Option<&'p Expression<'a>> {
    program.body.iter().filter_map(variables).flat_map(|variables| &variables.declarations).find_map(
        |declarator| match &declarator.id {
            BindingPattern::BindingIdentifier(id) if id.name == name => declarator.init.as_ref(),
            _ => None,
        },
    )
}

fn variables<'p, 'a>(statement: &'p Statement<'a>) -> Option<&'p VariableDeclaration<'a>> {
    match statement {
        Statement::VariableDeclaration(variables) => Some(variables),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::VariableDeclaration(variables) => Some(variables),
            _ => None,
        },
        _ => None,
    }
}
