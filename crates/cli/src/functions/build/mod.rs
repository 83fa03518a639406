//! Compiles the functions of a project: bundles, definitions, and the checks that need both.

mod artifact;
mod check;
mod definition;
mod problem;
mod types;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bowline_bundler::{Bundle, Bundler, Entry, Project};
use bowline_runtime::{Host, HostCall, Job, Limits, Mode, Pending, Program, Reply};
use serde_json::json;
use tokio::runtime::Handle;

pub use definition::Definition;
pub use problem::Problem;
pub use types::{Types, check_types};

use super::workers;

/// The folder of the bundles.
const BUILD: &str = "build";
/// The file that describes all functions.
const ARTIFACT: &str = ".nango/nango.json";
/// How long a function's file may take to say what it defines.
const DESCRIBE_MAX: Duration = Duration::from_secs(10);

/// A compiled function.
pub struct Function {
    /// Where it comes from.
    pub entry: Entry,
    /// Its code.
    pub bundle: Bundle,
    /// What it says about itself.
    pub definition: Definition,
}

/// Compiles every function that a project's index lists, in its order; and everything that is wrong. Must be called
/// inside a Tokio runtime, on a thread that may block.
///
/// # Errors
/// When no thread can be started.
pub fn compile(project: &Project, threads: NonZeroUsize) -> Result<(Vec<Function>, Vec<Problem>)> {
    let bundler = Bundler::new(&project.root);
    let async_runtime = Handle::current();
    let work = |entry: &Entry| -> Result<Function, Vec<Problem>> {
        let bundle = async_runtime.block_on(bundler.bundle(&entry.path)).map_err(Problem::of_bundler)?;
        let definition = describe(&project.root, entry, &bundle).map_err(|problem| vec![problem])?;
        Ok(Function { entry: entry.clone(), bundle, definition })
    };
    let mut done = Vec::new();
    workers::each(&project.entries, threads, work, |index, result| done.push((index, result)))?;
    done.sort_by_key(|(index, _)| *index);
    let mut functions = Vec::new();
    let mut problems = Vec::new();
    for (_, result) in done {
        match result {
            Ok(function) => functions.push(function),
            Err(more) => problems.extend(more),
        }
    }
    problems.extend(check::check(&project.root, &functions));
    Ok((functions, problems))
}

/// Writes the bundles and the description of all functions.
///
/// # Errors
/// When a file cannot be written.
pub fn write(root: &Path, functions: &[Function]) -> Result<()> {
    for function in functions {
        save(&bundle_path(root, &function.entry), &function.bundle.js)?;
    }
    save(&root.join(ARTIFACT), &format!("{:#}\n", artifact::describe(functions)))
}

/// `build/github_actions_create-issue.cjs`
pub fn bundle_path(root: &Path, entry: &Entry) -> PathBuf {
    let inside = entry.path.strip_prefix(root).unwrap_or(&entry.path).with_extension("");
    root.join(BUILD).join(format!("{}.cjs", inside.to_string_lossy().replace(['/', '\\'], "_")))
}

fn save(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// What a function says about itself, read by evaluating its file where nothing can be reached.
fn describe(root: &Path, entry: &Entry, bundle: &Bundle) -> Result<Definition, Problem> {
    let file = entry.path.strip_prefix(root).unwrap_or(&entry.path);
    let program = Program::compile(&file.to_string_lossy(), &bundle.js).map_err(Problem::of_syntax)?;
    let limits = Limits { wall: DESCRIBE_MAX, slice: DESCRIBE_MAX, ..Limits::default() };
    let (run, _) = Pending::new(limits, Arc::new(Nobody));
    let context =
        json!({ "name": entry.name, "file": program.file(), "kind": "action", "context": {} }).to_string();
    let outcome = run.drive(|| Ok(Job { program, mode: Mode::Describe, context, input: None }));
    let json = outcome.result.map_err(|failure| Problem::of_failure(file, &failure))?;
    serde_json::from_str(&json).map_err(|error| {
        Problem::of_file(file, format!("the definition has a field of the wrong kind: {error}"))
    })
}

/// The host of a file that is only evaluated: it answers nothing.
struct Nobody;

impl Host for Nobody {
    fn call(&self, _: HostCall, _: Reply) {}

    fn log(&self, _: &str) {}
}
