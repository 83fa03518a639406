//! Dependencies that no source file names. A look at the text, not a proof: exceptions are listed under
//! `[package.metadata.cargo-machete]`, as for the tool of that name.

use std::fs;
use std::path::{Path, PathBuf};

use super::sources::files_under;
use crate::workspace::{Dependency, Kind, Package, Workspace};

/// Every declared dependency of ours whose name does not occur where it could be used.
pub fn check(workspace: &Workspace) -> Vec<String> {
    workspace.members().flat_map(unused_of).collect()
}

fn unused_of(package: &Package) -> Vec<String> {
    let library = text_of(&[package.folder.join("src")]);
    let tests = text_of(&["src", "tests", "benches", "examples"].map(|folder| package.folder.join(folder)));
    let script = text_of(&build_script_files(&package.folder));
    let is_used = |dependency: &Dependency| {
        let text = match dependency.kind {
            Kind::Normal => &library,
            Kind::Dev => &tests,
            Kind::Build => &script,
        };
        has_word(text, &dependency.identifier) || package.unused_ignored.contains(&dependency.name)
    };
    let unused = package.declared.iter().filter(|dependency| !is_used(dependency));
    unused.map(|dependency| format!("{} does not use {}", package.name, dependency.name)).collect()
}

/// The build script, and what it takes in from elsewhere with `#[path]`.
fn build_script_files(folder: &Path) -> Vec<PathBuf> {
    let script = folder.join("build.rs");
    let text = fs::read_to_string(&script).unwrap_or_default();
    let mut files = vec![script];
    for line in text.lines() {
        let Some(path) = line.trim().strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]"))
        else {
            continue;
        };
        let module = folder.join(path);
        let is_folder = module.file_name().is_some_and(|name| name == "mod.rs");
        files.push(if is_folder { module.parent().map(Path::to_owned).unwrap_or(module) } else { module });
    }
    files
}

fn text_of(places: &[PathBuf]) -> String {
    let files = places
        .iter()
        .flat_map(|place| files_under(place))
        .filter(|file| file.extension().is_some_and(|e| e == "rs"));
    let mut text = String::new();
    for file in files {
        for line in fs::read_to_string(file).unwrap_or_default().lines() {
            if !line.trim_start().starts_with("//") {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(start, _)| {
        !is_part(text[..start].chars().next_back()) && !is_part(text[start + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn a_name_counts_as_a_whole_word_only() {
        assert!(has_word("use http::Uri;", "http"));
        assert!(!has_word("use http_body::Body; xhttp", "http"));
    }
}
