//! Checks every file in `providers/` and packs the resolved definitions into one text.
//!
//! The check is part of the build, so a broken definition cannot reach a binary. At run time nothing is
//! left to do but to cut the text where the index says.

#[expect(
    dead_code,
    unused_imports,
    reason = "the build needs a part of the module; the engine uses the rest"
)]
#[path = "../domain/src/provider/mod.rs"]
mod provider;
#[path = "src/source.rs"]
mod source;

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use source::{FileProblem, Sources};

fn main() -> ExitCode {
    let providers = Path::new("../../providers");
    match pack(providers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            let lines =
                problems.iter().map(|problem| format!("cargo::error={problem}\n")).collect::<String>();
            // Cargo shows these lines; when it cannot be told, the exit code still fails the build.
            let _ = io::stdout().write_all(lines.as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn pack(providers: &Path) -> Result<(), Vec<FileProblem>> {
    let mut sources = Sources::default();
    sources.add_path(providers);
    let definitions = sources.finish(&|_| None, true)?;

    let mut blob = String::new();
    let mut index = String::from("&[\n");
    for (name, wire) in definitions {
        let start = blob.len();
        blob.push_str(&wire.to_string());
        index.push_str(&format!("    ({name:?}, {start}, {}),\n", blob.len()));
    }
    index.push_str("]\n");
    write(providers, &blob, &index).map_err(|error| vec![FileProblem::unreadable("OUT_DIR", &error)])
}

fn write(providers: &Path, blob: &str, index: &str) -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("catalog.json"), blob)?;
    fs::write(out.join("index.rs"), index)?;
    writeln!(io::stdout(), "cargo::rerun-if-changed={}", providers.display())
}
