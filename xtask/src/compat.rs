//! Runs `compat/`: the official clients, unmodified, against a started binary.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::postgres::TestCluster;
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{command, generated, setup, test};

/// The page with the results.
const PAGE: &str = "docs/compat.md";

/// The suite on both databases, then the committed page against the results.
pub fn run(workspace: &Workspace, cluster: &TestCluster, steps: &mut Steps) {
    let sqlite = steps.run("compatibility on SQLite", || on_sqlite(workspace, &[]));
    let postgres = steps.run("compatibility on PostgreSQL", || on_postgres(workspace, cluster, &[]));
    if let (Some(sqlite), Some(postgres)) = (sqlite, postgres) {
        steps.run("compatibility page", || {
            generated::compare(workspace, PAGE, &page(workspace, &[sqlite, postgres])?)
        });
    }
}

/// The suite without the rest, for working on it.
pub fn run_alone(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    test::build(workspace)?;
    setup::install_packages(workspace, "compat")?;
    on_sqlite(workspace, arguments)?;
    on_postgres(workspace, &TestCluster::start()?, arguments)?;
    Ok(())
}

/// Runs the suite and writes the page with its results.
pub fn bless(workspace: &Workspace, cluster: &TestCluster) -> Result<()> {
    let results = [on_sqlite(workspace, &[])?, on_postgres(workspace, cluster, &[])?];
    generated::write(workspace, PAGE, &page(workspace, &results)?)
}

fn on_sqlite(workspace: &Workspace, arguments: &[String]) -> Result<PathBuf> {
    suite(workspace, "sqlite", &[], arguments)
}

fn on_postgres(workspace: &Workspace, cluster: &TestCluster, arguments: &[String]) -> Result<PathBuf> {
    let url = cluster.create_database("compat")?;
    suite(workspace, "postgres", &["--database-url", &url], arguments)
}

/// Runs the suite on one database and gives the file with its results.
fn suite(workspace: &Workspace, database: &str, more: &[&str], arguments: &[String]) -> Result<PathBuf> {
    let results = workspace.target.join(format!("compat-{database}.json"));
    let mut node = Command::new("node");
    node.arg("run.mjs").arg("--bin").arg(workspace.binary()).args(["--database", database]).args(more);
    node.arg("--json").arg(&results).args(arguments).current_dir(workspace.root.join("compat"));
    command::run(&mut node)?;
    Ok(results)
}

fn page(workspace: &Workspace, results: &[PathBuf]) -> Result<String> {
    let page = workspace.target.join("compat.md");
    let mut node = Command::new("node");
    node.arg("matrix.mjs").arg("--out").arg(&page).args(results).current_dir(workspace.root.join("compat"));
    command::run(&mut node)?;
    fs::read_to_string(&page).with_context(|| format!("{} cannot be read", page.display()))
}
