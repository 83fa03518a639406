//! Installs what the system's packages have, where that is possible without asking.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Installs a Debian package; `how_to` says how to do it by hand.
pub fn install(what: &str, package: &str, how_to: &'static str) -> Result<()> {
    let is_root = command::probe("id", &["-u"]).is_some_and(|id| id == "0");
    let by_sudo = !is_root && command::probe("sudo", &["-n", "true"]).is_some();
    if command::probe("apt-get", &["--version"]).is_none() || !(is_root || by_sudo) {
        bail!("{what} is missing and cannot be installed from here: {how_to}");
    }
    println!("{what} is missing: installing it from the system's packages");
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new(if by_sudo { "sudo" } else { "env" });
        command.args(by_sudo.then_some("-n"));
        command
            .args(by_sudo.then_some("env"))
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        command::run(&mut command).context(how_to)
    };
    apt_get(&["update"])?;
    apt_get(&["install", "--yes", "--no-install-recommends", package])
}
