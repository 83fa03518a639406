//! What keeps a project from being compiled, and where.

use std::fmt;
use std::path::Path;

use bowline_bundler::Problems;
use bowline_runtime::{Failure, SyntaxError};
use serde::Serialize;

/// One thing that keeps a project from being compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, relative to the project.
    pub file: String,
    /// The line, from 1; 0 where no place is known.
    pub line: u32,
    /// The column, from 1; 0 where no place is known.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The line itself with a mark below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<String>,
}

impl Problem {
    /// A problem of a file as a whole.
    pub fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self::at(file.to_string_lossy(), 0, 0, message)
    }

    /// A problem at a place.
    pub fn at(file: impl Into<String>, line: u32, column: u32, message: impl Into<String>) -> Self {
        Self { file: file.into(), line, column, message: message.into(), hint: None, frame: None }
    }

    /// With what to do about it.
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// What the bundler found.
    pub(super) fn of_bundler(problems: Problems) -> Vec<Self> {
        let of_one = |problem: bowline_bundler::Problem| Self {
            file: problem.file.to_string_lossy().into_owned(),
            line: problem.line,
            column: problem.column,
            message: problem.message,
            hint: problem.hint,
            frame: problem.frame,
        };
        problems.0.into_iter().map(of_one).collect()
    }

    /// Code that the engine does not read.
    pub(super) fn of_syntax(error: SyntaxError) -> Self {
        Self::at(error.file, error.line, error.column, error.message)
    }

    /// A file that fails when it is evaluated.
    pub(super) fn of_failure(file: &Path, failure: &Failure) -> Self {
        let message = failure.message().map_or_else(|| failure.payload.to_string(), str::to_owned);
        Self::of_file(file, format!("the file fails when it is loaded: {message}"))
            .with_hint("code outside of exec runs whenever the file is loaded, with no connection at hand")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if self.line > 0 {
            write!(formatter, ":{}:{}", self.line, self.column)?;
        }
        write!(formatter, ": {}", self.message)?;
        if let Some(frame) = &self.frame {
            write!(formatter, "\n{frame}")?;
        }
        if let Some(hint) = &self.hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}
