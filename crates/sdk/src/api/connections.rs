//! Connections: a user's account at a provider.

use std::collections::{BTreeMap, VecDeque};

use futures_util::stream::{Stream, try_unfold};
use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::credentials::{Credentials, NewCredentials, Tags};
use crate::call::{Call, Done, at_least_one, endpoint};
use crate::client::Bowline;
use crate::error::Result;
use crate::http::path::Path;
use crate::http::request::{Body, RequestSpec};
use crate::ids::{ConnectionId, EndUserId, IntegrationKey};
use crate::secret::{Secret, SecretMap};

/// A connection with its credentials. `M` is the type of your metadata.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
#[serde(bound = "M: DeserializeOwned")]
pub struct Connection<M = Map<String, Value>> {
    /// The server's number of it.
    pub id: i64,
    /// Its id.
    pub connection_id: ConnectionId,
    /// Its integration.
    pub provider_config_key: IntegrationKey,
    /// Its provider's name.
    #[serde(default)]
    pub provider: String,
    /// What is wrong with it at the moment.
    #[serde(default)]
    pub errors: Vec<ConnectionError>,
    /// Whose account it is.
    pub end_user: Option<EndUser>,
    /// Short labels.
    #[serde(default)]
    pub tags: Tags,
    /// Data of your own.
    pub metadata: Option<M>,
    /// Values that go into the provider's addresses and headers.
    #[serde(default)]
    pub connection_config: SecretMap,
    /// The credentials, as fresh as the server could make them.
    pub credentials: Credentials,
    /// When it was made, ISO 8601.
    pub created_at: Option<String>,
    /// When it was last changed, ISO 8601.
    pub updated_at: Option<String>,
    /// When it was last read, ISO 8601.
    pub last_fetched_at: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A connection in a list, without its credentials.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
#[serde(bound = "M: DeserializeOwned")]
pub struct ConnectionSummary<M = Map<String, Value>> {
    /// The server's number of it.
    pub id: i64,
    /// Its id.
    pub connection_id: ConnectionId,
    /// Its integration.
    pub provider_config_key: IntegrationKey,
    /// Its provider's name.
    #[serde(default)]
    pub provider: String,
    /// What is wrong with it at the moment.
    #[serde(default)]
    pub errors: Vec<ConnectionError>,
    /// Whose account it is.
    pub end_user: Option<EndUser>,
    /// Short labels.
    #[serde(default)]
    pub tags: Tags,
    /// Data of your own.
    pub metadata: Option<M>,
    /// When it was made, ISO 8601.
    pub created: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What is wrong with a connection.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct ConnectionError {
    /// `auth` or `sync`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The operation in the server's log.
    pub log_id: Option<String>,
}

/// The person or account behind a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EndUser {
    /// Your own id of it.
    pub id: String,
    /// Its e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Labels of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// Its organization. Only read; set it on the connect session.
    #[serde(skip_serializing)]
    pub organization: Option<Organization>,
}

impl EndUser {
    /// A person or account by your own id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// With an e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// With a name for people.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }
}

/// The organization an end user belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// Your own id of it.
    pub id: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

impl Organization {
    /// An organization by your own id.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), display_name: None }
    }

    /// With a name for people.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }
}

/// What a call to the provider carries.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Token {
    /// An access token.
    Access(Secret),
    /// An OAuth 1 token with its secret.
    OAuth1 {
        /// The token.
        token: Secret,
        /// Its secret.
        token_secret: Secret,
    },
    /// The credentials of every other auth mode.
    Credentials(Box<Credentials>),
}

impl From<Credentials> for Token {
    fn from(credentials: Credentials) -> Self {
        match credentials {
            Credentials::OAuth2(credentials) => Self::Access(credentials.access_token),
            Credentials::OAuth1(credentials) => {
                Self::OAuth1 { token: credentials.oauth_token, token_secret: credentials.oauth_token_secret }
            }
            other => Self::Credentials(Box::new(other)),
        }
    }
}

/// `{"connections": […]}`
#[derive(Deserialize)]
#[serde(bound = "M: DeserializeOwned")]
#[doc(hidden)]
pub struct ConnectionList<M> {
    connections: Vec<ConnectionSummary<M>>,
}

