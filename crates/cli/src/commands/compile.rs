//! `bowline compile`: the functions of the project in the working directory, made ready to deploy.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use crate::args::CompileArgs;
use crate::error::Exit;
use crate::functions::build::{self, Function, Problem, TypeCheck};
use crate::output;

/// Compiles, and writes the results when nothing is wrong.
pub async fn run(args: &CompileArgs) -> Result<()> {
    let root = std::env::current_dir().context("the working directory is not there")?;
    let project = build::open(&root)?;
    let types = if args.no_types { TypeCheck::Skip } else { TypeCheck::Run };
    let (functions, problems) = build::compile_checked(&project, types).await?;
    if problems.is_empty() {
        build::write(&root, &functions)?;
    }
    report(&root, &functions, &problems, args.json)
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

/// A number with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
