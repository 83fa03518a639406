//! `bowline config`: what can be configured, and what is.

use std::path::Path;

use anyhow::{Context, Result};

use crate::args::{ConfigCommand, StoreArgs};
use crate::config::{self, Config};
use crate::{master_key, node, output};

/// Runs one of the subcommands.
pub fn run(file: Option<&Path>, command: ConfigCommand) -> Result<()> {
    match command {
        ConfigCommand::Check(store) => check(file, &store),
        ConfigCommand::Show(store) => output::text(&config::show(&config::layers(file, &store.flags())?)),
        ConfigCommand::Schema => output::json(&config::schema()),
        ConfigCommand::Reference => output::text(&config::reference()),
    }
}

/// Everything that starting would refuse, as far as it can be known without touching the database.
fn check(file: Option<&Path>, store: &StoreArgs) -> Result<()> {
    let config = Config::load(file, &store.flags())?;
    node::allow_list(&config.outbound)?;
    node::extra_roots(&config.outbound)?;
    if let Some(key) = &config.storage.encryption_key {
        master_key::check(key).context("BOWLINE_ENCRYPTION_KEY")?;
    }
    node::catalog(&config.server)?;
    output::line("The configuration is valid.")
}
