//! Integrations: a provider, set up with your application's credentials.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::{Call, Done, endpoint};
use crate::client::Bowline;
use crate::http::path::Path;
use crate::http::request::Body;
use crate::ids::{IntegrationKey, ProviderName};
use crate::secret::{Secret, serialize, serialize_option};

/// An integration.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Integration {
    /// Its key, with which every other call names it.
    pub unique_key: IntegrationKey,
    /// Its provider.
    pub provider: ProviderName,
    /// Its name for people.
    #[serde(default)]
    pub display_name: String,
    /// Where its logo is.
    pub logo: Option<String>,
    /// Where the provider sends webhooks; asked for with [`include_webhook`](Call::include_webhook).
    pub webhook_url: Option<String>,
    /// Your application's credentials; asked for with [`include_credentials`](Call::include_credentials).
    pub credentials: Option<IntegrationCredentials>,
    /// Whether webhooks of the provider are sent on to you.
    pub forward_webhooks: Option<bool>,
    /// When it was made, ISO 8601.
    pub created_at: Option<String>,
    /// When it was last changed, ISO 8601.
    pub updated_at: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Your application's credentials at a provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum IntegrationCredentials {
    /// An OAuth 2 application.
    #[serde(rename = "OAUTH2")]
    OAuth2(OAuthApp),
    /// An OAuth 1 application.
    #[serde(rename = "OAUTH1")]
    OAuth1(OAuthApp),
    /// Token-based authentication, as NetSuite has it.
    #[serde(rename = "TBA")]
    Tba(OAuthApp),
    /// An application that is installed, as GitHub has it.
    #[serde(rename = "APP")]
    App {
        /// The application's id.
        app_id: String,
        /// Where users install it.
        app_link: Option<String>,
        /// Its private key, PEM.
        #[serde(serialize_with = "serialize")]
        private_key: Secret,
    },
    /// An application that is installed and authorised.
    #[serde(rename = "CUSTOM")]
    Custom {
        /// The OAuth client's id.
        client_id: Option<String>,
        /// The OAuth client's secret.
        #[serde(serialize_with = "serialize_option")]
        client_secret: Option<Secret>,
        /// The application's id.
        app_id: Option<String>,
        /// Where users install it.
        app_link: Option<String>,
        /// Its private key, PEM.
        #[serde(serialize_with = "serialize_option")]
        private_key: Option<Secret>,
    },
    /// Of a mode that this release has no type for.
    #[serde(other, skip_serializing)]
    Other,
}

/// Id and secret of an OAuth application.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OAuthApp {
    /// The client's id.
    pub client_id: Option<String>,
    /// The client's secret.
    #[serde(serialize_with = "serialize_option")]
    pub client_secret: Option<Secret>,
    /// Scopes to ask for, with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
    /// With which the provider signs its webhooks.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "serialize_option", default)]
    pub webhook_secret: Option<Secret>,
}

impl OAuthApp {
    /// An application with its id and secret.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self {
            client_id: Some(client_id.into()),
            client_secret: Some(client_secret.into()),
            scopes: None,
            webhook_secret: None,
        }
    }

    /// The scopes to ask for.
    #[must_use]
    pub fn scopes<S: AsRef<str>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: Vec<String> = scopes.into_iter().map(|scope| scope.as_ref().to_owned()).collect();
        self.scopes = Some(scopes.join(","));
        self
    }

    /// The secret with which the provider signs its webhooks.
    #[must_use]
    pub fn webhook_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.webhook_secret = Some(secret.into());
        self
    }
}

endpoint!(
    /// [`Bowline::list_integrations`]
    ListIntegrations: data Vec<Integration>
);
endpoint!(
    /// [`Bowline::get_integration`]
    GetIntegration: data Integration
);
endpoint!(
    /// [`Bowline::create_integration`]
    CreateIntegration: data Integration
);
endpoint!(
    /// [`Bowline::create_quickstart_integration`]
    CreateQuickstartIntegration: data Integration
);
endpoint!(
    /// [`Bowline::update_integration`]
    UpdateIntegration: data Integration
);
endpoint!(
    /// [`Bowline::delete_integration`]
    DeleteIntegration: Done
);

