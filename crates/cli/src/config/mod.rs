//! Configuration: one [`Config`], a file per section. Defaults < TOML file < `BOWLINE_*` variables < flags.
//!
//! Each section is one table (see `section.rs`), from which its struct, its variables, the reference page and
//! the JSON schema are made. Nothing else in the program reads the environment.

mod client;
mod describe;
mod file;
mod functions;
mod keys;
mod layers;
mod logging;
mod outbound;
mod refresh;
mod schema;
mod section;
mod server;
mod setting;
mod storage;
mod suggest;
mod variables;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bowline_engine::environment::FixedKeys;

pub use client::ServerPlace;
pub use describe::{reference, show};
pub use functions::FunctionsConfig;
pub use layers::{Layers, Origin};
pub use logging::{LogFormat, LogLevel, LoggingConfig};
pub use outbound::OutboundConfig;
use refresh::RefreshConfig;
pub use schema::schema;
pub use server::{Roles, ServerConfig};
pub use storage::StorageConfig;
pub use suggest::nearest;

use section::{SectionInfo, SettingInfo};

/// Every section but that of the keys.
static SECTIONS: [SectionInfo; 6] = [
    ServerConfig::INFO,
    StorageConfig::INFO,
    OutboundConfig::INFO,
    RefreshConfig::INFO,
    FunctionsConfig::INFO,
    LoggingConfig::INFO,
];

/// Everything that can be configured.
#[derive(Clone)]
pub struct Config {
    /// The public API.
    pub server: ServerConfig,
    /// The database and its key.
    pub storage: StorageConfig,
    /// Calls that leave.
    pub outbound: OutboundConfig,
    /// Keeping credentials fresh.
    pub refresh: RefreshConfig,
    /// Running functions.
    pub functions: FunctionsConfig,
    /// The log.
    pub logging: LoggingConfig,
    /// Keys fixed from outside.
    pub keys: Vec<FixedKeys>,
}

/// A value from the command line: the setting's `section.key`, the flag, the text.
pub type FlagValue = (&'static str, &'static str, Option<String>);

impl Config {
    /// Reads all layers of this process: file, variables, flags.
    pub fn load(file: Option<&Path>, flags: &[FlagValue]) -> Result<Self> {
        Self::from_layers(&layers(file, flags)?)
    }

    /// The section of the server alone, for commands that want its providers and run no server: then the
    /// environment may hold keys of another server, which no server of ours would take.
    pub fn load_server(file: Option<&Path>) -> Result<ServerConfig> {
        ServerConfig::read(&layers(file, &[])?)
    }

    /// Reads the sections from their layers.
    pub fn from_layers(layers: &Layers) -> Result<Self> {
        Ok(Self {
            server: ServerConfig::read(layers)?,
            storage: StorageConfig::read(layers)?,
            outbound: OutboundConfig::read(layers)?,
            refresh: RefreshConfig::read(layers)?,
            functions: FunctionsConfig::read(layers)?,
            logging: LoggingConfig::read(layers)?,
            keys: keys::read(layers)?,
        })
    }

    /// The file of the embedded database.
    pub fn database_file(&self) -> PathBuf {
        self.storage.data_dir.join("bowline.db")
    }
}

/// Collects the layers of this process.
pub fn layers(file: Option<&Path>, flags: &[FlagValue]) -> Result<Layers> {
    let variables = environment();
    let mut layers = Layers::default();
    let named = variables.iter().find(|(name, value)| name == variables::CONFIG_FILE && !value.is_empty());
    let default = Path::new(file::DEFAULT_FILE);
    match (file, named) {
        (Some(path), _) => file::read(&mut layers, path)?,
        (None, Some((_, path))) => {
            file::read(&mut layers, Path::new(path)).context(variables::CONFIG_FILE)?
        }
        (None, None) if default.exists() => file::read(&mut layers, default)?,
        (None, None) => {}
    }
    variables::read(&mut layers, &variables)?;
    for (path, flag, text) in flags {
        if let Some(text) = text {
            layers.set(setting(path), text.clone(), Origin::Flag(flag));
        }
    }
    Ok(layers)
}

/// The variables of this process; a name that is no text is none of ours.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .collect()
}

/// The setting at `section.key`.
fn setting(path: &str) -> &'static SettingInfo {
    let mut settings = SECTIONS.iter().flat_map(|section| section.settings);
    settings.find(|setting| setting.path() == path).expect("flags name settings that exist")
}

/// The secret in a file, without the line end that editors add.
fn secret_file(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
