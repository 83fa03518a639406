//! Definitions from files, on top of the built-in ones.

use std::path::PathBuf;

use bowline_domain::provider::defaults;
use serde_json::{Map, Value};

use crate::{
    catalog::Catalog,
    source::{FileProblem, Sources},
};

/// Provider files that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Everything that is wrong with them.
    #[error("provider files are not valid:\n{}", listed(.0))]
    Invalid(Vec<FileProblem>),
}

fn listed(problems: &[FileProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    lines.join("\n")
}

/// Checks files and folders as [`Catalog::overlay`] would, and says everything that is wrong.
pub fn lint(paths: &[PathBuf]) -> Vec<FileProblem> {
    match read(&Catalog::builtin(), paths, true) {
        Ok(_) => Vec::new(),
        Err(CatalogError::Invalid(problems)) => problems,
    }
}

/// Reads and checks `paths` over `base`.
pub(crate) fn read(
    base: &Catalog,
    paths: &[PathBuf],
    is_strict: bool,
) -> Result<Vec<(String, Value)>, CatalogError> {
    let mut sources = Sources::default();
    paths.iter().for_each(|path| sources.add_path(path));
    sources.finish(&|name| base_definition(base, name), is_strict).map_err(CatalogError::Invalid)
}

fn base_definition(base: &Catalog, name: &str) -> Option<Map<String, Value>> {
    let mut wire = serde_json::from_str(base.wire(name)?).ok()?;
    defaults::strip_defaults(name, &mut wire);
    Some(wire)
}
