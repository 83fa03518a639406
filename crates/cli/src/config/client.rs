//! Which server commands that are clients of one talk to, and with which key.
//!
//! These are no settings of a server: they come from a flag, the environment or the project's `.env`, under our names
//! and under those that projects for the official command use.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use bowline_domain::Secret;

use super::environment;
use crate::error::{WithHint, hinted};

/// Variables of clients, which a server has no use for.
pub const VARIABLES: [&str; 2] = ["BOWLINE_URL", "BOWLINE_SECRET_KEY"];
/// Where a server is, our name first.
const URLS: [&str; 2] = ["BOWLINE_URL", "NANGO_HOSTPORT"];
/// The key of any environment, our name first. With `_<ENVIRONMENT>` behind, that of one.
const KEYS: [&str; 2] = ["BOWLINE_SECRET_KEY", "NANGO_SECRET_KEY"];
const DEFAULT_URL: &str = "http://localhost:3003";
const DOTENV: &str = ".env";

/// A server, as its client knows it.
#[derive(Debug)]
pub struct ServerPlace {
    /// Its URL.
    pub url: String,
    /// The key of the environment.
    pub key: Secret,
}

impl ServerPlace {
    /// The server of the project in a folder, and the key for one of its environments.
    ///
    /// # Errors
    /// When `.env` cannot be read, or there is no key.
    pub fn find(root: &Path, environment_name: &str, url: Option<&str>) -> Result<Self> {
        let variables = Variables { own: environment().into_iter().collect(), dotenv: read_dotenv(root)? };
        let url = url.or_else(|| variables.first(&URLS.map(str::to_owned))).unwrap_or(DEFAULT_URL);
        let suffix = suffix_of(environment_name);
        let [ours, official] = KEYS;
        let names = [
            format!("{ours}_{suffix}"),
            format!("{official}_{suffix}"),
            ours.to_owned(),
            official.to_owned(),
        ];
        let key = variables.first(&names).ok_or_else(|| {
            hinted(
                anyhow!("there is no key for the environment `{environment_name}`"),
                format!(
                    "write NANGO_SECRET_KEY_{suffix}=… into .env or the environment; `bowline env list` shows the keys"
                ),
            )
        })?;
        Ok(Self { url: url.to_owned(), key: Secret::new(key.to_owned()) })
    }
}

struct Variables {
    own: HashMap<String, String>,
    dotenv: HashMap<String, String>,
}

impl Variables {
    /// The first that is set; the environment's own value goes before that of the file.
    fn first(&self, names: &[String]) -> Option<&str> {
        let value = |name: &String| {
            let values = [self.own.get(name), self.dotenv.get(name)];
            values.into_iter().flatten().map(|value| value.trim()).find(|value| !value.is_empty())
        };
        names.iter().find_map(value)
    }
}

/// The environment's name as variables carry it.
fn suffix_of(environment_name: &str) -> String {
    environment_name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn read_dotenv(root: &Path) -> Result<HashMap<String, String>> {
    let path = root.join(DOTENV);
    match dotenvy::from_path_iter(&path) {
        Ok(lines) => lines
            .collect::<Result<_, _>>()
            // The error would show the line, which may hold a key.
            .map_err(|_| anyhow!("{} cannot be read as lines of NAME=value", path.display()))
            .hint("values with spaces or # need quotes"),
        Err(dotenvy::Error::Io(error)) if error.kind() == ErrorKind::NotFound => Ok(HashMap::new()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_first_name_counts_and_the_environment_goes_before_the_file() {
        let variables = Variables {
            own: map(&[("A", ""), ("B", "own b"), ("C", "own c")]),
            dotenv: map(&[("B", "file b"), ("D", "file d"), ("A", " file a ")]),
        };
        let first = |names: &[&str]| {
            variables.first(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(first(&["A", "B"]), Some("file a"));
        assert_eq!(first(&["B", "C"]), Some("own b"));
        assert_eq!(first(&["X", "D"]), Some("file d"));
        assert_eq!(first(&["X"]), None);
    }

    #[test]
    fn names_of_environments_become_names_of_variables() {
        assert_eq!(suffix_of("eu-prod.2"), "EU_PROD_2");
    }
}
