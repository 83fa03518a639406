//! Syncs: run, pause, start, look at, schedule; and their variants.

use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::{Call, Done, endpoint};
use crate::client::Bowline;
use crate::error::Result;
use crate::http::path::Path;
use crate::ids::{ConnectionId, FunctionName, IntegrationKey, SyncName, Variant};

/// How a sync of one connection is doing.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct SyncStatus {
    /// The server's id of it.
    pub id: Option<String>,
    /// Its connection.
    pub connection_id: Option<ConnectionId>,
    /// Its name.
    pub name: FunctionName,
    /// Its variant.
    pub variant: Option<Variant>,
    /// `RUNNING`, `PAUSED`, `STOPPED`, `SUCCESS` or `ERROR`.
    pub status: String,
    /// `INITIAL` or `INCREMENTAL`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// When the last run ended, ISO 8601.
    #[serde(rename = "finishedAt")]
    pub finished_at: Option<String>,
    /// When the next run is due, ISO 8601.
    #[serde(rename = "nextScheduledSyncAt")]
    pub next_scheduled_sync_at: Option<String>,
    /// How often it runs.
    pub frequency: Option<String>,
    /// What the last run changed, by model.
    #[serde(rename = "latestResult", default)]
    pub latest_result: Option<BTreeMap<String, SyncResult>>,
    /// How many records there are, by model.
    #[serde(rename = "recordCount", default)]
    pub record_count: Option<BTreeMap<String, u64>>,
    /// Where the next run goes on.
    pub checkpoint: Option<Map<String, Value>>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// What a run changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SyncResult {
    /// New records.
    #[serde(default)]
    pub added: u64,
    /// Changed records.
    #[serde(default)]
    pub updated: u64,
    /// Deleted records.
    #[serde(default)]
    pub deleted: u64,
}

/// A variant that was made.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct SyncVariant {
    /// The server's id of it.
    pub id: Option<String>,
    /// The sync.
    pub name: FunctionName,
    /// The variant.
    pub variant: Variant,
}

/// `{"syncs": […]}`
#[derive(Deserialize)]
#[doc(hidden)]
pub struct SyncList {
    syncs: Vec<SyncStatus>,
}

/// `{"frequency": …}`
#[derive(Deserialize)]
#[doc(hidden)]
pub struct Frequency {
    frequency: String,
}

endpoint!(
    /// [`Bowline::trigger_sync`]
    TriggerSync: Done
);
endpoint!(
    /// [`Bowline::start_sync`]
    StartSync: Done
);
endpoint!(
    /// [`Bowline::pause_sync`]
    PauseSync: Done
);
endpoint!(
    /// [`Bowline::sync_status`]
    GetSyncStatus: SyncList => Vec<SyncStatus>, |wire| Ok(wire.syncs)
);
endpoint!(
    /// [`Bowline::update_sync_connection_frequency`]
    UpdateSyncFrequency: Frequency => String, |wire| Ok(wire.frequency)
);
endpoint!(
    /// [`Bowline::create_sync_variant`]
    CreateSyncVariant: SyncVariant
);
endpoint!(
    /// [`Bowline::delete_sync_variant`]
    DeleteSyncVariant: Done
);

