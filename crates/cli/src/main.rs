//! The `bowline` command. The only place that reads configuration and the environment, wires the parts
//! together, and prints.
//!
//! Start reading at [`args`] for what can be typed, [`config`] for what can be set, [`node`] for how the
//! parts are put together, and `commands/` for what each command does.
//!
//! Exit codes: 0 done, 1 failed (`error:` and mostly `hint:` on standard error), 2 wrong usage; others are named in
//! `error.rs`.

mod api_client;
mod args;
mod commands;
mod config;
mod error;
#[cfg(feature = "bundler")]
mod functions;
mod logging;
mod master_key;
mod node;
mod output;
mod shutdown;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;

use crate::args::{Cli, Command};

/// How long threads may take to end once everything was stopped in order.
const RUNTIME_STOP_MAX: Duration = Duration::from_millis(300);

/// A request makes many short-lived allocations, some of which are freed on another thread; the system's allocator
/// spends a tenth of the CPU on that (`bench/README.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        // Gives up most of what a process can do, which must come before threads and open files.
        Command::Runner => bowline_runtime::run_child().context("the runner process failed"),
        _ => run(cli),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<output::ClosedPipe>() => ExitCode::SUCCESS,
        Err(error) => {
            error::report(&error);
            error::exit_code(&error)
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no async runtime")?;
    let outcome = runtime.block_on(commands::run(cli));
    runtime.shutdown_timeout(RUNTIME_STOP_MAX);
    outcome
}
