//! `bowline compile`: the functions of the project in the working directory, made ready to deploy.

use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, anyhow};
use bowline_bundler::{Project, ProjectError, Style};
use serde_json::{Value, json};
use tokio::task::{block_in_place, spawn_blocking};

use crate::args::CompileArgs;
use crate::error::{Exit, hinted};
use crate::functions::build::{self, Function, Problem, Types};
use crate::output;

/// Compiles, and writes the results when nothing is wrong.
pub async fn run(args: &CompileArgs) -> Result<()> {
    let root = std::env::current_dir().context("the working directory is not there")?;
    let project = open(&root)?;
    let checks = (!args.no_types).then(|| {
        let root = root.clone();
        spawn_blocking(move || build::check_types(&root))
    });
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let (functions, mut problems) = block_in_place(|| build::compile(&project, threads))?;
    if let Some(checks) = checks {
        match checks.await.context("the type check ended early")?? {
            Types::Checked(found) => problems.extend(found),
            Types::NotChecked => output::warn(
                "warning: types are not checked, because the project has no TypeScript; `npm install` brings it",
            ),
        }
    }
    if problems.is_empty() {
        build::write(&root, &functions)?;
    }
    report(&root, &functions, &problems, args.json)
}

/// The project in a folder.
fn open(root: &Path) -> Result<Project> {
    if Style::of(root) == Style::Yaml {
        return Err(hinted(
            anyhow!("the project is defined by nango.yaml, which cannot be compiled here"),
            "`npx nango migrate-to-zero-yaml` makes it a project of definitions",
        ));
    }
    Project::open(root).map_err(|error| match error {
        ProjectError::NoIndex { .. } => hinted(error, "run the command in the folder that holds index.ts"),
        error => Exit::NOT_COMPILED.with(error),
    })
}

fn report(root: &Path, functions: &[Function], problems: &[Problem], json: bool) -> Result<()> {
    if json {
        let functions: Vec<Value> = functions.iter().map(|function| function_json(root, function)).collect();
        output::json(&json!({ "functions": functions, "problems": problems }))?;
    } else {
        problems.iter().for_each(|problem| output::warn(&format!("{problem}\n")));
    }
    match problems.len() {
        0 if json => Ok(()),
        0 => output::line(&format!("Compiled {} into build/", counted(functions.len(), "function"))),
        count => {
            Err(Exit::NOT_COMPILED.with(anyhow!("{} found; nothing was written", counted(count, "problem"))))
        }
    }
}

fn function_json(root: &Path, function: &Function) -> Value {
    json!({
        "integration": function.entry.integration,
        "name": function.entry.name,
        "type": function.bundle.kind.map(bowline_bundler::Kind::as_str),
        "file": build::bundle_path(root, &function.entry).strip_prefix(root).unwrap_or(root),
    })
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
