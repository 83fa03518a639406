//! The commands that work on functions, on small projects in `tests/data/functions`.

mod compile;
mod deploy;
mod dev;
mod dryrun;
mod fake;
mod init;
mod test;

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Place;

/// A copy of one of the projects.
fn project(name: &str) -> Place {
    let place = Place::new();
    copy(
        &PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/functions").join(name),
        &place.path("."),
    );
    place
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for child in fs::read_dir(from).unwrap() {
        let child = child.unwrap();
        let target = to.join(child.file_name());
        if child.file_type().unwrap().is_dir() {
            copy(&child.path(), &target);
        } else {
            fs::copy(child.path(), target).unwrap();
        }
    }
}
