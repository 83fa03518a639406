//! Rules for short texts that come from outside (spec `api.md` §3.3).

use thiserror::Error;

/// Why a text was refused; each variant maps to one validation item code on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextProblem {
    /// Fewer characters than allowed (`too_small`).
    #[error("Too small: expected string to have >={min} characters")]
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More characters than allowed (`too_big`).
    #[error("Too big: expected string to have <={max} characters")]
    TooLong {
        /// The greatest number of characters.
        max: usize,
    },
    /// A character or form that the rule does not allow (`invalid_format`).
    #[error("Invalid string: must match pattern {pattern}")]
    BadFormat {
        /// The rule, as a regular expression a reader knows.
        pattern: &'static str,
    },
}

/// Checks the length in characters.
pub fn check_length(text: &str, min: usize, max: usize) -> Result<(), TextProblem> {
    let length = text.chars().count();
    if length < min {
        return Err(TextProblem::TooShort { min });
    }
    if length > max {
        return Err(TextProblem::TooLong { max });
    }
    Ok(())
}

fn check(text: &str, pattern: &'static str, allowed: impl Fn(char) -> bool) -> Result<(), TextProblem> {
    check_length(text, 1, 255)?;
    if text.chars().all(allowed) { Ok(()) } else { Err(TextProblem::BadFormat { pattern }) }
}

/// `^[a-zA-Z0-9~:.@ _-]+$`, 1 to 255 characters.
pub fn check_integration_key(text: &str) -> Result<(), TextProblem> {
    check(text, "/^[a-zA-Z0-9~:.@ _-]+$/", |c| c.is_ascii_alphanumeric() || "~:.@ _-".contains(c))
}

/// The characters the protocol allows in connection ids, 1 to 255 of them.
pub fn check_connection_key(text: &str) -> Result<(), TextProblem> {
    check(text, "/^[a-zA-Z0-9,.;:=+~[\\]|@${}\"'\\\\/_ -]+$/", |c| {
        c.is_ascii_alphanumeric() || ",.;:=+~[]|@${}\"'\\/_ -".contains(c)
    })
}

/// `^[a-zA-Z0-9_-]+$`, 1 to 255 characters.
pub fn check_provider_name(text: &str) -> Result<(), TextProblem> {
    check(text, "/^[a-zA-Z0-9_-]+$/", |c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// `^[a-zA-Z0-9_-]+$`, 1 to 255 characters.
pub fn check_function_name(text: &str) -> Result<(), TextProblem> {
    check_provider_name(text)
}

/// `^[a-z0-9_-]+$`, 1 to 255 characters.
pub fn check_environment_name(text: &str) -> Result<(), TextProblem> {
    check(text, "/^[a-z0-9_-]+$/", |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

/// A kind, a name and a variant with colons between: 8 + 255 + 255 characters and 2.
const CHECKPOINT_KEY_CHARS_MAX: usize = 520;

/// 1 to 255 characters other than NUL, which not every database can hold.
pub fn check_lock_key(text: &str) -> Result<(), TextProblem> {
    check(text, "/^[^\\0]+$/", |c| c != '\0')
}

/// 1 to 520 printable ASCII characters.
pub fn check_checkpoint_key(text: &str) -> Result<(), TextProblem> {
    check_length(text, 1, CHECKPOINT_KEY_CHARS_MAX)?;
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_printable { Ok(()) } else { Err(TextProblem::BadFormat { pattern: "/^[ -~]+$/" }) }
}

/// A plausible e-mail address: one `@`, a dotted domain, no spaces, at least five characters.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let domain_ok = domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let local_ok = !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
    text.len() >= 5 && local_ok && domain_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_keys_take_the_protocols_odd_characters_and_no_others() {
        assert!(check_connection_key("a,b;c:d=e+f~[g]|@${h}\"'\\/_ -").is_ok());
        assert!(check_connection_key("a?b").is_err());
        assert!(check_connection_key("é").is_err());
        assert!(check_connection_key("").is_err());
        assert!(check_connection_key(&"x".repeat(256)).is_err());
    }

    #[test]
    fn lock_keys_are_any_short_text_without_nul() {
        assert!(check_lock_key("größe / 1\n").is_ok());
        assert!(check_lock_key(&"é".repeat(255)).is_ok());
        for bad in ["", "a\0b", "x".repeat(256).as_str()] {
            assert!(check_lock_key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn checkpoint_keys_have_room_for_the_longest_names() {
        let longest = format!("on-event:{}:{}", "n".repeat(255), "v".repeat(255));
        assert!(check_checkpoint_key(&longest).is_ok());
        for bad in ["", "sync:é", "sync:\n", format!("{longest}x").as_str()] {
            assert!(check_checkpoint_key(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn emails_need_a_local_part_and_a_dotted_domain() {
        assert!(is_email("a.b+c@example.com"));
        for bad in ["@example.com", "a@b", "a@b..c", "a b@example.com", "a@exa mple.com", "a@@b.com"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
