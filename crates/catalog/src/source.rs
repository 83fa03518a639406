//! From files to checked definitions. Used at build time for the built-in providers, at run time for overlays.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::provider::{
    AliasError, Problem, Provider, Rule, check_wire, defaults, layout_path, resolve_aliases, validate,
    wire_from_layout,
};

type Wire = Map<String, Value>;

/// One defect, with the file it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The file, as it was named.
    pub file: String,
    /// The provider, where one file holds many.
    pub provider: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl FileProblem {
    /// A file that cannot be read.
    pub fn unreadable(file: impl fmt::Display, error: &io::Error) -> Self {
        let problem = Problem::new(Rule::Syntax, "", format!("cannot be read: {error}"));
        Self { file: file.to_string(), provider: None, problem }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(provider) = &self.provider {
            write!(f, "{provider}: ")?;
        }
        self.problem.fmt(f)
    }
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Our layout: one provider, named by the file.
    Layout,
    /// A map of provider name to wire object, as the reference's `providers.yaml`.
    Wires,
}

struct Origin {
    file: String,
    form: Form,
}

impl Origin {
    fn problem(&self, provider: &str, mut problem: Problem) -> FileProblem {
        if self.form == Form::Layout {
            problem.field = layout_path(&problem.field);
        }
        let provider = (self.form == Form::Wires).then(|| provider.to_owned());
        FileProblem { file: self.file.clone(), provider, problem }
    }
}

/// Definitions read so far, aliases unresolved. Of two with the same name the later one counts.
#[derive(Default)]
pub struct Sources {
    wires: IndexMap<String, Wire>,
    origins: IndexMap<String, Origin>,
    problems: Vec<FileProblem>,
}

impl Sources {
    /// Reads a file, or all definition files of a folder (in name order, not its subfolders).
    pub fn add_path(&mut self, path: &Path) {
        let files = if path.is_dir() { definition_files(path) } else { Ok(vec![path.to_owned()]) };
        match files {
            Ok(files) => files.iter().for_each(|file| self.add_file(file)),
            Err(error) => self.problems.push(FileProblem::unreadable(path.display(), &error)),
        }
    }

    fn add_file(&mut self, path: &Path) {
        let file = shown(path);
        match fs::read_to_string(path) {
            Ok(text) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                self.add_text(file, &stem, &text);
            }
            Err(error) => self.problems.push(FileProblem::unreadable(file, &error)),
        }
    }

    /// Reads one file's text; `stem` names the provider when the text is in our layout.
    pub fn add_text(&mut self, file: String, stem: &str, text: &str) {
        let parsed = match parse_yaml(text) {
            Ok(Value::Object(map)) => map,
            Ok(_) => return self.reject(file, "must be a map of keys to values"),
            Err(error) => {
                return self.reject(file, &format!("is not YAML: {}", first_line(&error.to_string())));
            }
        };
        match form_of(&parsed) {
            Form::Layout => self.add_layout(file, stem, &parsed),
            Form::Wires => {
                for (name, wire) in parsed {
                    self.add_wire(&file, name, wire);
                }
            }
        }
    }

    fn reject(&mut self, file: String, message: &str) {
        self.problems.push(FileProblem {
            file,
            provider: None,
            problem: Problem::new(Rule::Syntax, "", message),
        });
    }

    fn add_layout(&mut self, file: String, name: &str, layout: &Wire) {
        let in_file = |problem| FileProblem { file: file.clone(), provider: None, problem };
        match wire_from_layout(layout) {
            Ok(wire) => self.insert(name.to_owned(), wire, Origin { file, form: Form::Layout }),
            Err(problems) => self.problems.extend(problems.into_iter().map(in_file)),
        }
    }

    fn add_wire(&mut self, file: &str, name: String, wire: Value) {
        let origin = Origin { file: file.to_owned(), form: Form::Wires };
        let Value::Object(mut wire) = wire else {
            let problem = Problem::new(Rule::Type, "", "must be a map");
            return self.problems.push(origin.problem(&name, problem));
        };
        // The server adds these itself; a file written from its answer holds them too.
        wire.shift_remove("name");
        wire.shift_remove("logo_url");
        let problems = check_wire(&wire);
        if problems.is_empty() {
            self.insert(name, wire, origin);
        } else {
            self.problems.extend(problems.into_iter().map(|problem| origin.problem(&name, problem)));
        }
    }

    fn insert(&mut self, name: String, wire: Wire, origin: Origin) {
        self.wires.insert(name.clone(), wire);
        self.origins.insert(name, origin);
    }

    /// Resolves aliases (`base` knows the providers outside these files), checks everything, and returns
    /// complete wire objects sorted by name. Unless `is_strict`, files in the reference's layout are excused
    /// from the rules that are advice.
    pub fn finish(
        mut self,
        base: &dyn Fn(&str) -> Option<Wire>,
        is_strict: bool,
    ) -> Result<Vec<(String, Value)>, Vec<FileProblem>> {
        // Aliases of a file that could not be read would only add noise.
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let resolved = resolve_aliases(&self.wires, base)
            .map_err(|errors| errors.iter().map(|error| self.alias_problem(error)).collect::<Vec<_>>())?;
        let mut definitions = Vec::with_capacity(resolved.len());
        for (name, mut wire) in resolved {
            let mut problems = check_resolved(&name, &wire);
            let origin = &self.origins[&name];
            if !is_strict && origin.form == Form::Wires {
                problems.retain(|problem| !problem.rule.is_advice());
            }
            self.problems.extend(problems.into_iter().map(|problem| origin.problem(&name, problem)));
            defaults::fill_defaults(&name, &mut wire);
            definitions.push((name, Value::Object(wire)));
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        definitions.sort_by(|(left, _), (right, _)| left.cmp(right));
        Ok(definitions)
    }

    fn alias_problem(&self, error: &AliasError) -> FileProblem {
        let name = error.provider();
        self.origins[name].problem(name, Problem::new(Rule::Alias, "alias", error.to_string()))
    }
}

fn check_resolved(name: &str, wire: &Wire) -> Vec<Problem> {
    let missing: Vec<Problem> = ["display_name", "auth_mode"]
        .into_iter()
        .filter(|key| !wire.contains_key(*key))
        .map(|key| Problem::new(Rule::Missing, key, "is missing"))
        .collect();
    if !missing.is_empty() {
        return missing;
    }
    match Provider::from_wire(name, wire) {
        Ok(provider) => validate(&provider),
        Err(error) => vec![Problem::new(Rule::Type, "", error.to_string())],
    }
}

/// YAML 1.2, where `no`, `on` and `y` are texts.
fn parse_yaml(text: &str) -> Result<Value, serde_saphyr::Error> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options)
}

/// A file whose values are all maps, some of them obviously providers, holds wire objects.
fn form_of(map: &Wire) -> Form {
    let is_provider = |value: &Value| {
        let has = |key| value.get(key).is_some_and(Value::is_string);
        has("display_name") || has("auth_mode") || has("alias")
    };
    let all_maps = map.values().all(Value::is_object);
    if all_maps && map.values().any(is_provider) { Form::Wires } else { Form::Layout }
}

fn definition_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_file() && matches!(extension, Some("yaml" | "yml" | "json")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The path without leading `../`, which would only puzzle the reader of a build error.
fn shown(path: &Path) -> String {
    let shown = path.display().to_string();
    shown.trim_start_matches("../").to_owned()
}

/// YAML errors come with a drawing of the source; the first line holds message and position.
fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or(message)
}
