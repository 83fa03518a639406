//! Types, checked by the compiler that the project itself has installed.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::Problem;

const COMPILER: &str = "node_modules/.bin/tsc";

/// What became of the check.
#[derive(Debug)]
pub enum Types {
    /// The project has no compiler.
    NotChecked,
    /// Everything that it found.
    Checked(Vec<Problem>),
}

/// Runs the project's own compiler over its `tsconfig.json`.
///
/// # Errors
/// When the compiler is there and cannot be run.
pub fn check_types(root: &Path) -> Result<Types> {
    let compiler = root.join(COMPILER);
    if !compiler.exists() {
        return Ok(Types::NotChecked);
    }
    let mut command = Command::new(&compiler);
    command.args(["--noEmit", "--pretty", "false"]).current_dir(root).stdin(Stdio::null());
    let output = command.output().with_context(|| format!("{} cannot be run", compiler.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut problems = problems(&text);
    if problems.is_empty() && !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let said = [text.trim(), error.trim()].join(" ");
        problems.push(Problem::of_file(Path::new("tsconfig.json"), format!("tsc failed: {}", said.trim())));
    }
    Ok(Types::Checked(problems))
}

/// `file(line,column): error TS2322: message`, followed by indented lines of the same message.
fn problems(text: &str) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for line in text.lines() {
        if let Some(problem) = problem(line) {
            problems.push(problem);
        } else if let (true, Some(last)) = (line.starts_with(' '), problems.last_mut()) {
            last.message.push_str(&format!("\n{line}"));
        }
    }
    problems
}

fn problem(line: &str) -> Option<Problem> {
    let (place, message) = line.split_once(": error ")?;
    let (file, position) = place.strip_suffix(')')?.rsplit_once('(')?;
    let (line, column) = position.split_once(',')?;
    Some(Problem::at(file, line.parse().ok()?, column.parse().ok()?, message))
}

#[cfg(test)]
mod tests {
    use super::problems;

    #[test]
    fn errors_of_the_compiler_are_read_with_their_places() {
        let text = "a/b (c).ts(3,7): error TS2322: Type 'x'.\n  Because of y.\nFound 1 error.\n";
        let found = problems(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].to_string(), "a/b (c).ts:3:7: TS2322: Type 'x'.\n  Because of y.");
    }
}
