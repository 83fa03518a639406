//! Defaults, file, variables and flags, one over the other. A value stays a text until it is read.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use bowline_domain::Secret;

use super::section::SettingInfo;
use super::setting::Setting;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A key of the TOML file.
    File {
        /// The file.
        path: PathBuf,
        /// The key with its section.
        key: String,
    },
    /// An environment variable.
    Variable(String),
    /// A flag on the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, key } => write!(f, "{}: {key}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A value as it was given.
#[derive(Debug, Clone)]
pub struct Value {
    /// Its text. Any text may turn out to be a secret.
    pub text: Secret,
    /// Where it comes from.
    pub origin: Origin,
}

/// Everything that was given; of two values for one setting the later one counts.
#[derive(Debug, Default)]
pub struct Layers {
    values: HashMap<String, Value>,
    keys: BTreeMap<String, BTreeMap<&'static str, Value>>,
}

impl Layers {
    /// Lays a value over what is there. An empty one is as good as none.
    pub fn set(&mut self, setting: &SettingInfo, text: String, origin: Origin) {
        if !text.is_empty() {
            self.values.insert(setting.path(), Value { text: Secret::new(text), origin });
        }
    }

    /// Lays an environment's key over what is there.
    pub fn set_key(&mut self, environment: &str, key: &'static str, text: String, origin: Origin) {
        if !text.is_empty() {
            let keys = self.keys.entry(environment.to_owned()).or_default();
            keys.insert(key, Value { text: Secret::new(text), origin });
        }
    }

    /// The keys by environment.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &BTreeMap<&'static str, Value>)> {
        self.keys.iter().map(|(environment, keys)| (environment.as_str(), keys))
    }

    /// A setting's value as it counts.
    pub fn value(&self, setting: &SettingInfo) -> Value {
        let default = || Value { text: Secret::new(setting.default.to_owned()), origin: Origin::Default };
        self.values.get(&setting.path()).cloned().unwrap_or_else(default)
    }

    /// A setting's value, read.
    pub fn read<T: Setting>(&self, setting: &SettingInfo) -> Result<T> {
        let Value { text, origin } = self.value(setting);
        let text = text.expose().trim();
        if text.is_empty() {
            return T::absent().ok_or_else(|| anyhow!("{origin}: a value is needed"));
        }
        T::parse(text).map_err(|problem| match setting.is_secret() {
            true => anyhow!("{origin}: {problem}"),
            false => anyhow!("{origin}: {problem}, not `{text}`"),
        })
    }
}
