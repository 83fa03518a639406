//! Where providers leave the standard: what their token calls look like, as data.
//!
//! A dialect applies to the providers it names and to their aliases. What data cannot say is code in a file of
//! its own, named by [`Signing`] (before a call) or [`FollowUp`] (after it).

mod answer;
mod bullhorn;
mod follow;
mod meta;
mod microsoft;
mod shape;
mod signing;
mod slack;
mod table;
#[cfg(test)]
mod tests;

use bowline_domain::provider::Provider;

pub use answer::{Answer, Answered};
pub use follow::FollowUp;
pub use shape::{ClientAuth, Shape, Source, Verb};
pub use signing::Signing;

/// What a refresh proves that it may have a new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshProof {
    /// The refresh token (RFC 6749 §6).
    RefreshToken,
    /// The access token itself, as long as it is good.
    AccessToken,
    /// The client alone.
    Client,
}

/// How one provider's token endpoint is spoken to.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The providers.
    pub names: &'static [&'static str],
    /// The code exchange.
    pub exchange: Shape,
    /// The refresh.
    pub refresh: Shape,
    /// What a refresh shows.
    pub proof: RefreshProof,
    /// Reads the exchange's answer.
    pub exchanged: Answer,
    /// Reads the refresh's answer.
    pub refreshed: Answer,
    /// With this connection setting `true`, a refresh never replaces the refresh token.
    pub pins_refresh_token: Option<&'static str>,
    /// What is signed before a call.
    pub signing: Signing,
    /// What comes after a call.
    pub follow_up: FollowUp,
}

impl Dialect {
    /// RFC 6749, with what the definition says.
    pub const STANDARD: Self = Self {
        names: &[],
        exchange: Shape::STANDARD,
        refresh: Shape::STANDARD,
        proof: RefreshProof::RefreshToken,
        exchanged: Answer::STANDARD,
        refreshed: Answer::STANDARD,
        pins_refresh_token: None,
        signing: Signing::None,
        follow_up: FollowUp::None,
    };

    /// The provider's dialect, by its name or else by that of the provider it was derived from.
    pub fn of(provider: &Provider) -> &'static Self {
        let named = |name: &str| table::DIALECTS.iter().find(|dialect| dialect.names.contains(&name));
        named(&provider.name).or_else(|| provider.alias.as_deref().and_then(named)).unwrap_or(&Self::STANDARD)
    }
}

/// What a refresh at this provider shows to get a new token.
pub fn refresh_proof(provider: &Provider) -> RefreshProof {
    Dialect::of(provider).proof
}