endpoint!(
    /// [`Bowline::list_connections`]
    ListConnections<M>: ConnectionList<M> => Vec<ConnectionSummary<M>>, |wire| Ok(wire.connections)
);
endpoint!(
    /// [`Bowline::get_connection`]
    GetConnection<M>: Connection<M>
);
endpoint!(
    /// [`Bowline::get_token`]
    GetToken: Connection<serde::de::IgnoredAny> => Token, |wire| Ok(wire.credentials.into())
);
endpoint!(
    /// [`Bowline::get_raw_token_response`]
    GetRawTokenResponse: Connection<serde::de::IgnoredAny> => Option<SecretMap>, |wire| Ok(wire.credentials.raw().cloned())
);
endpoint!(
    /// [`Bowline::import_connection`]
    ImportConnection<M>: Connection<M>
);
endpoint!(
    /// [`Bowline::patch_connection`]
    PatchConnection: Done
);
endpoint!(
    /// [`Bowline::delete_connection`]
    DeleteConnection: Done
);

impl Bowline {
    /// Connections, newest first, without their credentials. `GET /connections`
    ///
    /// Awaited, it gives one page; [`stream`](Call::stream) gives all.
    pub fn list_connections(&self) -> Call<ListConnections<Map<String, Value>>> {
        Call::new(self, Method::GET, Ok(Path::fixed("/connections")))
    }

