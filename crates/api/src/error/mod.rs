//! How errors look on the wire: [`ErrorCode`] is the table, [`ClassicError`] and [`ModernError`] the forms.

mod code;
mod envelope;

pub use code::ErrorCode;
pub use envelope::{
    ClassicBody, ClassicError, Issue, IssueCode, ModernBody, ModernError, RateLimitBody, RateLimitError,
    ScriptBody, ScriptError,
};