impl Bowline {
    /// Runs syncs once, now; [`SyncName::ALL`], an empty list, means all. `POST /sync/trigger`
    ///
    /// Without [`connection`](Call::connection) it is for all connections of the integration.
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
    /// bowline.trigger_sync("github", ["issues"]).connection("user-1").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn trigger_sync<S: Into<SyncName>>(
        &self,
        integration: impl Into<IntegrationKey>,
        syncs: impl IntoIterator<Item = S>,
    ) -> Call<TriggerSync> {
        self.sync_command("/sync/trigger", &integration.into(), syncs)
    }

    /// Starts the schedules of syncs; [`SyncName::ALL`], an empty list, means all. `POST /sync/start`
    pub fn start_sync<S: Into<SyncName>>(
        &self,
        integration: impl Into<IntegrationKey>,
        syncs: impl IntoIterator<Item = S>,
    ) -> Call<StartSync> {
        self.sync_command("/sync/start", &integration.into(), syncs)
    }

    /// Pauses the schedules of syncs, and ends what runs of them; [`SyncName::ALL`], an empty list, means all. `POST /sync/pause`
    pub fn pause_sync<S: Into<SyncName>>(
        &self,
        integration: impl Into<IntegrationKey>,
        syncs: impl IntoIterator<Item = S>,
    ) -> Call<PauseSync> {
        self.sync_command("/sync/pause", &integration.into(), syncs)
    }

    /// How syncs are doing; [`SyncName::ALL`], an empty list, means all. `GET /sync/status`
    pub fn sync_status<S: Into<SyncName>>(
        &self,
        integration: impl Into<IntegrationKey>,
        syncs: impl IntoIterator<Item = S>,
    ) -> Call<GetSyncStatus> {
        let syncs: Vec<SyncName> = syncs.into_iter().map(Into::into).collect();
        let names: Vec<String> = syncs.iter().map(SyncName::to_string).collect();
        let names = if names.is_empty() { "*".to_owned() } else { names.join(",") };
        Call::new(self, Method::GET, Ok(Path::fixed("/sync/status")))
            .with(|_| checked(&syncs))
            .query("syncs", names)
            .id_query("integration", "provider_config_key", integration.into().as_str())
    }

    /// Changes how often a sync runs for one connection, such as `every 5 minutes`; none goes back to what was deployed.
    /// Gives what now applies. `PUT /sync/update-connection-frequency`
    pub fn update_sync_connection_frequency(
        &self,
        integration: impl Into<IntegrationKey>,
        sync: impl Into<SyncName>,
        connection: impl Into<ConnectionId>,
        frequency: Option<&str>,
    ) -> Call<UpdateSyncFrequency> {
        let SyncName { name, variant } = sync.into();
        let call = Call::new(self, Method::PUT, Ok(Path::fixed("/sync/update-connection-frequency")))
            .id_field("sync", "sync_name", name.as_str());
        let call = match variant {
            Some(variant) => call.id_field("variant", "sync_variant", variant.as_str()),
            None => call,
        };
        call.id_field("integration", "provider_config_key", integration.into().as_str())
            .id_field("connection_id", "connection_id", connection.into().as_str())
            .field("frequency", frequency)
    }

    /// Makes a variant of a sync for a connection. `POST /sync/{name}/variant/{variant}`
    pub fn create_sync_variant(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        sync: impl Into<FunctionName>,
        variant: impl Into<Variant>,
    ) -> Call<CreateSyncVariant> {
        let path = variant_path(&sync.into(), &variant.into());
        self.variant_call(Method::POST, path, &integration.into(), &connection.into())
    }

    /// Deletes a variant of a sync with its records. `DELETE /sync/{name}/variant/{variant}`
    pub fn delete_sync_variant(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        sync: impl Into<FunctionName>,
        variant: impl Into<Variant>,
    ) -> Call<DeleteSyncVariant> {
        let path = variant_path(&sync.into(), &variant.into());
        self.variant_call(Method::DELETE, path, &integration.into(), &connection.into())
    }

    fn sync_command<E, S: Into<SyncName>>(
        &self,
        path: &'static str,
        integration: &IntegrationKey,
        syncs: impl IntoIterator<Item = S>,
    ) -> Call<E> {
        let syncs: Vec<SyncName> = syncs.into_iter().map(Into::into).collect();
        Call::new(self, Method::POST, Ok(Path::fixed(path)))
            .with(|_| checked(&syncs))
            .field("syncs", &syncs)
            .id_field("integration", "provider_config_key", integration.as_str())
    }

    fn variant_call<E>(
        &self,
        method: Method,
        path: Result<Path>,
        integration: &IntegrationKey,
        connection: &ConnectionId,
    ) -> Call<E> {
        Call::new(self, method, path)
            .id_field("integration", "provider_config_key", integration.as_str())
            .id_field("connection_id", "connection_id", connection.as_str())
    }
}

fn checked(syncs: &[SyncName]) -> Result<()> {
    syncs.iter().try_for_each(SyncName::check)
}

fn variant_path(sync: &FunctionName, variant: &Variant) -> Result<Path> {
    let path = Path::fixed("/sync").segment("sync", sync.as_str())?;
    path.then("/variant").segment("variant", variant.as_str())
}

macro_rules! for_one_connection {
    ($endpoint:ty) => {
        impl Call<$endpoint> {
            /// Only for this connection.
            pub fn connection(self, connection: impl Into<ConnectionId>) -> Self {
                self.id_field("connection_id", "connection_id", connection.into().as_str())
            }
        }
    };
}
for_one_connection!(TriggerSync);
for_one_connection!(StartSync);
for_one_connection!(PauseSync);

impl Call<GetSyncStatus> {
    /// Only for this connection.
    pub fn connection(self, connection: impl Into<ConnectionId>) -> Self {
        self.id_query("connection_id", "connection_id", connection.into().as_str())
    }
}

impl Call<TriggerSync> {
    /// Starts over: forgets where the last run ended.
    pub fn reset(self) -> Self {
        self.options(|options| {
            options.insert("reset".to_owned(), true.into());
        })
    }

    /// Starts over and first deletes the records that are there; [`reset`](Self::reset) included.
    pub fn empty_cache(self) -> Self {
        self.options(|options| {
            options.insert("reset".to_owned(), true.into());
            options.insert("emptyCache".to_owned(), true.into());
        })
    }

    fn options(self, set: impl FnOnce(&mut Map<String, Value>)) -> Self {
        self.with(|request| {
            let mut options = match &request.body {
                crate::http::request::Body::Fields(fields) => {
                    fields.get("opts").and_then(Value::as_object).cloned()
                }
                _ => None,
            }
            .unwrap_or_default();
            set(&mut options);
            request.field("opts", options)
        })
    }
}