    /// A connection with its credentials, refreshed when they are about to expire. `GET /connections/{id}`
    pub fn get_connection(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<GetConnection<Map<String, Value>>> {
        self.connection_call(Method::GET, &integration.into(), &connection.into())
    }

    /// What calls to the provider carry, refreshed when it is about to expire. Do not keep it for longer than five
    /// minutes: ask again. `GET /connections/{id}`
    pub fn get_token(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<GetToken> {
        self.connection_call(Method::GET, &integration.into(), &connection.into())
    }

    /// The provider's own answer to the last token request, where it is kept. `GET /connections/{id}`
    pub fn get_raw_token_response(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<GetRawTokenResponse> {
        self.connection_call(Method::GET, &integration.into(), &connection.into())
    }

    /// Brings in a connection whose credentials you have. `POST /connections`
    pub fn import_connection(
        &self,
        integration: impl Into<IntegrationKey>,
        credentials: NewCredentials,
    ) -> Call<ImportConnection<Map<String, Value>>> {
        Call::new(self, Method::POST, Ok(Path::fixed("/connections")))
            .id_field("integration", "provider_config_key", integration.into().as_str())
            .field("credentials", credentials.into_map())
    }

    /// Changes end user, tags or webhook address. `PATCH /connections/{id}`
    pub fn patch_connection(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<PatchConnection> {
        self.connection_call(Method::PATCH, &integration.into(), &connection.into()).with(|request| {
            request.body = Body::Fields(Map::new());
            Ok(())
        })
    }

    /// Deletes a connection. `DELETE /connections/{id}`
    pub fn delete_connection(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
    ) -> Call<DeleteConnection> {
        self.connection_call(Method::DELETE, &integration.into(), &connection.into())
    }

    pub(super) fn connection_call<E>(
        &self,
        method: Method,
        integration: &IntegrationKey,
        connection: &ConnectionId,
    ) -> Call<E> {
        let path = Path::fixed("/connections").segment("connection_id", connection.as_str());
        Call::new(self, method, path).id_query("integration", "provider_config_key", integration.as_str())
    }
}

impl<M: DeserializeOwned + Send + 'static> Call<ListConnections<M>> {
    /// Reads the metadata as a type of your own.
    pub fn metadata_as<N: DeserializeOwned + Send>(self) -> Call<ListConnections<N>> {
        self.becoming()
    }

    /// Only connections of this id, in every integration.
    pub fn connection_id(self, connection: impl Into<ConnectionId>) -> Self {
        self.id_query("connection_id", "connectionId", connection.into().as_str())
    }

    /// Only connections in whose id, end user's name or e-mail address this text occurs.
    pub fn search(self, text: &str) -> Self {
        self.query("search", text)
    }

    /// Only connections of this end user.
    pub fn end_user(self, id: impl Into<EndUserId>) -> Self {
        self.id_query("end_user", "endUserId", id.into().as_str())
    }

    /// Only connections of this organization.
    pub fn organization(self, id: &str) -> Self {
        self.id_query("organization", "endUserOrganizationId", id)
    }

    /// Only connections of these integrations.
    pub fn integrations<K: Into<IntegrationKey>>(self, integrations: impl IntoIterator<Item = K>) -> Self {
        let keys: Vec<String> = integrations.into_iter().map(|key| key.into().into_string()).collect();
        self.id_query("integrations", "integrationId", &keys.join(","))
    }

    /// Only connections with this tag; several tags must all be there.
    pub fn tag(self, key: &str, value: &str) -> Self {
        self.query(&format!("tags[{}]", key.to_lowercase()), value)
    }

    /// At most this many; up to 2,000.
    pub fn limit(self, limit: u32) -> Self {
        self.with(|request| {
            request.query("limit", at_least_one("limit", limit)?);
            Ok(())
        })
    }

    /// Which page, from 0.
    pub fn page(self, page: u32) -> Self {
        self.query("page", page)
    }

    /// All connections that match, page by page, 100 of them at a time where [`limit`](Self::limit) does not say otherwise.
    ///
    /// Connections that are made or deleted meanwhile can shift the pages; sort out repetitions by
    /// [`ConnectionSummary::id`] where that matters.
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
    /// use futures_util::TryStreamExt;
    ///
    /// let mut connections = std::pin::pin!(bowline.list_connections().tag("plan", "pro").stream());
    /// while let Some(connection) = connections.try_next().await? {
    ///     println!("{}", connection.connection_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(self) -> impl Stream<Item = Result<ConnectionSummary<M>>> + Send + 'static {
        let Self { client, request, .. } = self;
        try_unfold(Pages::new(request), move |mut pages| {
            let client = client.clone();
            async move {
                if let (true, Some(page)) = (pages.ready.is_empty(), pages.next) {
                    let list = Call::<ListConnections<M>>::of(&client, pages.request(page)?).send().await?;
                    pages.next = (list.len() == pages.size as usize).then_some(page + 1);
                    pages.ready = list.into();
                }
                Ok(pages.ready.pop_front().map(|connection| (connection, pages)))
            }
        })
    }
}

/// Where a stream of connections stands.
struct Pages<M> {
    template: Option<Result<RequestSpec>>,
    size: u32,
    next: Option<u32>,
    ready: VecDeque<ConnectionSummary<M>>,
}

impl<M> Pages<M> {
    fn new(mut request: Result<RequestSpec>) -> Self {
        let mut number =
            |name| request.as_mut().ok().and_then(|request| request.take_query(name)?.parse().ok());
        let (size, first) = (number("limit").unwrap_or(100), number("page").unwrap_or(0));
        Self { template: Some(request), size, next: Some(first), ready: VecDeque::new() }
    }

    fn request(&mut self, page: u32) -> Result<RequestSpec> {
        // What is wrong with an argument is told once; the stream ends with it.
        let template = self.template.take().expect("a stream that failed is not asked again")?;
        let mut request = template.again().expect("it has no body");
        self.template = Some(Ok(template));
        request.query("limit", self.size);
        request.query("page", page);
        Ok(request)
    }
}

macro_rules! credential_options {
    ($endpoint:ident $(<$param:ident>)?) => {
        impl $(<$param>)? Call<$endpoint $(<$param>)?> {
            /// Refreshes the credentials first, however long they would last.
            pub fn force_refresh(self) -> Self {
                self.query("force_refresh", true)
            }

            /// Refreshes the token of a GitHub application's own first.
            pub fn refresh_github_app_jwt_token(self) -> Self {
                self.query("refresh_github_app_jwt_token", true)
            }
        }
    };
}
credential_options!(GetConnection<M>);
credential_options!(GetToken);
credential_options!(GetRawTokenResponse);

impl<M> Call<GetConnection<M>> {
    /// Reads the metadata as a type of your own.
    pub fn metadata_as<N: DeserializeOwned + Send>(self) -> Call<GetConnection<N>> {
        self.becoming()
    }

    /// Also the refresh token.
    pub fn refresh_token(self) -> Self {
        self.query("refresh_token", true)
    }
}

impl<M> Call<ImportConnection<M>> {
    /// The new connection's id; a UUID when it is not set. A connection that has it is replaced.
    pub fn connection_id(self, connection: impl Into<ConnectionId>) -> Self {
        self.id_field("connection_id", "connection_id", connection.into().as_str())
    }

    /// Data of your own, which must be a JSON object.
    pub fn metadata<N: Serialize + DeserializeOwned + Send>(self, metadata: &N) -> Call<ImportConnection<N>> {
        self.field("metadata", metadata).becoming()
    }

    /// Values that go into the provider's addresses and headers.
    pub fn connection_config(self, config: &Map<String, Value>) -> Self {
        self.field("connection_config", config)
    }
}

macro_rules! label_options {
    ($endpoint:ident $(<$param:ident>)?) => {
        impl $(<$param>)? Call<$endpoint $(<$param>)?> {
            /// Whose account it is.
            pub fn end_user(self, user: &EndUser) -> Self {
                self.field("end_user", user)
            }

            /// Short labels, in place of the old ones.
            pub fn tags(self, tags: &Tags) -> Self {
                self.field("tags", tags)
            }

            /// Where this connection's webhooks go instead of the environment's address; empty clears it.
            pub fn webhook_url_override(self, url: &str) -> Self {
                self.field("webhook_url_override", url)
            }
        }
    };
}
label_options!(ImportConnection<M>);
label_options!(PatchConnection);
