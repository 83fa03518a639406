//! Which files of a project changed since somebody last looked.
//!
//! Looking costs one `stat` per file; a project has hundreds of them, not millions. That works on every system and
//! over every kind of mount, which notifications do not.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders that hold no sources.
const SKIPPED: [&str; 3] = ["node_modules", "build", "dist"];

/// The files of a project as they were at one moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, Stamp>);

#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Files {
    /// The files as they are now. What disappears meanwhile is not there.
    ///
    /// # Errors
    /// When the project's own folder cannot be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            let children = match fs::read_dir(&folder) {
                Ok(children) => children,
                Err(error) if folder == root => return Err(error),
                Err(_) => continue,
            };
            for child in children.flatten() {
                let name = child.file_name();
                let is_skipped =
                    name.to_string_lossy().starts_with('.') || SKIPPED.iter().any(|skipped| name == *skipped);
                let Some(metadata) = child.metadata().ok().filter(|_| !is_skipped) else { continue };
                if metadata.is_dir() {
                    folders.push(child.path());
                } else if metadata.is_file() {
                    let stamp = Stamp { modified: metadata.modified().ok(), length: metadata.len() };
                    files.insert(child.path(), stamp);
                }
            }
        }
        Ok(Self(files))
    }

    /// The files that are new, different or gone since `before`.
    pub fn changed_since(&self, before: &Self) -> Vec<PathBuf> {
        let is_changed = |(path, stamp): &(&PathBuf, &Stamp)| before.0.get(*path) != Some(*stamp);
        let changed = self.0.iter().filter(is_changed).map(|(path, _)| path);
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        changed.chain(gone).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_different_or_gone_is_a_change_and_results_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |name: &str, text: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let (same, different, gone) = (write("a/same.ts", "1"), write("b.ts", "1"), write("a/c.ts", "1"));
        let before = Files::of(root).unwrap();
        assert_eq!(Files::of(root).unwrap().changed_since(&before), Vec::<PathBuf>::new());
        write("build/x.cjs", "1");
        write(".nango/nango.json", "1");
        write("node_modules/y/index.js", "1");
        write("b.ts", "longer");
        fs::remove_file(&gone).unwrap();
        let new = write("a/new.ts", "1");
        let changed = Files::of(root).unwrap().changed_since(&before);
        assert_eq!(changed, [new, different, gone]);
        assert!(!changed.contains(&same));
    }
}
