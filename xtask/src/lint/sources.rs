//! What must not stand in any file of the tree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::workspace::Workspace;

/// Folders that are not ours to check: built, installed, or data.
const SKIPPED: [&str; 5] = [".git", "target", "node_modules", "bowline-data", "snapshots"];
/// Homes of users, which only a path copied from someone's machine names. In two parts, for this file is
/// checked as well.
const HOMES: [(&str, &str); 3] = [("/ho", "me/"), ("/ro", "ot/"), ("/Us", "ers/")];

/// Every forbidden text, with its place.
pub fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let machine = machine_paths(workspace);
    let mut problems = Vec::new();
    for file in files_under(&workspace.root) {
        if file.starts_with(&workspace.target) {
            continue;
        }
        // What is not UTF-8 is no text.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let name = file.strip_prefix(&workspace.root).unwrap_or(&file).display().to_string();
        for (index, line) in text.lines().enumerate() {
            let complaint = complaint(&file, line, &machine);
            problems.extend(complaint.map(|complaint| format!("{name}:{}: {complaint}", index + 1)));
        }
    }
    Ok(problems)
}

fn complaint(file: &Path, line: &str, machine: &[String]) -> Option<&'static str> {
    let is_rust = file.extension().is_some_and(|extension| extension == "rs");
    let code = line.trim_start();
    if is_rust && (code.starts_with("#[allow(") || code.starts_with("#![allow(")) {
        return Some("write #[expect(…, reason = …)] instead of allow");
    }
    if is_rust && (code.starts_with("#[ignore]") || code.starts_with("#[ignore ")) {
        return Some("no test is ignored");
    }
    if file.ends_with("package-lock.json") && code.starts_with("\"resolved\"") {
        return Some("the lock file names a registry: set omit-lockfile-registry-resolved");
    }
    machine.iter().any(|path| names_path(line, path)).then_some("a path of someone's machine")
}

/// Whether a path stands there from its beginning, and not as the tail of a URL or another path.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        before.is_none_or(|character| !character.is_alphanumeric() && !"_-.}/*".contains(character))
    })
}

fn machine_paths(workspace: &Workspace) -> Vec<String> {
    let own =
        [workspace.root.to_string_lossy().into_owned(), workspace.target.to_string_lossy().into_owned()];
    // A short path, such as the root of a container, would be found everywhere.
    let own = own.into_iter().filter(|path| path.len() > 5);
    own.chain(HOMES.map(|(start, end)| format!("{start}{end}"))).collect()
}

/// All files under a place, or the place itself if it is a file.
pub fn files_under(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let mut files = Vec::new();
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    for entry in entries {
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            continue;
        }
        if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
            files.extend(files_under(&entry.path()));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{complaint, names_path};

    #[test]
    fn a_url_with_the_same_letters_is_no_path_of_a_machine() {
        let home = ["/ho", "me/"].concat();
        assert!(names_path(&format!("see {home}someone/x"), &home));
        assert!(!names_path(&format!("https://example.com{home}page"), &home));
    }

    #[test]
    fn only_code_is_searched_for_attributes() {
        let of = |file: &str, line: &str| complaint(Path::new(file), line, &[]);
        assert!(of("a.rs", "    #[allow(dead_code)]").is_some());
        assert!(of("a.rs", "// not #[allow(dead_code)]").is_none());
        assert!(of("a.md", "#[allow(dead_code)]").is_none());
        assert!(of("a.rs", "#[ignore]").is_some());
        assert!(of("compat/package-lock.json", "  \"resolved\": \"x\",").is_some());
    }
}
