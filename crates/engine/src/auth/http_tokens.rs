//! The token client that speaks HTTP.

use async_trait::async_trait;

use super::{
    aws, bill, client_credentials, github_app, introspection, mcp, oauth2, signed_token, two_step, wsse,
};
use crate::credential::CredentialKind;
use crate::credential::refresh::{Refreshed, TokenClient, TokenError, TokenRefresh};
use crate::integration::IntegrationCredentials;
use crate::outbound::Outbound;

/// Renews credentials at the providers' token endpoints.
pub struct HttpTokenClient(Outbound);

impl HttpTokenClient {
    /// A client whose calls leave through `outbound`.
    pub fn new(outbound: Outbound) -> Self {
        Self(outbound)
    }
}

#[async_trait]
impl TokenClient for HttpTokenClient {
    async fn refresh(&self, request: TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
        let fetched = self.fetch(&request).await?;
        let TokenRefresh { provider, integration, now, .. } = request;
        Ok(introspection::with_end(&self.0, provider, integration, fetched, now).await)
    }
}

impl HttpTokenClient {
    async fn fetch(&self, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
        match request.credentials.kind() {
            CredentialKind::Oauth2 => match mcp::resolved(request.provider, request.config)? {
                None => oauth2::refresh(&self.0, request).await,
                Some(provider) => {
                    // Its client is the connection's own; the application has none at a server that a user chose.
                    let integration = &IntegrationCredentials::default();
                    let own = TokenRefresh { provider: &provider, integration, ..*request };
                    oauth2::refresh(&self.0, &own).await
                }
            },
            CredentialKind::Oauth2Cc => client_credentials::refresh(&self.0, request).await,
            CredentialKind::App => github_app::refresh(&self.0, request).await,
            CredentialKind::Jwt => signed_token::refresh(request),
            CredentialKind::TwoStep => two_step::refresh(&self.0, request).await,
            CredentialKind::Bill => bill::refresh(&self.0, request).await,
            CredentialKind::Signature => wsse::refresh(request),
            CredentialKind::AwsSigv4 => aws::refresh(&self.0, request).await,
            kind => Err(TokenError::Unbuildable {
                code: "unsupported_auth",
                message: format!("credentials of type {} cannot be refreshed", kind.as_str()),
            }),
        }
    }
}
