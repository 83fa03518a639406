//! `bowline init`: a project of functions that works at once.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde_json::json;

use crate::args::InitArgs;
use crate::error::hinted;
use crate::output;

/// The files of a new project. Those that a repository would act on have other names in ours.
const FILES: [(&str, &str); 13] = [
    ("package.json", include_str!("../../scaffold/package.json")),
    ("tsconfig.json", include_str!("../../scaffold/tsconfig.json")),
    ("index.ts", include_str!("../../scaffold/index.ts")),
    ("README.md", include_str!("../../scaffold/README.md")),
    (".env.example", include_str!("../../scaffold/env.example")),
    (".gitignore", include_str!("../../scaffold/gitignore")),
    // The official command takes a folder for a project when it holds this one.
    (".nango/.gitkeep", ""),
    ("github/models.ts", include_str!("../../scaffold/github/models.ts")),
    ("github/actions/create-issue.ts", include_str!("../../scaffold/github/actions/create-issue.ts")),
    ("github/syncs/issues.ts", include_str!("../../scaffold/github/syncs/issues.ts")),
    ("github/on-events/keep-login.ts", include_str!("../../scaffold/github/on-events/keep-login.ts")),
    (
        "github/tests/create-issue.test.json",
        include_str!("../../scaffold/github/tests/create-issue.test.json"),
    ),
    ("github/tests/issues.test.json", include_str!("../../scaffold/github/tests/issues.test.json")),
];

/// Writes the files of a new project, or none where one of them is there already.
pub fn run(args: &InitArgs) -> Result<()> {
    let root = &args.path;
    let taken: Vec<&str> =
        FILES.iter().map(|(name, _)| *name).filter(|name| is_taken(&root.join(name))).collect();
    if !taken.is_empty() {
        return Err(hinted(
            anyhow!("{} holds {} already; nothing was written", root.display(), taken.join(", ")),
            "`bowline init NAME` makes the project in a new folder",
        ));
    }
    for (name, text) in FILES {
        write_new(&root.join(name), text)?;
    }
    if args.json {
        let files: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        return output::json(&json!({ "path": root, "files": files }));
    }
    output::text(&welcome(root))
}

/// Also by a link that leads nowhere, through which a file would be written.
fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn welcome(root: &Path) -> String {
    let (place, enter) = if root == Path::new(".") {
        ("the working directory".to_owned(), String::new())
    } else {
        (root.display().to_string(), format!("  cd {}\n", root.display()))
    };
    format!(
        "Made a project of functions in {place}\n\n{enter}  \
         bowline compile    bundles, definitions and checks\n  \
         bowline test       runs the functions with recorded answers\n  \
         bowline deploy     takes them to a server; its key goes into .env\n"
    )
}
