//! `cargo xtask`: the project's chores. Nothing of it is part of the product.
//!
//! Start reading at [`mod@test`], which `cargo xtask test` and continuous integration run.

#![expect(clippy::print_stdout, reason = "a command-line tool talks to its terminal")]
#![expect(
    clippy::disallowed_methods,
    reason = "chores read the environment and the wall clock; none of it is product"
)]

mod bench;
mod browser;
mod command;
mod compat;
mod fuzz;
mod generated;
mod lint;
mod postgres;
mod setup;
mod steps;
mod templates;
mod test;
mod ui;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::test::Part;
use crate::workspace::Workspace;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The project's chores", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check what the tests need, and install what is missing
    Setup,
    /// Build the debug binary and serve with it, data in the target folder
    Dev {
        /// Further arguments of `bowline serve`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run everything that must pass
    #[command(visible_alias = "ci")]
    Test {
        /// Only these parts
        #[arg(long, value_enum, value_delimiter = ',')]
        only: Vec<Part>,
    },
    /// Run the official clients against the binary, on SQLite and PostgreSQL
    Compat {
        /// Further arguments of `compat/run.mjs`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run the official frontend and the Connect UI in a browser
    Browser {
        /// Further arguments of `browser/run.mjs`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run the benchmarks
    Bench {
        /// Further arguments of `bench/run`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run the recorded fixtures of the public templates repository
    Templates(templates::Options),
    /// Build the pages of `ui/` into `ui/dist`
    Ui {
        /// Check types, tests and the committed build instead
        #[arg(long, conflicts_with = "watch")]
        check: bool,
        /// Build on every change
        #[arg(long)]
        watch: bool,
    },
    /// Check formatting, lints, documentation, licences, dependencies and generated files
    Lint,
    /// Regenerate the generated files and accept the snapshots of the tests
    Bless,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore) -> Result<()> {
    let workspace = Workspace::load()?;
    match chore {
        Chore::Setup => setup::everything(&workspace),
        Chore::Dev { arguments } => dev(&workspace, arguments),
        Chore::Test { only } => test::run(&workspace, only),
        Chore::Compat { arguments } => compat::run_alone(&workspace, arguments),
        Chore::Browser { arguments } => browser::run_alone(&workspace, arguments),
        Chore::Bench { arguments } => bench::run(&workspace, arguments),
        Chore::Templates(options) => templates::run(&workspace, options),
        Chore::Ui { check: true, .. } => ui::check(&workspace),
        Chore::Ui { watch, .. } => ui::build(&workspace, *watch),
        Chore::Lint => test::run(&workspace, &[Part::Lint, Part::Generated]),
        Chore::Bless => generated::bless(&workspace),
    }
}

fn dev(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let data = workspace.target.join("dev-data");
    let mut cargo = workspace.cargo(&["run", "--package", "bowline-cli", "--", "serve", "--data-dir"]);
    command::run(cargo.arg(data).args(arguments))
}
