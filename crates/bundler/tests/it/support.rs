//! A project in a folder that goes away with it.

use std::fs;
use std::path::PathBuf;

use bowline_bundler::{Bundle, Bundler, Problems};
use tempfile::TempDir;

/// Where the function under test lies.
pub const ENTRY: &str = "github/syncs/issues.ts";

/// A folder with files.
pub struct Files {
    folder: TempDir,
}

impl Files {
    /// Writes files, each with its path and its text.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder }
    }

    /// The absolute path of one of them.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Bundles the function under test.
    pub async fn bundle(&self) -> Result<Bundle, Problems> {
        Bundler::new(self.folder.path()).bundle(&self.path(ENTRY)).await
    }
}

/// What is wrong with files, each as `file:line:column: message`.
pub async fn problems_of(files: &[(&str, &str)]) -> Vec<String> {
    let Err(problems) = Files::new(files).bundle().await else { return Vec::new() };
    for problem in &problems.0 {
        assert!(problem.hint.is_some(), "no remedy: {problem}");
        assert!(problem.frame.is_some(), "no frame: {problem}");
    }
    let shown = |problem: &bowline_bundler::Problem| {
        let file = problem.file.to_string_lossy().replace('\\', "/");
        format!("{file}:{}:{}: {}", problem.line, problem.column, problem.message)
    };
    problems.0.iter().map(shown).collect()
}

/// What is wrong with a function, each as `line:column: message`.
pub async fn problems(function: &str) -> Vec<String> {
    let prefix = format!("{ENTRY}:");
    let all = problems_of(&[(ENTRY, function)]).await;
    all.into_iter().map(|line| line.strip_prefix(&prefix).map(str::to_owned).unwrap_or(line)).collect()
}

/// A sync whose `exec` has a body.
pub fn sync(body: &str) -> String {
    format!(
        "import {{ createSync }} from 'nango';\nexport default createSync({{ exec: async (nango) => {{\n{body}\n}} }});\n"
    )
}
