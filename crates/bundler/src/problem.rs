//! What is wrong with a function, and where.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One thing that keeps a function from being bundled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the project where it lies inside.
    pub file: PathBuf,
    /// The line, from 1; 0 where no place is known.
    pub line: u32,
    /// The column in characters, from 1; 0 where no place is known.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line itself with a mark below it, where the place is known.
    pub frame: Option<String>,
}

/// Everything that keeps a function from being bundled; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    /// A problem of a file as a whole.
    pub(crate) fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, message: message.into(), hint: None, frame: None }
    }

    /// A problem at bytes of a file's text.
    pub(crate) fn at(file: &Path, text: &str, bytes: Range<usize>, message: impl Into<String>) -> Self {
        let start = floor(text, bytes.start);
        let line_start = text[..start].rfind('\n').map_or(0, |index| index + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let number = text[..start].matches('\n').count() + 1;
        let before = text[line_start..start].chars().count();
        let end = floor(text, bytes.end).clamp(start, line_start + line.len().max(start - line_start));
        let length = text[start..end].chars().count().max(1);
        Self {
            line: u32::try_from(number).unwrap_or(u32::MAX),
            column: u32::try_from(before + 1).unwrap_or(u32::MAX),
            frame: Some(frame(number, line, before, length)),
            ..Self::of_file(file, message)
        }
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The line with its number, and carets below the characters that are meant.
fn frame(number: usize, line: &str, before: usize, length: usize) -> String {
    let number = number.to_string();
    // A tab keeps its width in the line below, so that the carets stand where they should.
    let indent: String = line.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let margin = " ".repeat(number.len());
    format!("{number} | {line}\n{margin} | {indent}{}", "^".repeat(length))
}

/// The nearest boundary between characters at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, hint, frame } = self;
        write!(formatter, "{}", file.display())?;
        if *line > 0 {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {message}")?;
        if let Some(frame) = frame {
            write!(formatter, "\n{frame}")?;
        }
        if let Some(hint) = hint {
            write!(formatter, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let gap = if index > 0 { "\n\n" } else { "" };
            write!(formatter, "{gap}{problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Problem;

    #[test]
    fn a_problem_names_its_place_in_characters_and_marks_it() {
        let text = "const a = 1;\n\tconst é = nango.get();\nend";
        let start = text.find("nango").unwrap();
        let problem =
            Problem::at(Path::new("a.ts"), text, start..start + 5, "not awaited").with_hint("await it");
        let shown =
            "a.ts:2:12: not awaited\n2 | \tconst é = nango.get();\n  | \t          ^^^^^\nhint: await it";
        assert_eq!(problem.to_string(), shown);
    }

    #[test]
    fn a_place_behind_the_end_or_inside_a_character_is_still_a_place() {
        let text = "é";
        assert_eq!(Problem::at(Path::new("a.ts"), text, 1..9, "odd").column, 1);
        assert_eq!(Problem::at(Path::new("a.ts"), text, 7..9, "odd").column, 2);
        assert_eq!(Problem::at(Path::new("a.ts"), "", 0..0, "odd").line, 1);
    }
}
