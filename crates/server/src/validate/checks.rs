//! Checks of single texts, beside those of `bowline_domain::text`.

use bowline_api::error::IssueCode;
use bowline_domain::tags::TagsProblem;
use bowline_domain::text::{self, TextProblem};

/// Also what a column or tag of another system takes.
const EMAIL_CHARS_MAX: usize = 255;

/// Why a value was refused: an issue without its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of issue.
    pub code: IssueCode,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// A refusal by a rule of no particular kind.
    pub fn custom(message: impl Into<String>) -> Self {
        Self { code: IssueCode::Custom, message: message.into() }
    }

    /// A text of another form than required.
    pub fn format(message: impl Into<String>) -> Self {
        Self { code: IssueCode::InvalidFormat, message: message.into() }
    }

    /// None of a few allowed values.
    pub fn value(message: impl Into<String>) -> Self {
        Self { code: IssueCode::InvalidValue, message: message.into() }
    }

    /// None of the forms a field may have.
    pub fn union(message: impl Into<String>) -> Self {
        Self { code: IssueCode::InvalidUnion, message: message.into() }
    }
}

impl From<TextProblem> for Refusal {
    fn from(problem: TextProblem) -> Self {
        let code = match problem {
            TextProblem::TooShort { .. } => IssueCode::TooSmall,
            TextProblem::TooLong { .. } => IssueCode::TooBig,
            TextProblem::BadFormat { .. } => IssueCode::InvalidFormat,
        };
        Self { code, message: problem.to_string() }
    }
}

impl From<&TagsProblem> for Refusal {
    fn from(problem: &TagsProblem) -> Self {
        let code = match problem {
            TagsProblem::BadKey(_) => IssueCode::InvalidKey,
            TagsProblem::TooMany
            | TagsProblem::DuplicateKey(_)
            | TagsProblem::BadValue(_)
            | TagsProblem::BadEmail(_) => IssueCode::Custom,
        };
        Self { code, message: problem.to_string() }
    }
}

/// Any text.
pub fn any_text(_: &str) -> Result<(), Refusal> {
    Ok(())
}

/// A text of `min` to `max` characters.
pub fn length(min: usize, max: usize) -> impl Fn(&str) -> Result<(), TextProblem> {
    move |text| text::check_length(text, min, max)
}

/// An absolute URL.
pub fn url(text: &str) -> Result<(), Refusal> {
    match url::Url::parse(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::format("Invalid URL")),
    }
}

/// A UUID in its usual form.
pub fn uuid(text: &str) -> Result<(), Refusal> {
    let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    if is_uuid { Ok(()) } else { Err(Refusal::format("Invalid UUID")) }
}

/// A plausible e-mail address of five to 255 characters.
pub fn email(text: &str) -> Result<(), Refusal> {
    text::check_length(text, 0, EMAIL_CHARS_MAX)?;
    if text::is_email(text) { Ok(()) } else { Err(Refusal::format("Invalid email address")) }
}