impl Bowline {
    /// All integrations of the environment. `GET /integrations`
    pub fn list_integrations(&self) -> Call<ListIntegrations> {
        Call::new(self, Method::GET, Ok(Path::fixed("/integrations")))
    }

    /// One integration. `GET /integrations/{key}`
    pub fn get_integration(&self, integration: impl Into<IntegrationKey>) -> Call<GetIntegration> {
        Call::new(self, Method::GET, integration_path(&integration.into()))
    }

    /// Sets up a provider under a key of your choice. `POST /integrations`
    pub fn create_integration(
        &self,
        provider: impl Into<ProviderName>,
        integration: impl Into<IntegrationKey>,
    ) -> Call<CreateIntegration> {
        Call::new(self, Method::POST, Ok(Path::fixed("/integrations")))
            .id_field("provider", "provider", provider.into().as_str())
            .id_field("integration", "unique_key", integration.into().as_str())
    }

    /// Sets up a provider with an application that the operator owns. `POST /integrations/quickstart`
    pub fn create_quickstart_integration(
        &self,
        provider: impl Into<ProviderName>,
        integration: impl Into<IntegrationKey>,
    ) -> Call<CreateQuickstartIntegration> {
        Call::new(self, Method::POST, Ok(Path::fixed("/integrations/quickstart")))
            .id_field("provider", "provider", provider.into().as_str())
            .id_field("integration", "unique_key", integration.into().as_str())
    }

    /// Changes what the options say, and nothing else. `PATCH /integrations/{key}`
    pub fn update_integration(&self, integration: impl Into<IntegrationKey>) -> Call<UpdateIntegration> {
        Call::new(self, Method::PATCH, integration_path(&integration.into())).with(|request| {
            // Without options the body is an empty object, not nothing.
            request.body = Body::Fields(Map::new());
            Ok(())
        })
    }

    /// Deletes an integration with its connections. `DELETE /integrations/{key}`
    pub fn delete_integration(&self, integration: impl Into<IntegrationKey>) -> Call<DeleteIntegration> {
        Call::new(self, Method::DELETE, integration_path(&integration.into()))
    }
}

pub(super) fn integration_path(integration: &IntegrationKey) -> crate::Result<Path> {
    Path::fixed("/integrations").segment("integration", integration.as_str())
}

impl Call<GetIntegration> {
    /// Also the address for the provider's webhooks.
    pub fn include_webhook(self) -> Self {
        self.query("include", "webhook")
    }

    /// Also your application's credentials, where the key may read them.
    pub fn include_credentials(self) -> Self {
        self.query("include", "credentials")
    }
}

macro_rules! integration_options {
    ($endpoint:ty) => {
        impl Call<$endpoint> {
            /// Its name for people.
            pub fn display_name(self, name: &str) -> Self {
                self.field("display_name", name)
            }

            /// Whether webhooks of the provider are sent on to you.
            pub fn forward_webhooks(self, forward: bool) -> Self {
                self.field("forward_webhooks", forward)
            }
        }
    };
}
integration_options!(CreateIntegration);
integration_options!(CreateQuickstartIntegration);
integration_options!(UpdateIntegration);

macro_rules! integration_setup_options {
    ($endpoint:ty) => {
        impl Call<$endpoint> {
            /// Your application's credentials at the provider.
            pub fn credentials(self, credentials: &IntegrationCredentials) -> Self {
                self.field("credentials", credentials)
            }

            /// Values of the fields that the provider asks an integration for.
            pub fn integration_config(self, values: &BTreeMap<String, String>) -> Self {
                self.field("integration_config", values)
            }

            /// Values of your own.
            pub fn custom(self, values: &BTreeMap<String, String>) -> Self {
                self.field("custom", values)
            }
        }
    };
}
integration_setup_options!(CreateIntegration);
integration_setup_options!(UpdateIntegration);

impl Call<UpdateIntegration> {
    /// A new key; only while there are no connections.
    pub fn unique_key(self, integration: impl Into<IntegrationKey>) -> Self {
        self.id_field("unique_key", "unique_key", integration.into().as_str())
    }
}
