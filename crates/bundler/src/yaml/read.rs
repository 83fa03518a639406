//! From the text of a `nango.yaml` to the functions in it, in both of its layouts.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::{Event, SyncType, YamlError, YamlFunction, YamlProject};
use crate::bundle::Kind;
use crate::models;

/// The keys by which the second layout is recognised.
const GROUPS: [&str; 4] = ["syncs", "actions", "on-events", "post-connection-scripts"];

/// Reads a `nango.yaml`.
///
/// # Errors
/// When it is no YAML, or says something that has no meaning; with the place.
pub fn read(text: &str) -> Result<YamlProject, YamlError> {
    let options = serde_saphyr::options! { strict_booleans: true };
    let document: Value = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| YamlError::Syntax { message: error.to_string() })?;
    let document = Fields::new("nango.yaml".to_owned(), &document)?;
    let none = Map::new();
    let models = match document.get("models") {
        None => &none,
        Some(Value::Object(models)) => models,
        Some(_) => return Err(document.invalid("models", "this must be an object of models")),
    };
    let mut reader = Reader { models, functions: Vec::new(), definitions: definitions(models)? };
    let integrations =
        Fields::new("integrations".to_owned(), document.get("integrations").unwrap_or(&Value::Null))?;
    let is_second = integrations.iter().next().is_none_or(|(_, first)| is_second_layout(first));
    for (name, integration) in integrations.iter() {
        let fields = Fields::new(format!("integrations.{name}"), integration)?;
        if is_second { reader.second(name, &fields)? } else { reader.first(name, &fields)? }
    }
    Ok(YamlProject { text: text.to_owned(), functions: reader.functions, definitions: reader.definitions })
}

fn definitions(models: &Map<String, Value>) -> Result<Map<String, Value>, YamlError> {
    models::definitions(models).map_err(|(name, error)| YamlError::Invalid {
        place: format!("models.{name}"),
        reason: error.to_string(),
    })
}

fn is_second_layout(integration: &Value) -> bool {
    integration.as_object().is_none_or(|fields| GROUPS.iter().any(|group| fields.contains_key(*group)))
}

struct Reader<'y> {
    models: &'y Map<String, Value>,
    functions: Vec<YamlFunction>,
    definitions: Map<String, Value>,
}

