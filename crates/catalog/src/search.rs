//! Searching names.

/// Whether `search` occurs in `name`, whatever the case. `.` stands for any character: the reference takes
/// the text for a regular expression, and of the characters it admits only the dot has a meaning there.
pub(crate) fn matches(name: &str, search: &str) -> bool {
    let (name, search) = (name.as_bytes(), search.as_bytes());
    if search.is_empty() {
        return true;
    }
    let same = |(have, want): (&u8, &u8)| *want == b'.' || have.eq_ignore_ascii_case(want);
    name.windows(search.len()).any(|window| window.iter().zip(search).all(same))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn finds_text_anywhere_in_the_name_whatever_the_case() {
        assert!(matches("google-mail", "MAIL"));
        assert!(matches("google-mail", ""));
        assert!(!matches("google-mail", "mails"));
        assert!(!matches("box", "dropbox"));
    }

    #[test]
    fn a_dot_matches_any_character() {
        assert!(matches("google-mail", "e.m"));
        assert!(!matches("google-mail", "il."));
    }
}
