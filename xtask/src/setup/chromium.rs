//! Finds Chromium, or installs it from the system's packages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::apt;

const PLACES: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const HOW_TO: &str = "install Chromium (Debian: `apt-get install chromium`; Fedora: `dnf install chromium`), or name \
    its program in the variable CHROMIUM";

/// The browser's program, installed if need be and possible.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(program) = find() {
        return Ok(program);
    }
    apt::install("Chromium", "chromium", HOW_TO)?;
    find().with_context(|| format!("the system's packages gave no Chromium: {HOW_TO}"))
}

fn find() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.into_iter().chain(PLACES.iter().map(PathBuf::from)).find(|path| Path::is_file(path))
}
