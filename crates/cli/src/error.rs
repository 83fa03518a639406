//! Errors as people see them: what failed, why, and what to do next.

use std::error::Error;
use std::fmt;

use crate::output;

/// An error with advice. It shows as the error it wraps; [`report`] finds the advice.
struct Hinted {
    hint: String,
    error: anyhow::Error,
}

impl fmt::Debug for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl Error for Hinted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let inner: &(dyn Error + Send + Sync) = self.error.as_ref();
        Some(inner)
    }
}

/// Gives advice with a failure.
pub trait WithHint<T> {
    /// Adds what to do next.
    fn hint(self, hint: impl Into<String>) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> WithHint<T> for Result<T, E> {
    fn hint(self, hint: impl Into<String>) -> anyhow::Result<T> {
        self.map_err(|error| hinted(error, hint))
    }
}

/// An error with advice.
pub fn hinted(error: impl Into<anyhow::Error>, hint: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Hinted { hint: hint.into(), error: error.into() })
}

/// An exit code of its own for one kind of failure. It shows as the error it wraps.
#[derive(Debug)]
pub struct Exit {
    code: u8,
    error: anyhow::Error,
}

/// The exit codes that are not 1. Those below 13 are the official command's.
#[derive(Debug, Clone, Copy)]
pub struct ExitCode(u8);

impl Exit {
    /// Functions do not compile.
    pub const NOT_COMPILED: ExitCode = ExitCode(10);
    /// Functions cannot be deployed.
    pub const NOT_DEPLOYED: ExitCode = ExitCode(11);
    /// A dry run failed.
    pub const DRY_RUN_FAILED: ExitCode = ExitCode(12);
    /// Fixtures do not pass.
    pub const TESTS_FAILED: ExitCode = ExitCode(13);
}

impl ExitCode {
    /// An error that ends the process with this code.
    pub fn with(self, error: impl Into<anyhow::Error>) -> anyhow::Error {
        anyhow::Error::new(Exit { code: self.0, error: error.into() })
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl Error for Exit {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let inner: &(dyn Error + Send + Sync) = self.error.as_ref();
        Some(inner)
    }
}

/// The code that an error ends the process with.
pub fn exit_code(error: &anyhow::Error) -> std::process::ExitCode {
    let own = error.chain().find_map(|cause| cause.downcast_ref::<Exit>());
    own.map_or(std::process::ExitCode::FAILURE, |exit| exit.code.into())
}

/// Prints an error with its causes and the outermost advice.
pub fn report(error: &anyhow::Error) {
    output::warn(&format!("error: {}", with_causes(error)));
    let hint = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>());
    if let Some(Hinted { hint, .. }) = hint {
        output::warn(&format!("hint: {hint}"));
    }
}

/// The error and its causes in one line; a cause that its parent already tells is left out.
fn with_causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if text.ends_with(&cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause);
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn a_hint_is_found_under_more_context_and_shows_in_no_message() {
        let inner: anyhow::Result<()> = Err(anyhow!("no such file")).hint("make it");
        let error = inner.context("reading the key").unwrap_err();
        assert_eq!(with_causes(&error), "reading the key: no such file");
        let hint = error.chain().find_map(|cause| cause.downcast_ref::<Hinted>()).unwrap();
        assert_eq!(hint.hint, "make it");
    }

    #[test]
    fn a_hint_and_an_exit_code_are_found_whichever_wraps_the_other() {
        let hinted_inside = Exit::NOT_DEPLOYED.with(hinted(anyhow!("no key"), "make one"));
        let hinted_outside = hinted(Exit::NOT_DEPLOYED.with(anyhow!("no key")), "make one");
        for error in [hinted_inside, hinted_outside] {
            assert_eq!(with_causes(&error), "no key");
            assert!(error.chain().any(|cause| cause.is::<Hinted>()));
            assert!(error.chain().any(|cause| cause.is::<Exit>()));
        }
    }
}
