//! Files that are generated and committed: checked in tests, written by `cargo xtask bless`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::postgres::TestCluster;
use crate::workspace::Workspace;
use crate::{command, compat, lint, setup, test};

/// A file, and the arguments with which the binary prints it.
const FILES: [(&str, &[&str]); 3] = [
    ("docs/openapi.json", &["openapi"]),
    ("docs/reference/config.md", &["config", "reference"]),
    ("docs/reference/config.schema.json", &["config", "schema"]),
];

/// Fails when a committed file differs from what the binary prints.
pub fn check(workspace: &Workspace) -> Result<()> {
    for (path, arguments) in FILES {
        compare(workspace, path, &print(workspace, arguments)?)?;
    }
    Ok(())
}

/// Writes every generated file; the compatibility page takes a run of the whole compat suite.
pub fn bless(workspace: &Workspace) -> Result<()> {
    test::build(workspace)?;
    for (path, arguments) in FILES {
        write(workspace, path, &print(workspace, arguments)?)?;
    }
    lint::public_api::bless(workspace)?;
    setup::install_packages(workspace, "compat")?;
    test::bless_pages(workspace)?;
    let cluster = TestCluster::start()?;
    compat::bless(workspace, &cluster)
}

/// Fails when the committed file is not `expected`, and says where they part.
pub fn compare(workspace: &Workspace, path: &str, expected: &str) -> Result<()> {
    let committed = fs::read_to_string(workspace.root.join(path)).unwrap_or_default();
    if committed == expected {
        return Ok(());
    }
    let differing = committed.lines().zip(expected.lines()).position(|(left, right)| left != right);
    let line = 1 + differing.unwrap_or_else(|| committed.lines().count().min(expected.lines().count()));
    bail!("{path} is not up to date from line {line} on: run `cargo xtask bless` and look at the change");
}

/// Writes a generated file.
pub fn write(workspace: &Workspace, path: &str, text: &str) -> Result<()> {
    let file = workspace.root.join(path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text).with_context(|| format!("{path} cannot be written"))?;
    println!("wrote {path}");
    Ok(())
}

fn print(workspace: &Workspace, arguments: &[&str]) -> Result<String> {
    command::output(Command::new(workspace.binary()).args(arguments))
}
