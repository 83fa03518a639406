//! The catalogue of providers.

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::{Call, endpoint};
use crate::client::Bowline;
use crate::http::path::Path;
use crate::ids::ProviderName;

/// A provider of the catalogue. What it says of URLs, headers and forms stands in [`more`](Self::more).
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Provider {
    /// Its name in the catalogue.
    pub name: ProviderName,
    /// Its name for people.
    #[serde(default)]
    pub display_name: String,
    /// How accounts are connected, such as `OAUTH2`.
    #[serde(default)]
    pub auth_mode: String,
    /// What it is about.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Where its documentation is.
    pub docs: Option<String>,
    /// Where its logo is.
    pub logo_url: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A function that can be deployed for a provider as it is.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ProviderTemplate {
    /// Its name.
    pub name: String,
    /// `sync` or `action`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it does.
    pub description: Option<String>,
    /// Models that it returns.
    #[serde(default)]
    pub returns: Vec<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

endpoint!(
    /// [`Bowline::list_providers`]
    ListProviders: data Vec<Provider>
);
endpoint!(
    /// [`Bowline::get_provider`]
    GetProvider: data Provider
);
endpoint!(
    /// [`Bowline::get_provider_templates`]
    GetProviderTemplates: data Vec<ProviderTemplate>
);

impl Bowline {
    /// The providers of the catalogue. `GET /providers`
    pub fn list_providers(&self) -> Call<ListProviders> {
        Call::new(self, Method::GET, Ok(Path::fixed("/providers")))
    }

    /// One provider. `GET /providers/{provider}`
    pub fn get_provider(&self, provider: impl Into<ProviderName>) -> Call<GetProvider> {
        Call::new(self, Method::GET, provider_path(&provider.into()))
    }

    /// The functions that can be deployed for a provider as they are. `GET /providers/{provider}/templates`
    pub fn get_provider_templates(&self, provider: impl Into<ProviderName>) -> Call<GetProviderTemplates> {
        let path = provider_path(&provider.into()).map(|path| path.then("/templates"));
        Call::new(self, Method::GET, path)
    }
}

impl Call<ListProviders> {
    /// Only providers whose name contains this text.
    pub fn search(self, text: &str) -> Self {
        self.query("search", text)
    }
}

fn provider_path(provider: &ProviderName) -> crate::Result<Path> {
    Path::fixed("/providers").segment("provider", provider.as_str())
}