impl Reader<'_> {
    /// `integrations.<integration>.<name>: {type, runs, returns, …}`
    fn first(&mut self, integration: &str, fields: &Fields<'_>) -> Result<(), YamlError> {
        for (name, function) in fields.iter() {
            let fields = Fields::new(format!("{}.{name}", fields.place), function)?;
            let kind = match fields.text("type")?.as_deref() {
                None | Some("sync") => Kind::Sync,
                Some("action") => Kind::Action,
                Some(_) => return Err(fields.invalid("type", "this must be sync or action")),
            };
            self.function(kind, integration, name, &fields, "returns")?;
        }
        Ok(())
    }

    /// `integrations.<integration>.{syncs,actions}.<name>: {…}`, and names of event functions by event.
    fn second(&mut self, integration: &str, fields: &Fields<'_>) -> Result<(), YamlError> {
        for (group, kind) in [("syncs", Kind::Sync), ("actions", Kind::Action)] {
            let place = format!("{}.{group}", fields.place);
            let functions = Fields::new(place, fields.get(group).unwrap_or(&Value::Null))?;
            for (name, function) in functions.iter() {
                let fields = Fields::new(format!("{}.{name}", functions.place), function)?;
                self.function(kind, integration, name, &fields, "output")?;
            }
        }
        let place = format!("{}.on-events", fields.place);
        let events = Fields::new(place, fields.get("on-events").unwrap_or(&Value::Null))?;
        if let Some((unknown, _)) =
            events.iter().find(|(name, _)| !Event::ALL.iter().any(|event| event.as_str() == *name))
        {
            return Err(events.invalid(unknown, "there is no such event"));
        }
        for event in Event::ALL {
            let names = events.texts(event.as_str())?;
            self.functions.extend(names.into_iter().map(|name| on_event(integration, name, event)));
        }
        let old = fields.texts("post-connection-scripts")?.into_iter();
        self.functions.extend(old.map(|name| on_event(integration, name, Event::PostConnectionCreation)));
        Ok(())
    }

    fn function(
        &mut self,
        kind: Kind,
        integration: &str,
        name: &str,
        fields: &Fields<'_>,
        output: &str,
    ) -> Result<(), YamlError> {
        let runs = fields.text("runs")?;
        if kind == Kind::Sync && runs.is_none() {
            return Err(fields.invalid("runs", "a sync must say how often it runs, like `every hour`"));
        }
        let function = YamlFunction {
            kind,
            integration: integration.to_owned(),
            name: name.to_owned(),
            runs: runs.filter(|_| kind == Kind::Sync),
            endpoints: fields.endpoints()?,
            input: self.input(kind, integration, name, fields)?,
            output: self.output(kind, integration, name, fields, output)?,
            auto_start: kind == Kind::Sync && fields.flag("auto_start", true)?,
            sync_type: fields.sync_type()?,
            track_deletes: fields.flag("track_deletes", false)?,
            version: fields.text("version")?,
            description: fields.text("description")?,
            scopes: fields.texts("scopes")?,
            webhook_subscriptions: fields.texts("webhook-subscriptions")?,
            event: None,
        };
        self.functions.push(function);
        Ok(())
    }

    fn input(
        &mut self,
        kind: Kind,
        integration: &str,
        name: &str,
        fields: &Fields<'_>,
    ) -> Result<Option<String>, YamlError> {
        let Some(value) = fields.get("input") else { return Ok(None) };
        if let Some(model) = self.model(value) {
            return Ok(Some(model));
        }
        self.unnamed(value, &unnamed_name(integration, kind, name, "input"), fields, "input").map(Some)
    }

    fn output(
        &mut self,
        kind: Kind,
        integration: &str,
        name: &str,
        fields: &Fields<'_>,
        field: &str,
    ) -> Result<Vec<String>, YamlError> {
        let Some(value) = fields.get(field) else { return Ok(Vec::new()) };
        let entries = match value {
            Value::Array(items) => items.iter().collect(),
            one => vec![one],
        };
        if let Some(models) = entries.iter().map(|entry| self.model(entry)).collect::<Option<Vec<_>>>() {
            let lacks_id = |model: &&String| self.definitions[*model]["properties"].get("id").is_none();
            if kind == Kind::Sync
                && let Some(model) = models.iter().find(lacks_id)
            {
                let reason = format!("the model `{model}` of a sync's records needs a field `id`");
                return Err(fields.invalid(field, &reason));
            }
            return Ok(models);
        }
        if kind == Kind::Sync {
            return Err(fields.invalid(field, "a sync's records must be of models that the file defines"));
        }
        self.unnamed(value, &unnamed_name(integration, kind, name, "output"), fields, field)
            .map(|name| vec![name])
    }

    /// The model that a value names.
    fn model(&self, value: &Value) -> Option<String> {
        let name = value.as_str()?.trim();
        self.models.contains_key(name).then(|| name.to_owned())
    }

    /// Gives a type that is no model a name of its own.
    fn unnamed(
        &mut self,
        value: &Value,
        name: &str,
        fields: &Fields<'_>,
        field: &str,
    ) -> Result<String, YamlError> {
        let schema = models::schema_of(value, self.models)
            .map_err(|error| fields.invalid(field, &error.to_string()))?;
        self.definitions.insert(name.to_owned(), schema);
        Ok(name.to_owned())
    }
}

/// `Anonymous_<integration>_<type>_<name>_<input|output>`, with nothing in it that a TypeScript name cannot have.
fn unnamed_name(integration: &str, kind: Kind, name: &str, part: &str) -> String {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    format!("Anonymous_{}_{}_{}_{part}", plain(integration), kind.as_str(), plain(name))
}

fn on_event(integration: &str, name: String, event: Event) -> YamlFunction {
    YamlFunction {
        kind: Kind::OnEvent,
        integration: integration.to_owned(),
        name,
        runs: None,
        endpoints: Vec::new(),
        input: None,
        output: Vec::new(),
        auto_start: false,
        sync_type: SyncType::Full,
        track_deletes: false,
        version: None,
        description: None,
        scopes: Vec::new(),
        webhook_subscriptions: Vec::new(),
        event: Some(event),
    }
}
