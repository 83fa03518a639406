//! What a deployment would change, as the server answers it before anything is changed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a deployment would change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Preview {
    new_syncs: Vec<SyncChange>,
    updated_syncs: Vec<SyncChange>,
    deleted_syncs: Vec<SyncChange>,
    new_actions: Vec<Change>,
    updated_actions: Vec<Change>,
    deleted_actions: Vec<Change>,
    deleted_models: Vec<String>,
    new_on_event_scripts: Vec<Change>,
    updated_on_event_scripts: Vec<Change>,
    deleted_on_event_scripts: Vec<Change>,
}

/// A function that changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    provider_config_key: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
}

/// A sync that changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SyncChange {
    #[serde(rename = "providerConfigKey")]
    integration: String,
    name: String,
    /// How many connections the integration has.
    #[serde(default)]
    connections: u64,
    #[serde(default)]
    auto_start: bool,
}

impl Preview {
    /// What would be lost: records of syncs that connections have, and records of models.
    pub fn losses(&self) -> Vec<String> {
        let syncs = self.deleted_syncs.iter().filter(|sync| sync.connections > 0);
        let syncs = syncs.map(|sync| {
            format!("the records of {}/{} in {}", sync.integration, sync.name, sync.of_connections())
        });
        let models = self.deleted_models.iter().map(|model| format!("the records of the model {model}"));
        syncs.chain(models).collect()
    }
}

impl SyncChange {
    fn of_connections(&self) -> String {
        match self.connections {
            1 => "1 connection".to_owned(),
            count => format!("{count} connections"),
        }
    }

    fn line(&self, sign: char) -> String {
        let start =
            if sign == '+' && self.auto_start && self.connections > 0 { ", starts at once" } else { "" };
        format!("{sign} sync {}/{} ({}{start})", self.integration, self.name, self.of_connections())
    }
}

impl Change {
    fn line(&self, sign: char, what: &str) -> String {
        let event = self.event.as_ref().map(|event| format!(" ({event})")).unwrap_or_default();
        format!("{sign} {what} {}/{}{event}", self.provider_config_key, self.name)
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<String> = Vec::new();
        for (sign, syncs, actions, scripts) in [
            ('+', &self.new_syncs, &self.new_actions, &self.new_on_event_scripts),
            ('~', &self.updated_syncs, &self.updated_actions, &self.updated_on_event_scripts),
            ('-', &self.deleted_syncs, &self.deleted_actions, &self.deleted_on_event_scripts),
        ] {
            lines.extend(syncs.iter().map(|sync| sync.line(sign)));
            lines.extend(actions.iter().map(|action| action.line(sign, "action")));
            lines.extend(scripts.iter().map(|script| script.line(sign, "on-event")));
        }
        lines.extend(self.deleted_models.iter().map(|model| format!("- model {model}")));
        lines.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Preview;

    #[test]
    fn only_what_is_deleted_with_records_is_a_loss() {
        let preview: Preview = serde_json::from_str(
            r#"{"newSyncs":[{"name":"a","providerConfigKey":"g","connections":2,"auto_start":true}],
                "updatedActions":[{"name":"b","providerConfigKey":"g"}],
                "deletedSyncs":[{"name":"c","providerConfigKey":"g","connections":0,"auto_start":false},
                                {"name":"d","providerConfigKey":"g","connections":1,"auto_start":false}],
                "deletedModels":["M"],
                "newOnEventScripts":[{"name":"e","providerConfigKey":"g","event":"validate-connection"}]}"#,
        )
        .unwrap();
        assert_eq!(preview.losses(), ["the records of g/d in 1 connection", "the records of the model M"]);
        assert_eq!(
            preview.to_string(),
            "+ sync g/a (2 connections, starts at once)\n+ on-event g/e (validate-connection)\n~ action g/b\n\
             - sync g/c (0 connections)\n- sync g/d (1 connection)\n- model M\n"
        );
    }
}
