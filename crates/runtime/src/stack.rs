//! From places in the code that runs to places in the file that its author wrote.

use sourcemap::SourceMap;

use crate::program::{Program, SyntaxError, first_line_shift};

/// Frames of a stack that are kept (functions.md §3.3).
const FRAMES_MAX: usize = 10;

/// The frames that stand in the author's code, as V8 writes them: `    at name (file:line:column)`.
pub(crate) fn author_frames(program: &Program, stack: &[String]) -> Vec<String> {
    stack
        .iter()
        .filter_map(|line| Frame::parse(line))
        .filter(|frame| frame.file == program.file())
        .take(FRAMES_MAX)
        .map(|frame| frame.in_original(program.map()))
        .collect()
}

/// The line and column of the first frame in `file`.
pub(crate) fn place(stack: &str, file: &str) -> Option<(u32, u32)> {
    let frame = stack.lines().filter_map(Frame::parse).find(|frame| frame.file == file)?;
    Some((frame.line, frame.column))
}

/// The error as its author would look for it.
pub(crate) fn original_place(
    error: SyntaxError,
    map: impl FnOnce() -> Option<SourceMap>,
    file: &str,
) -> SyntaxError {
    if error.line == 0 {
        return error;
    }
    let frame = Frame { function: "", file, line: error.line, column: error.column };
    let (file, line, column) = frame.original(map().as_ref());
    SyntaxError { file, line, column, message: error.message }
}

/// One line of a stack.
struct Frame<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
}

impl<'a> Frame<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let text = line.trim().strip_prefix("at ")?;
        let (function, place) = match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
            Some((function, place)) => (function, place),
            None => ("", text),
        };
        let (rest, column) = place.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        Some(Self { function, file, line: line.parse().ok()?, column: column.parse().ok()? })
    }

    fn in_original(&self, map: Option<&SourceMap>) -> String {
        let (file, line, column) = self.original(map);
        match self.function {
            "" | "<anonymous>" => format!("    at {file}:{line}:{column}"),
            function => format!("    at {function} ({file}:{line}:{column})"),
        }
    }

    /// The place in the author's file; where there is no map, the place in the code without our head.
    fn original(&self, map: Option<&SourceMap>) -> (String, u32, u32) {
        let shift = if self.line == 1 { first_line_shift() } else { 0 };
        let column = self.column.saturating_sub(shift).max(1);
        let token = map.and_then(|map| map.lookup_token(self.line.saturating_sub(1), column - 1));
        match token.and_then(|token| Some((token.get_source()?, token))) {
            Some((source, token)) => {
                let file = source.trim_start_matches("../").to_owned();
                (file, token.get_src_line() + 1, token.get_src_col() + 1)
            }
            None => (self.file.to_owned(), self.line, column),
        }
    }
}
