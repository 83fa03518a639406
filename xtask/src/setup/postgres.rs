//! Finds PostgreSQL's programs, or installs them from the system's packages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

const MAJOR_MIN: u32 = 15;
const HOW_TO: &str = "install PostgreSQL 15 or newer so that `initdb` and `pg_ctl` are found in the PATH or in \
    /usr/lib/postgresql/*/bin (Debian, Ubuntu: `apt-get install postgresql`; Fedora: `dnf install \
    postgresql-server`; macOS: `brew install postgresql@17`). No server needs to run.";

/// The folder with `initdb` and `pg_ctl` of a recent enough release, installed if need be and possible.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(folder) = find() {
        return Ok(folder);
    }
    install()?;
    find().with_context(|| format!("the system's packages gave no recent PostgreSQL: {HOW_TO}"))
}

fn find() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    for base in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"] {
        let releases = std::fs::read_dir(base).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = releases.map(|release| release.path().join("bin")).collect();
        found.sort();
        folders.extend(found.into_iter().rev());
    }
    folders.into_iter().find(|folder| is_recent(folder))
}

fn is_recent(folder: &Path) -> bool {
    let initdb = folder.join("initdb");
    if !initdb.is_file() || !folder.join("pg_ctl").is_file() {
        return false;
    }
    // "initdb (PostgreSQL) 15.6 (Debian …)"
    let version = command::probe(&initdb.to_string_lossy(), &["--version"]).unwrap_or_default();
    let major = version
        .split_whitespace()
        .nth(2)
        .and_then(|number| number.split(['.', 'b', 'r']).next()?.parse().ok());
    major.is_some_and(|major: u32| major >= MAJOR_MIN)
}

fn install() -> Result<()> {
    let is_root = command::probe("id", &["-u"]).is_some_and(|id| id == "0");
    let by_sudo = !is_root && command::probe("sudo", &["-n", "true"]).is_some();
    if command::probe("apt-get", &["--version"]).is_none() || !(is_root || by_sudo) {
        bail!("PostgreSQL is missing and cannot be installed from here: {HOW_TO}");
    }
    println!("PostgreSQL is missing: installing it from the system's packages");
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new(if by_sudo { "sudo" } else { "env" });
        command.args(by_sudo.then_some("-n"));
        command
            .args(by_sudo.then_some("env"))
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        command::run(&mut command).context(HOW_TO)
    };
    apt_get(&["update"])?;
    apt_get(&["install", "--yes", "--no-install-recommends", "postgresql"])
}
