//! What definitions must hold, beyond what the bundler sees in one file.

use std::collections::HashMap;
use std::path::Path;

use bowline_bundler::Kind;
use bowline_domain::frequency::parse_frequency;

use super::definition::Endpoint;
use super::{Definition, Function, Problem};

/// Everything that is wrong with the definitions of a project.
pub fn check(root: &Path, functions: &[Function]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners = Owners::default();
    for function in functions {
        let file = function.entry.path.strip_prefix(root).unwrap_or(&function.entry.path);
        let mut found: Vec<(String, &str)> = Vec::new();
        if !is_name(&function.entry.name) {
            found.push((
                format!("`{}` cannot be the name of a function", function.entry.name),
                "rename the file: letters, digits, _ and - are allowed",
            ));
        }
        match function.bundle.kind {
            Some(Kind::Sync) => {
                check_sync(&function.definition, &mut found);
                owners.check(function, &mut found);
            }
            Some(Kind::Action) => owners.check(function, &mut found),
            Some(Kind::OnEvent) | None => {}
        }
        problems
            .extend(found.into_iter().map(|(message, hint)| Problem::of_file(file, message).with_hint(hint)));
    }
    problems
}

fn check_sync(definition: &Definition, found: &mut Vec<(String, &str)>) {
    let frequency = definition.frequency.as_deref().unwrap_or_default();
    if let Err(error) = parse_frequency(frequency) {
        found.push((
            format!("frequency `{frequency}`: {error}"),
            "write, for example, `every hour`, `every 5 minutes` or `30m`; 30 seconds are the least",
        ));
    }
    let endpoints = definition.endpoints.as_ref().map_or(0, Vec::len);
    let models = definition.models.len();
    if endpoints > 0 && endpoints != models {
        found.push((
            format!("endpoints: {endpoints}, models: {models}; there must be as many of one as of the other"),
            "give one endpoint for each model, or none at all",
        ));
    }
    for model in definition.models.keys().filter(|model| !is_model_name(model)) {
        found.push((
            format!("`{model}` cannot be the name of a model"),
            "begin with an upper-case letter and go on with letters, digits, _ and -, two characters at least",
        ));
    }
    if definition.sync_type.as_deref() == Some("incremental") && definition.track_deletes == Some(true) {
        found.push((
            "trackDeletes does not go with the sync type incremental".to_owned(),
            "drop one of them, or call trackDeletesStart and trackDeletesEnd in exec",
        ));
    }
}

/// Which function of an integration has which endpoint or model.
#[derive(Default)]
struct Owners(HashMap<(String, String), String>);

impl Owners {
    fn check(&mut self, function: &Function, found: &mut Vec<(String, &str)>) {
        let Definition { endpoint, endpoints, models, .. } = &function.definition;
        for Endpoint { method, path, .. } in endpoint.iter().chain(endpoints.iter().flatten()) {
            let endpoint = format!("the endpoint {method} {path}");
            self.claim(function, &endpoint, "give each function of an integration its own endpoints", found);
        }
        for model in models.keys() {
            let hint = "give each sync of an integration models with names of their own";
            self.claim(function, &format!("the model {model}"), hint, found);
        }
    }

    fn claim<'a>(
        &mut self,
        function: &Function,
        what: &str,
        hint: &'a str,
        found: &mut Vec<(String, &'a str)>,
    ) {
        let key = (function.entry.integration.clone(), what.to_owned());
        let own = format!("{}/{}", function.entry.folder, function.entry.name);
        if let Some(other) = self.0.insert(key, own) {
            found.push((format!("{what} is taken by {other} already"), hint));
        }
    }
}

/// As the deploy protocol takes them.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_character)
}

fn is_model_name(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_uppercase());
    starts_well && name.len() > 1 && name.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}
