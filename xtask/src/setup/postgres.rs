//! Finds PostgreSQL's programs, or installs them from the system's packages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::apt;
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
    apt::install("PostgreSQL", "postgresql", HOW_TO)?;
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
