//! Runs `browser/`: the official frontend and the Connect UI in headless Chromium, against a started binary.

use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{command, setup, test};

/// The suite, after its browser and packages are there.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let chromium = setup::chromium::find_or_install()?;
    setup::install_packages(workspace, "browser")?;
    let mut node = Command::new("node");
    node.arg("run.mjs").arg("--bin").arg(workspace.binary());
    node.arg("--failures").arg(workspace.target.join("browser-failures")).args(arguments);
    command::run(node.env("CHROMIUM", chromium).current_dir(workspace.root.join("browser")))
}

/// The suite without the rest, for working on it.
pub fn run_alone(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    test::build(workspace)?;
    run(workspace, arguments)
}
