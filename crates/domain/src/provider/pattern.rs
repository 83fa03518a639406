//! Matching the patterns of form fields against what strangers type.
//!
//! Patterns are ECMAScript, and their engine backtracks: a host name pattern as harmless as
//! `^a(\.[a-z]([a-z]*[a-z])?)*$` takes seconds for an input of 100 characters. So whatever can be is given
//! to an engine whose time is linear; leading lookaheads, which it lacks, are split off and matched one by one.

use super::field::CHECKED_CHARS_MAX;

/// Longest input for a pattern that only the backtracking engine understands.
pub const BACKTRACKED_CHARS_MAX: usize = 64;

/// A compiled pattern.
#[derive(Debug)]
pub enum Pattern {
    /// Matched in linear time.
    Linear(LinearPattern),
    /// Too ECMAScript for that.
    Backtracking(Box<regress::Regex>),
}

/// `^(?!refused)…(?=required)…rest`, in parts.
#[derive(Debug)]
pub struct LinearPattern {
    lookaheads: Vec<(bool, regex_lite::Regex)>,
    rest: regex_lite::Regex,
}

impl Pattern {
    /// Compiles an ECMAScript pattern.
    pub fn new(pattern: &str) -> Result<Self, regress::Error> {
        let ecmascript = regress::Regex::new(pattern)?;
        Ok(linear(pattern).map_or_else(|| Self::Backtracking(Box::new(ecmascript)), Self::Linear))
    }

    /// How many characters may be matched safely.
    pub const fn chars_max(&self) -> usize {
        match self {
            Self::Linear(_) => CHECKED_CHARS_MAX,
            Self::Backtracking(_) => BACKTRACKED_CHARS_MAX,
        }
    }

    /// Whether the pattern occurs in `value`.
    pub fn is_match(&self, value: &str) -> bool {
        match self {
            Self::Linear(linear) => {
                let holds = |(wanted, regex): &(bool, regex_lite::Regex)| regex.is_match(value) == *wanted;
                linear.lookaheads.iter().all(holds) && linear.rest.is_match(value)
            }
            Self::Backtracking(regex) => regex.find(value).is_some(),
        }
    }
}

fn linear(pattern: &str) -> Option<LinearPattern> {
    let mut lookaheads = Vec::new();
    let mut rest = pattern.strip_prefix('^').unwrap_or(pattern);
    while pattern.starts_with('^') {
        let wanted = match rest.get(..3) {
            Some("(?!") => false,
            Some("(?=") => true,
            _ => break,
        };
        let end = group_end(rest)?;
        lookaheads.push((wanted, regex_lite::Regex::new(&format!("^(?:{})", &rest[3..end])).ok()?));
        rest = &rest[end + 1..];
    }
    if lookaheads.is_empty() {
        rest = pattern;
    } else if has_bare_alternative(rest) {
        return None;
    }
    let anchor = if lookaheads.is_empty() { "" } else { "^" };
    let rest = regex_lite::Regex::new(&format!("{anchor}{rest}")).ok()?;
    Some(LinearPattern { lookaheads, rest })
}

/// Where the group that `text` starts with is closed.
fn group_end(text: &str) -> Option<usize> {
    Structure::of(text).find(|(depth, c, _)| *depth == 0 && *c == ')').map(|(_, _, at)| at)
}

/// Whether `|` stands outside every group, where it would also divide the split-off lookaheads.
fn has_bare_alternative(text: &str) -> bool {
    Structure::of(text).any(|(depth, c, _)| depth == 0 && c == '|')
}

/// The characters of a pattern that have a meaning: escapes and classes are passed over.
struct Structure<'a> {
    chars: std::str::CharIndices<'a>,
    depth: usize,
}

impl<'a> Structure<'a> {
    fn of(text: &'a str) -> Self {
        Self { chars: text.char_indices(), depth: 0 }
    }

    fn skip_class(&mut self) {
        while let Some((_, c)) = self.chars.next() {
            match c {
                '\\' => drop(self.chars.next()),
                ']' => return,
                _ => {}
            }
        }
    }
}

impl Iterator for Structure<'_> {
    /// Depth after the character, the character, and where it is.
    type Item = (usize, char, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (at, c) = self.chars.next()?;
            match c {
                '\\' => drop(self.chars.next()),
                '[' => self.skip_class(),
                '(' => self.depth += 1,
                ')' => self.depth = self.depth.checked_sub(1)?,
                _ => {}
            }
            if !matches!(c, '\\' | '[') {
                return Some((self.depth, c, at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_lookaheads_are_matched_in_linear_time() {
        let pattern =
            Pattern::new(r"^(?!(?:.*\.)?bad\.com$)[a-z]([a-z]{0,61}[a-z])?(\.[a-z]([a-z]{0,61}[a-z])?)*$")
                .unwrap();
        assert!(matches!(pattern, Pattern::Linear(_)));
        assert!(pattern.is_match("very.good.com"));
        assert!(!pattern.is_match("very.bad.com"));
        assert!(!pattern.is_match(&("abc.".repeat(500) + "!")));
    }

    #[test]
    fn a_bare_alternative_keeps_its_meaning() {
        let pattern = Pattern::new("^(?!a)b|c").unwrap();
        assert!(matches!(pattern, Pattern::Backtracking(_)));
        assert!(pattern.is_match("xc"));
    }

    #[test]
    fn what_only_ecmascript_knows_is_limited_to_short_inputs() {
        let pattern = Pattern::new(r"(a)\1(?=b)").unwrap();
        assert_eq!(pattern.chars_max(), BACKTRACKED_CHARS_MAX);
        assert!(pattern.is_match("aab"));
        assert!(!pattern.is_match("aac"));
    }

    #[test]
    fn patterns_are_found_anywhere_unless_anchored() {
        assert!(Pattern::new("[0-9]+").unwrap().is_match("ab12"));
        assert!(!Pattern::new("^[0-9]+$").unwrap().is_match("ab12"));
    }
}
