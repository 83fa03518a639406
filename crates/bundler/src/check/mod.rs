//! Rules that a function must keep, which would otherwise only show when it runs.

mod awaited;
mod calls;
mod exports;
mod imports;
mod order;
mod retry_on;

use std::path::{Path, PathBuf};

use oxc::ast::ast::Program;
use oxc::span::Span;

use crate::callee::Creators;
use crate::problem::Problem;
use crate::project::Style;

/// A file that is being checked.
pub struct File<'p, 'a> {
    /// Its name in problems.
    pub name: PathBuf,
    /// What was parsed.
    pub program: &'p Program<'a>,
    /// The text it was parsed from.
    pub text: &'p str,
}

impl File<'_, '_> {
    /// A problem at a place of this file.
    fn problem(&self, span: Span, message: impl Into<String>) -> Problem {
        Problem::at(&self.name, self.text, span.start as usize..span.end as usize, message)
    }

    /// The text at a place of this file.
    fn text_at(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// Checks a file that a function imports.
pub fn local(file: &File<'_, '_>) -> Vec<Problem> {
    imports::check(file)
}

/// Checks the file of a function itself.
pub fn entry(file: &File<'_, '_>, style: Style) -> Vec<Problem> {
    let creators = Creators::of(file.program);
    let mut problems = imports::check(file);
    problems.extend(exports::check(file, &creators, style));
    problems.extend(awaited::check(file));
    problems.extend(retry_on::check(file));
    problems.extend(order::check(file, &creators));
    problems
}

/// A path is written with `.` or `..` in front.
fn is_path(specifier: &str) -> bool {
    Path::new(specifier).components().next().is_some_and(|first| {
        use std::path::Component::{CurDir, ParentDir};
        matches!(first, CurDir | ParentDir)
    })
}
