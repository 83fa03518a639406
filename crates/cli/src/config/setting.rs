//! What a setting's text can mean. Every layer gives texts, so that each value is read in one way only.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bowline_domain::Secret;
use url::Url;

/// The form of a setting's value, for the reference, the schema and the reading of TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number from zero on.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A number with a unit.
    Duration,
    /// Several texts.
    List,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Several of these.
    Choices(&'static [&'static str]),
    /// A text that is never shown.
    Secret,
}

impl Kind {
    /// In words, for the reference.
    pub fn describe(self) -> String {
        let listed =
            |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Text => "text".to_owned(),
            Self::Integer => "number".to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Duration => "time span, such as `100ms`, `30s`, `15m`, `1h`".to_owned(),
            Self::List => "list, as a TOML array or separated by commas".to_owned(),
            Self::Choice(names) => format!("one of {}", listed(names)),
            Self::Choices(names) => format!("list of {}", listed(names)),
            Self::Secret => "secret text".to_owned(),
        }
    }
}

/// A type that a setting can have.
pub trait Setting: Sized {
    /// Its form.
    const KIND: Kind;

    /// Reads a text that is not empty, or says what would be right; the message never repeats the text.
    fn parse(text: &str) -> Result<Self, String>;

    /// What an empty text means, if it may be empty.
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Setting> Setting for Option<T> {
    const KIND: Kind = T::KIND;

    fn parse(text: &str) -> Result<Self, String> {
        T::parse(text).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

macro_rules! parsed {
    ($($kind:ident $ty:ty: $expected:literal;)+) => {$(
        impl Setting for $ty {
            const KIND: Kind = Kind::$kind;

            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| $expected.to_owned())
            }
        }
    )+};
}

parsed! {
    Integer u64: "a whole number is expected";
    Integer u32: "a whole number is expected";
    Integer i32: "a whole number is expected";
    Integer usize: "a whole number is expected";
    Boolean bool: "`true` or `false` is expected";
    Text SocketAddr: "an address and port are expected, such as 127.0.0.1:3003";
    Text PathBuf: "a path is expected";
}

impl Setting for Secret {
    const KIND: Kind = Kind::Secret;

    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self::new(text.to_owned()))
    }
}

/// A web address without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(pub String);

impl Setting for WebAddress {
    const KIND: Kind = Kind::Text;

    fn parse(text: &str) -> Result<Self, String> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err("an http or https URL without a query is expected".to_owned()),
        }
    }
}

/// Texts separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(pub Vec<String>);

impl Setting for Texts {
    const KIND: Kind = Kind::List;

    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self(split(text, &[',']).map(str::to_owned).collect()))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// Paths separated by commas or colons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths(pub Vec<PathBuf>);

impl Setting for Paths {
    const KIND: Kind = Kind::List;

    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self(split(text, &[',', ':']).map(PathBuf::from).collect()))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// The parts of a list, without spaces around them and without empty ones.
pub fn split<'t>(text: &'t str, separators: &'t [char]) -> impl Iterator<Item = &'t str> {
    text.split(separators).map(str::trim).filter(|part| !part.is_empty())
}

impl Setting for Duration {
    const KIND: Kind = Kind::Duration;

    fn parse(text: &str) -> Result<Self, String> {
        parse_duration(text)
            .ok_or_else(|| "a time span is expected, such as 100ms, 30s, 15m or 1h".to_owned())
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(milliseconds).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_span_needs_its_unit() {
        assert_eq!(Duration::parse("100ms"), Ok(Duration::from_millis(100)));
        assert_eq!(Duration::parse("15m"), Ok(Duration::from_secs(900)));
        for wrong in ["15", "m", "1.5h", "-1s", "99999999999999999999s", "1 fortnight"] {
            assert!(Duration::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn paths_are_separated_by_commas_or_colons() {
        let paths = Paths::parse("a.yaml:/b, c/").unwrap();
        assert_eq!(paths.0, ["a.yaml", "/b", "c/"].map(PathBuf::from));
    }
}
