//! The functions of the package `nango` that a file defines its function with, under the names they have there.

use oxc::ast::ast::{
    CallExpression, Expression, ImportDeclarationSpecifier, ModuleExportName, Program, Statement,
};

use crate::bundle::Kind;

/// The package that they come from.
const PACKAGE: &str = "nango";

/// Local names of `createSync`, `createAction` and `createOnEvent`.
#[derive(Debug, Default)]
pub struct Creators(Vec<(String, Kind)>);

impl Creators {
    /// What a file imports of them.
    pub fn of(program: &Program<'_>) -> Self {
        let mut names = Vec::new();
        for statement in &program.body {
            let Statement::ImportDeclaration(import) = statement else { continue };
            if import.source.value != PACKAGE {
                continue;
            }
            for specifier in import.specifiers.iter().flatten() {
                let ImportDeclarationSpecifier::ImportSpecifier(specifier) = specifier else { continue };
                if let Some(kind) = kind_of(&specifier.imported) {
                    names.push((specifier.local.name.to_string(), kind));
                }
            }
        }
        Self(names)
    }

    /// What a call defines, if it is one of theirs.
    pub fn kind_of(&self, call: &CallExpression<'_>) -> Option<Kind> {
        let Expression::Identifier(callee) = call.callee.get_inner_expression() else { return None };
        self.0.iter().find(|(name, _)| callee.name == name.as_str()).map(|(_, kind)| *kind)
    }
}

fn kind_of(imported: &ModuleExportName<'_>) -> Option<Kind> {
    match imported.name().as_str() {
        "createSync" => Some(Kind::Sync),
        "createAction" => Some(Kind::Action),
        "createOnEvent" => Some(Kind::OnEvent),
        _ => None,
    }
}
