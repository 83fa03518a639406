//! A function may import what the runtime has, and files of its own project. Types are free: nothing is left of them.

use oxc::ast::ast::{
    Argument, CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression, ImportDeclaration,
    ImportDeclarationSpecifier, ImportExpression, StringLiteral, TSImportEqualsDeclaration,
    TSModuleReference,
};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::{GetSpan, Span};

use super::{File, is_path};
use crate::problem::Problem;

/// The packages that the runtime has.
const PACKAGES: [&str; 10] = [
    "nango",
    "nango/experimental",
    "zod",
    "url",
    "node:url",
    "crypto",
    "node:crypto",
    "unzipper",
    "soap",
    "botbuilder",
];

/// Everything that a file imports and may not.
pub fn check(file: &File<'_, '_>) -> Vec<Problem> {
    let mut search = Search { refused: Vec::new(), file };
    search.visit_program(file.program);
    search.refused
}

struct Search<'c, 'p, 'a> {
    refused: Vec<Problem>,
    file: &'c File<'p, 'a>,
}

impl Search<'_, '_, '_> {
    fn look_at(&mut self, specifier: &str, span: Span) {
        if is_path(specifier) || PACKAGES.contains(&specifier) {
            return;
        }
        let message = format!("`{specifier}` cannot be imported: it is not there when the function runs");
        let hint = format!(
            "import files of the project by a path (`./…`), or one of {}; import types with `import type`",
            PACKAGES.join(", ")
        );
        self.refused.push(self.file.problem(span, message).with_hint(hint));
    }

    fn look_at_literal(&mut self, literal: &StringLiteral<'_>) {
        self.look_at(literal.value.as_str(), literal.span);
    }

    fn look_at_expression(&mut self, source: &Expression<'_>) {
        match source.get_inner_expression() {
            Expression::StringLiteral(literal) => self.look_at_literal(literal),
            other => {
                let message = "what is imported must be written out as a text";
                let hint = "write the package or the path between quotes";
                self.refused.push(self.file.problem(other.span(), message).with_hint(hint));
            }
        }
    }
}

impl<'a> VisitJs<'a> for Search<'_, '_, '_> {
    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        let source = import.source.value.as_str();
        let is_refused = !is_path(source) && !PACKAGES.contains(&source);
        if is_refused && !is_erased(self.file, import) {
            self.look_at_literal(&import.source);
        }
    }

    fn visit_export_from_declaration(&mut self, export: &ExportFromDeclaration<'a>) {
        let all_types = export.specifiers.iter().all(|specifier| specifier.export_kind.is_type());
        if export.export_kind.is_value() && (!all_types || export.specifiers.is_empty()) {
            self.look_at_literal(&export.source);
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        if export.export_kind.is_value() {
            self.look_at_literal(&export.source);
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, import: &TSImportEqualsDeclaration<'a>) {
        if let TSModuleReference::ExternalModuleReference(module) = &import.module_reference
            && import.import_kind.is_value()
        {
            self.look_at_literal(&module.expression);
        }
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.look_at_expression(&import.source);
        walk_js::walk_import_expression(self, import);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Expression::Identifier(callee) = &call.callee
            && callee.name == "require"
            && let [argument] = &call.arguments[..]
            && let Some(source) = Argument::as_expression(argument)
        {
            self.look_at_expression(source);
        }
        walk_js::walk_call_expression(self, call);
    }
}

/// Whether nothing is left of an import, because it names types alone or is used as types alone.
fn is_erased(file: &File<'_, '_>, import: &ImportDeclaration<'_>) -> bool {
    if import.import_kind.is_type() {
        return true;
    }
    let Some(specifiers) = &import.specifiers else { return false };
    let semantic = SemanticBuilder::new().build(file.program).semantic;
    specifiers.iter().all(|specifier| {
        let is_type = matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(named) if named.import_kind.is_type());
        is_type || !is_used_as_value(semantic.scoping(), specifier)
    })
}

fn is_used_as_value(scoping: &Scoping, specifier: &ImportDeclarationSpecifier<'_>) -> bool {
    let symbol = specifier.local().symbol_id.get();
    symbol.is_none_or(|symbol| scoping.get_resolved_references(symbol).any(|reference| reference.is_value()))
}
