//! A function is what its file exports by default, and the file exports no other value.

use std::collections::HashSet;

use oxc::ast::ast::{
    Declaration, ExportDeclaration, ExportFromDeclaration, ExportNamedDeclaration, Program, Statement,
};
use oxc::span::{GetSpan, SPAN, Span};

use super::File;
use crate::callee::Creators;
use crate::definition::Definition;
use crate::problem::Problem;
use crate::project::Style;

/// What to write instead of anything else.
const DEFAULT_HINT: &str =
    "end the file with `export default createSync({ … })`, `createAction({ … })` or `createOnEvent({ … })`";

/// Everything wrong with what a file exports.
pub fn check(file: &File<'_, '_>, creators: &Creators, style: Style) -> Vec<Problem> {
    match style {
        Style::Yaml => default_function(file).into_iter().collect(),
        Style::Definitions => {
            let mut problems: Vec<Problem> = definition(file, creators).into_iter().collect();
            problems.extend(other_values(file));
            problems
        }
    }
}

/// The default export must be a definition that can be read without running it.
fn definition(file: &File<'_, '_>, creators: &Creators) -> Option<Problem> {
    let Some(span) = default_span(file.program) else {
        return Some(file.problem(SPAN, "the file has no default export").with_hint(DEFAULT_HINT));
    };
    let Some(definition) = Definition::of(file.program, creators) else {
        let message = "the default export is no call of createSync, createAction or createOnEvent of `nango`";
        return Some(file.problem(span, message).with_hint(DEFAULT_HINT));
    };
    if definition.options(file.program).is_some() {
        return None;
    }
    let message = "a function is defined by an object that is written out";
    let hint = "give the call an object literal, or a constant that holds one";
    Some(file.problem(definition.call.span, message).with_hint(hint))
}

/// In a project with `nango.yaml`, the default export is the function itself.
fn default_function(file: &File<'_, '_>) -> Option<Problem> {
    if default_span(file.program).is_some() {
        return None;
    }
    let hint = "write `export default async function …`";
    Some(file.problem(SPAN, "the file has no default export").with_hint(hint))
}

fn default_span(program: &Program<'_>) -> Option<Span> {
    program.body.iter().find_map(|statement| match statement {
        Statement::ExportDefaultDeclaration(export) => Some(export.span),
        Statement::ExportNamedDeclaration(export) => export
            .specifiers
            .iter()
            .find(|specifier| specifier.exported.name() == "default")
            .map(GetSpan::span),
        _ => None,
    })
}

/// Every value that is exported beside the function.
fn other_values(file: &File<'_, '_>) -> Vec<Problem> {
    let mut spans = Vec::new();
    for statement in &file.program.body {
        match statement {
            Statement::ExportDeclaration(export) if is_value(export) => spans.push(export.span),
            Statement::ExportNamedDeclaration(export) => spans.extend(values_of(file.program, export)),
            Statement::ExportFromDeclaration(export) if passes_values(export) => spans.push(export.span),
            Statement::ExportAllDeclaration(export) if export.export_kind.is_value() => {
                spans.push(export.span);
            }
            Statement::TSExportAssignment(export) => spans.push(export.span),
            _ => {}
        }
    }
    let problem = |span| {
        file.problem(span, "a function's file exports no other value than the function")
            .with_hint("take the `export` away, or move what others need into a file of its own")
    };
    spans.into_iter().map(problem).collect()
}

fn is_value(export: &ExportDeclaration<'_>) -> bool {
    let declaration = &export.declaration;
    !declaration.is_type() && !declaration.declare()
}

fn passes_values(export: &ExportFromDeclaration<'_>) -> bool {
    export.export_kind.is_value()
        && export.specifiers.iter().any(|specifier| specifier.export_kind.is_value())
}

/// The values in `export { … }`, the function itself and names of types left out.
fn values_of(program: &Program<'_>, export: &ExportNamedDeclaration<'_>) -> Vec<Span> {
    if export.export_kind.is_type() {
        return Vec::new();
    }
    let types = names_of_types(program);
    let values = export.specifiers.iter().filter(|specifier| {
        specifier.export_kind.is_value()
            && specifier.exported.name() != "default"
            && !types.contains(specifier.local.name().as_str())
    });
    values.map(GetSpan::span).collect()
}

fn names_of_types<'p>(program: &'p Program<'_>) -> HashSet<&'p str> {
    let names = program.body.iter().filter_map(|statement| match statement {
        Statement::TSTypeAliasDeclaration(alias) => Some(alias.id.name.as_str()),
        Statement::TSInterfaceDeclaration(interface) => Some(interface.id.name.as_str()),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::TSTypeAliasDeclaration(alias) => Some(alias.id.name.as_str()),
            Declaration::TSInterfaceDeclaration(interface) => Some(interface.id.name.as_str()),
            _ => None,
        },
        _ => None,
    });
    names.collect()
}
