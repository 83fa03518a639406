//! Compiles the functions of a project: bundles, definitions, and the checks that need both.

pub mod artifact;
mod check;
mod definition;
mod problem;
mod types;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bowline_bundler::{Bundle, Bundler, Entry, Project, ProjectError, Style};
use bowline_runtime::{Host, HostCall, Job, Limits, Mode, Pending, Program, Reply};
use serde_json::json;
use tokio::runtime::Handle;
use tokio::task::{block_in_place, spawn_blocking};

pub use definition::Definition;
pub use problem::Problem;
use types::{Types, check_types};

use super::workers;
use crate::error::{Exit, hinted};
use crate::output;

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

/// The functions of a project, compiled, with what is wrong with them and their types. Must be called inside a Tokio
/// runtime of several threads.
///
/// # Errors
/// When no thread can be started, or the project's own compiler cannot be run.
pub async fn compile_checked(project: &Project, types: TypeCheck) -> Result<(Vec<Function>, Vec<Problem>)> {
    let root = project.root.clone();
    let checks = (types == TypeCheck::Run).then(|| spawn_blocking(move || check_types(&root)));
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let (functions, mut problems) = block_in_place(|| compile(project, threads))?;
    if let Some(checks) = checks {
        match checks.await.context("the type check ended early")?? {
            Types::Checked(found) => problems.extend(found),
            Types::NotChecked => output::warn(
                "warning: types are not checked, because the project has no TypeScript; `npm install` brings it",
            ),
        }
    }
    Ok((functions, problems))
}

/// Whether types are checked with the project's own compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeCheck {
    /// They are, where the project has one.
    Run,
    /// They are not.
    Skip,
}

/// The project in a folder.
///
/// # Errors
/// When there is none, or it is not one that can be compiled here.
pub fn open(root: &Path) -> Result<Project> {
    if Style::of(root) == Style::Yaml {
        return Err(hinted(
            anyhow!("the project is defined by nango.yaml, which cannot be compiled here"),
            "`npx nango migrate-to-zero-yaml` makes it a project of definitions",
        ));
    }
    Project::open(root).map_err(|error| match error {
        ProjectError::NoIndex { .. } => hinted(
            error,
            "run the command in the folder that holds index.ts, or make a project with `bowline init`",
        ),
        error => Exit::NOT_COMPILED.with(error),
    })
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
