//! What Bowline knows about a third-party API: how to authorize, where to send calls, what to ask the user.
//!
//! A provider exists in three shapes:
//! - the *layout*: one readable file per provider, grouped in sections (`providers/README.md`);
//! - the *wire* object: the flat snake_case object of `GET /providers`, which is also the stored form;
//! - [`Provider`]: the typed value the engine works with.
//!
//! [`layout::LAYOUT`] is the one table that ties the first two together; [`Provider::from_wire`] makes the
//! third. Nothing here reads files or knows YAML. This module uses nothing of the rest of the crate, because
//! the build script of `bowline-catalog` compiles it too.
//!
//! Start reading at [`definition::Provider`].

pub mod alias;
pub mod api;
pub mod auth_mode;
pub mod defaults;
pub mod definition;
pub mod exception;
pub mod field;
pub mod format;
pub mod kind;
pub mod layout;
pub mod paginate;
pub mod pattern;
pub mod problem;
pub mod template;
pub mod token;
pub mod validate;

pub use alias::{AliasError, resolve_aliases};
pub use api::{ApiDefinition, RetryInBody, RetryRules, Verification};
pub use auth_mode::{AuthMode, UnknownAuthMode};
pub use definition::{Provider, ProviderParseError};
pub use field::{FieldProblem, FieldSchema, VisibleWhen};
pub use layout::{check_wire, layout_path, wire_from_layout};
pub use pattern::Pattern;
pub use problem::{Problem, Rule};
pub use token::{
    Assertion, OneOrMany, Seconds, SignedToken, TokenResponse, TokenSignature, TokenStep, TokenUrl,
};
pub use validate::validate;
