//! Node.js and the pinned packages of the suites that run in it.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

const NODE_MAJOR_MIN: u32 = 20;
/// A copy of the lock file that the installed packages were installed from.
const STAMP: &str = "node_modules/.installed-from";

/// Installs the packages of a folder, unless they are installed as its lock file says.
pub fn install_packages(workspace: &Workspace, name: &str) -> Result<()> {
    check_node()?;
    let folder = workspace.root.join(name);
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{name}/package-lock.json cannot be read"))?;
    let stamp = folder.join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    command::run(&mut npm)
        .with_context(|| format!("the pinned packages of {name}/ could not be installed"))?;
    fs::write(stamp, lock).with_context(|| format!("the stamp in {name}/node_modules cannot be written"))
}

fn check_node() -> Result<()> {
    let version = command::probe("node", &["--version"]);
    let Some(version) = version.filter(|_| command::probe("npm", &["--version"]).is_some()) else {
        bail!(
            "node or npm is missing: install Node.js {NODE_MAJOR_MIN} or newer with npm (https://nodejs.org)"
        );
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR_MIN) {
        bail!("node is {version}: install Node.js {NODE_MAJOR_MIN} or newer (https://nodejs.org)");
    }
    Ok(())
}
