//! Checks what the tests need beside Rust and a C compiler, and installs what can be installed.

mod apt;
pub mod chromium;
mod node;
pub mod postgres;
pub mod python;

use anyhow::Result;

use crate::command;
use crate::workspace::Workspace;

pub use node::install_packages;

/// Sets up everything that `cargo xtask test` uses.
pub fn everything(workspace: &Workspace) -> Result<()> {
    let runner =
        if has_nextest(workspace) { "cargo nextest" } else { "cargo test (cargo-nextest is not installed)" };
    println!("tests run with {runner}");
    install_packages(workspace, "compat")?;
    install_packages(workspace, "browser")?;
    install_packages(workspace, "ui")?;
    println!("Chromium is {}", chromium::find_or_install()?.display());
    let binaries = postgres::find_or_install()?;
    println!("PostgreSQL in {}", binaries.display());
    match python::schemathesis(workspace)? {
        Some(tool) => println!("schemathesis is {}", tool.display()),
        None => println!("{}", python::MISSING),
    }
    Ok(())
}

/// Whether tests can run with `cargo nextest`.
pub fn has_nextest(workspace: &Workspace) -> bool {
    command::output(workspace.cargo(&["nextest", "--version"]).stderr(std::process::Stdio::null())).is_ok()
}
