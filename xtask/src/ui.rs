//! Builds `ui/` into `ui/dist`, which is committed, so that building Bowline needs no Node.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{command, setup};

/// Builds the pages, once or on every change.
pub fn build(workspace: &Workspace, watch: bool) -> Result<()> {
    setup::install_packages(workspace, "ui")?;
    let mut node = Command::new("node");
    node.arg("build.mjs").args(watch.then_some("--watch"));
    command::run(node.current_dir(workspace.root.join("ui")))
}

/// Types, tests, and the committed build against a new one.
pub fn check(workspace: &Workspace) -> Result<()> {
    setup::install_packages(workspace, "ui")?;
    let folder = workspace.root.join("ui");
    for script in ["check", "test"] {
        command::run(Command::new("npm").args(["run", "--silent", script]).current_dir(&folder))?;
    }
    let dist = folder.join("dist");
    let committed = files_of(&dist)?;
    build(workspace, false)?;
    if files_of(&dist)? != committed {
        bail!("ui/dist was not what ui/src builds to: it is now; look at the diff and commit it");
    }
    Ok(())
}

/// Name and content of every file below a folder.
fn files_of(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    collect(folder, &mut files).with_context(|| format!("{} cannot be read", folder.display()))?;
    Ok(files)
}

fn collect(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.insert(path.display().to_string(), fs::read(&path)?);
        }
    }
    Ok(())
}
