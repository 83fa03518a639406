//! Bundles a project into a folder, without a word: `bundle <project> <output> [<integration>…]`.
//!
//! With integrations, every file in their folders is bundled, whatever the index lists. What is wrong with functions ends up
//! in `problems.txt` beside the bundles, and the process fails.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use bowline_bundler::{Entry, Project, ProjectError, bundle_all};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let root = PathBuf::from(arguments.next().ok_or("which project?")?);
    let output = PathBuf::from(arguments.next().ok_or("where to?")?);
    let integrations: Vec<String> = arguments.collect();
    let entries = entries(&root, &integrations)?;
    fs::create_dir_all(&output)?;

    let threads = available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).build()?;
    let results = runtime.block_on(bundle_all(&root, &entries, threads, |_| {}));
    let mut report = String::new();
    for (entry, result) in results {
        match result {
            Ok(bundle) => fs::write(output.join(file_name(&entry)), bundle.js)?,
            Err(problems) => report.push_str(&format!("{problems}\n\n")),
        }
    }
    fs::write(output.join("problems.txt"), &report)?;
    Ok(if report.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn entries(root: &PathBuf, integrations: &[String]) -> Result<Vec<Entry>, ProjectError> {
    if integrations.is_empty() {
        return Project::open(root).map(|project| project.entries);
    }
    let folders = integrations.iter().map(|integration| Project::open_folder(root, integration));
    Ok(folders.collect::<Result<Vec<_>, _>>()?.into_iter().flat_map(|project| project.entries).collect())
}

fn file_name(entry: &Entry) -> String {
    format!("{}_{}_{}.cjs", entry.integration, entry.folder, entry.name)
}
