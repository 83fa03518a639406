//! What each command does.

#[cfg(feature = "bundler")]
mod compile;
mod config;
mod demo;
#[cfg(feature = "bundler")]
mod deploy;
#[cfg(feature = "bundler")]
mod dev;
#[cfg(feature = "bundler")]
mod dryrun;
mod env;
mod init;
mod keys;
mod openapi;
mod providers;
mod serve;
mod sim;
#[cfg(feature = "bundler")]
mod test;

use std::path::Path;

use anyhow::Result;
use clap::CommandFactory;

use crate::args::{Cli, Command, StoreArgs};
use crate::config::{Config, LogLevel};
use crate::logging;
use crate::node::{Node, Use};
use crate::output;

/// Runs the command.
pub async fn run(cli: Cli) -> Result<()> {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Serve(args) => serve::run(Config::load(file, &args.flags())?).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Sim(args) => sim::run(args).await,
        Command::Env(command) => env::run(file, command).await,
        Command::Keys(command) => keys::run(file, command).await,
        Command::Providers(command) => providers::run(file, command),
        Command::Init(args) => init::run(&args),
        #[cfg(feature = "bundler")]
        Command::Compile(args) => compile::run(&args).await,
        #[cfg(feature = "bundler")]
        Command::Test(args) => test::run(file, &args),
        #[cfg(feature = "bundler")]
        Command::Deploy(args) => deploy::run(&args).await,
        #[cfg(feature = "bundler")]
        Command::Dev(args) => dev::run(file, &args).await,
        #[cfg(feature = "bundler")]
        Command::Dryrun(args) => dryrun::run(&args).await,
        #[cfg(not(feature = "bundler"))]
        Command::Compile(_)
        | Command::Test(_)
        | Command::Deploy(_)
        | Command::Dev(_)
        | Command::Dryrun(_) => without_bundler(),
        Command::Config(command) => config::run(file, command),
        Command::Openapi => openapi::run(),
        Command::Runner => unreachable!("main runs it before there are threads"),
        Command::Completions { shell } => completions(shell),
    }
}

/// Does `work` on the database, beside a running server or before the first start, and closes it again.
async fn with_node<T>(
    file: Option<&Path>,
    store: &StoreArgs,
    work: impl AsyncFnOnce(&Node) -> Result<T>,
) -> Result<T> {
    let mut config = Config::load(file, &store.flags())?;
    if config.logging.level == LogLevel::Info {
        // What a server does is worth a line; a command's result is what it prints.
        config.logging.level = LogLevel::Warn;
    }
    logging::start(&config.logging);
    let node = Node::open(&config, Use::Command).await?;
    let outcome = work(&node).await;
    node.close().await;
    outcome
}

#[cfg(not(feature = "bundler"))]
fn without_bundler() -> Result<()> {
    Err(crate::error::hinted(
        anyhow::anyhow!("this build of bowline has no bundler for functions"),
        "the released binaries have it; a build of your own needs the cargo feature `bundler`",
    ))
}

fn completions(shell: clap_complete::Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "bowline", &mut script);
    output::text(&String::from_utf8(script)?)
}
