//! Where PostgreSQL's programs are on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const WHAT_TO_INSTALL: &str = "these tests need PostgreSQL 15 or newer: install it (Debian and Ubuntu: `apt-get install \
    postgresql`, macOS: `brew install postgresql`), or name a server in BOWLINE_TEST_POSTGRES_URL and have psql";

/// The programs that make and run a server.
pub struct Programs {
    /// Makes a data directory.
    pub initdb: PathBuf,
    /// Starts and stops a server.
    pub pg_ctl: PathBuf,
}

impl Programs {
    /// The programs of the newest version found.
    pub fn find() -> Self {
        let folder = folder_with("initdb");
        Self { initdb: folder.join("initdb"), pg_ctl: folder.join("pg_ctl") }
    }
}

/// The program that runs SQL.
pub fn find_psql() -> PathBuf {
    folder_with("psql").join("psql")
}

fn folder_with(program: &str) -> PathBuf {
    candidates().into_iter().find(|folder| folder.join(program).is_file()).expect(WHAT_TO_INSTALL)
}

/// The newest `/usr/lib/postgresql/*/bin`, other usual places, the `PATH`.
fn candidates() -> Vec<PathBuf> {
    let mut folders = versioned("/usr/lib/postgresql", "bin");
    folders.extend(versioned("/opt/homebrew/opt", "bin"));
    folders.extend(versioned("/usr/local/opt", "bin"));
    folders.extend(versioned("/usr", "bin").into_iter().filter(|folder| is_pgsql(folder)));
    let path = env::var_os("PATH").unwrap_or_default();
    folders.extend(env::split_paths(&path).map(|folder| behind_links(&folder)));
    folders
}

/// Folders like `<parent>/postgresql@17/bin` or `<parent>/15/bin`, the highest number first.
fn versioned(parent: &str, leaf: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let digits: String = name.to_str()?.chars().filter(char::is_ascii_digit).collect();
            Some((digits.parse().ok()?, entry.path().join(leaf)))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn is_pgsql(folder: &Path) -> bool {
    folder.to_string_lossy().contains("/pgsql-")
}

/// The folder that `initdb` really is in, if it is a link here: the others are beside it.
fn behind_links(folder: &Path) -> PathBuf {
    let program = fs::canonicalize(folder.join("initdb")).ok();
    program
        .and_then(|program| program.parent().map(Path::to_path_buf))
        .unwrap_or_else(|| folder.to_path_buf())
}
