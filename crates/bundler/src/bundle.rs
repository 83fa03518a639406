//! One function's files made into one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use rolldown::Bundler as Rolldown;
use rolldown::plugin::__inner::SharedPluginable;

use crate::options::{options, relative};
use crate::plugin::{Findings, Inspection};
use crate::problem::{Problem, Problems};
use crate::project::{Entry, Style};

/// A function as it is deployed.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// CommonJS, ending in a comment that holds the source map.
    pub js: String,
    /// The text of the function's own file.
    pub ts: String,
    /// What the function is, where it says so with `createSync`, `createAction` or `createOnEvent`.
    pub kind: Option<Kind>,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Made by `createSync`.
    Sync,
    /// Made by `createAction`.
    Action,
    /// Made by `createOnEvent`.
    OnEvent,
}

impl Kind {
    /// The word that marks the kind in a compiled function.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Action => "action",
            Self::OnEvent => "onEvent",
        }
    }
}

/// Bundles the functions of one project.
#[derive(Clone, Debug)]
pub struct Bundler {
    root: PathBuf,
    style: Style,
}

impl Bundler {
    /// A bundler for the project in a folder.
    pub fn new(root: &Path) -> Self {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self { style: Style::of(&root), root }
    }

    /// Checks one function and makes one file of it. Needs a Tokio runtime.
    ///
    /// # Errors
    /// Every problem found: syntax, files that are not there, rules that the function breaks.
    pub async fn bundle(&self, entry: &Path) -> Result<Bundle, Problems> {
        let name = relative(&self.root, entry);
        let ts = fs::read_to_string(entry).map_err(|error| {
            Problems(vec![Problem::of_file(&name, format!("the file cannot be read: {error}"))])
        })?;
        let this = self.clone();
        let path = entry.to_owned();
        // In a task of its own, so that a panic inside the bundler is an answer like any other.
        let made = tokio::spawn(async move { this.run(&path).await }).await;
        let failed = |_| Problems(vec![Problem::of_file(&name, "the bundler failed at this file")]);
        let (js, kind) = made.map_err(failed)??;
        Ok(Bundle { js, ts, kind })
    }

    async fn run(&self, entry: &Path) -> Result<(String, Option<Kind>), Problems> {
        let findings = Arc::new(Findings::default());
        let plugin: SharedPluginable =
            Arc::new(Inspection::new(self.root.clone(), self.style, Arc::clone(&findings)));
        let output = match Rolldown::with_plugins(options(&self.root, entry), vec![plugin]) {
            Ok(mut rolldown) => rolldown.generate().await,
            Err(error) => Err(error),
        };
        let mut problems = findings.problems();
        match output {
            Ok(output) if problems.is_empty() => {
                let js = output.assets.first().map(|asset| asset.content_as_bytes()).unwrap_or_default();
                Ok((String::from_utf8_lossy(js).into_owned(), findings.kind()))
            }
            Ok(_) => Err(Problems(problems)),
            Err(errors) => {
                for error in errors.into_vec() {
                    let diagnostic = error.to_diagnostic();
                    let place = diagnostic.get_primary_location();
                    let problem = self.problem_of(entry, &error.to_string(), &diagnostic.kind(), place);
                    // An import that a rule refuses already is mostly one that cannot be found either.
                    if !problems
                        .iter()
                        .any(|known| (&known.file, known.line) == (&problem.file, problem.line))
                    {
                        problems.push(problem);
                    }
                }
                Err(Problems(problems))
            }
        }
    }

    /// The file that the bundler names relative to the project, or to where this process runs.
    fn place_of(&self, file: &str) -> PathBuf {
        let named = [self.root.join(file), PathBuf::from(file)];
        named.iter().find_map(|path| fs::canonicalize(path).ok()).unwrap_or_else(|| self.root.join(file))
    }

    /// What the bundler reported, with its place looked up in the file again.
    fn problem_of(
        &self,
        entry: &Path,
        message: &str,
        kind: &str,
        place: Option<(String, usize, usize, usize)>,
    ) -> Problem {
        let message = first_line(message);
        let problem = match place {
            None => Problem::of_file(&relative(&self.root, entry), message),
            Some((file, _, _, units)) => {
                let path = self.place_of(&file);
                let text = fs::read_to_string(&path).unwrap_or_default();
                let start = byte_of(&text, units);
                Problem::at(&relative(&self.root, &path), &text, start..start + 1, message)
            }
        };
        match kind {
            "UNRESOLVED_IMPORT" => problem.with_hint("create the file, or correct the path"),
            "PARSE_ERROR" => problem.with_hint("correct the syntax; `npx tsc --noEmit` shows it as well"),
            _ => problem,
        }
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// The byte at which so many UTF-16 units of a text are over.
fn byte_of(text: &str, units: usize) -> usize {
    let mut left = units;
    let rest = text.char_indices().find(|(_, character)| {
        let is_there = left == 0;
        left = left.saturating_sub(character.len_utf16());
        is_there
    });
    rest.map_or(text.len(), |(index, _)| index)
}

/// Bundles functions side by side, and says of each when it is done. The answers come in the order of the entries.
///
/// `threads` is how many are in work at a time. Needs a Tokio runtime.
pub async fn bundle_all(
    root: &Path,
    entries: &[Entry],
    threads: usize,
    on_done: impl Fn(&Entry),
) -> Vec<(Entry, Result<Bundle, Problems>)> {
    let bundler = &Bundler::new(root);
    let on_done = &on_done;
    let work = stream::iter(entries).map(|entry| async move {
        let result = bundler.bundle(&entry.path).await;
        on_done(entry);
        (entry.clone(), result)
    });
    work.buffered(threads.max(1)).collect().await
}
