//! Node.js and the pinned releases of the official client.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::workspace::Workspace;

const NODE_MAJOR_MIN: u32 = 20;
/// A copy of the lock file that the installed packages were installed from.
const STAMP: &str = "node_modules/.installed-from";

/// Installs the packages of `compat/`, unless they are installed as the lock file says.
pub fn install_clients(workspace: &Workspace) -> Result<()> {
    check_node()?;
    let folder = workspace.root.join("compat");
    let lock =
        fs::read(folder.join("package-lock.json")).context("compat/package-lock.json cannot be read")?;
    let stamp = folder.join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
    command::run(&mut npm).context("the pinned clients in compat/ could not be installed")?;
    fs::write(stamp, lock).context("the stamp in compat/node_modules cannot be written")
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
