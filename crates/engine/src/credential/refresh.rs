//! Keeps credentials fresh: at most one token request per connection is in flight, on however many nodes.
//!
//! In one process, concurrent callers join one *flight*. Between processes and nodes, the flight takes a
//! fenced lease in the database ([`RefreshStore`](bowline_domain::storage::RefreshStore)), which also says
//! that the provider is about to be called. Whoever does not get the lease waits for the result and never
//! calls. The holder extends its lease while the call runs, and its write counts only under its own epoch.
//! A holder that crashed leaves its intent behind; the next holder tries once more with the old refresh
//! token (providers with a grace window accept it) and records exactly what happened if that fails.

mod background;
mod failure;
mod flight;
mod need;
mod tokens;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bowline_domain::clock::Clock;
use bowline_domain::connection::{Connection, RefreshFailure};
use bowline_domain::environment::Environment;
use bowline_domain::id::ConnectionId;
use bowline_domain::provider::Provider;
use bowline_domain::storage::Storage;
use parking_lot::Mutex;
use thiserror::Error;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::Credentials;
use super::vault::Vault;
use crate::catalog::SharedCatalog;

pub use failure::TokenError;
pub use need::{Need, due_at};
pub use tokens::{Refreshed, TokenClient, TokenRefresh};

/// Times and limits of refreshing.
#[derive(Debug, Clone)]
pub struct RefreshOptions {
    /// A lease without a sign of life is free after this long.
    pub lease_for: Duration,
    /// How often a waiter on another node looks for the result.
    pub poll_every: Duration,
    /// The longest a caller waits for a result.
    pub wait_max: Duration,
    /// Credentials are refreshed this long before they expire, unless the provider says otherwise.
    pub margin: Duration,
    /// After a failure nothing is tried for this long, unless forced.
    pub backoff: Duration,
    /// Failures on this many days in a row end the attempts, unless forced.
    pub failing_days_max: i32,
    /// How often the background looks for work.
    pub background_every: Duration,
    /// How many refreshes the background runs at once.
    pub background_concurrency: usize,
}

impl Default for RefreshOptions {
    fn default() -> Self {
        Self {
            lease_for: Duration::from_secs(10),
            poll_every: Duration::from_millis(100),
            wait_max: Duration::from_secs(60),
            margin: Duration::from_secs(15 * 60),
            backoff: Duration::from_secs(30),
            failing_days_max: 4,
            background_every: Duration::from_secs(30),
            background_concurrency: 8,
        }
    }
}

/// Why fresh credentials could not be given.
#[derive(Debug, Clone, Error)]
pub enum RefreshError {
    /// Refreshing failed on several days; only a forced refresh tries again.
    #[error("the refresh was tried on several days and failed; reconnect, or force a refresh")]
    Exhausted,
    /// The last attempt failed a moment ago.
    #[error("the last refresh failed less than {} seconds ago", .retry_after.as_secs().max(1))]
    Backoff {
        /// How long it is too early for.
        retry_after: Duration,
    },
    /// The provider refused, or could not be reached or understood.
    #[error("{}", .0.message)]
    Failed(RefreshFailure),
    /// It takes longer than a caller waits; it goes on without the caller.
    #[error("the refresh under way has not finished in time")]
    TimedOut,
    /// The connection was deleted meanwhile.
    #[error("the connection is gone")]
    Gone,
    /// The database or the vault failed; the log says how.
    #[error("internal failure while refreshing")]
    Internal,
}

/// What starts a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trigger {
    /// The credentials expire soon.
    Due,
    /// Someone asks for it.
    Forced,
    /// A holder vanished and left its intent behind.
    Recovery,
}

type FlightResult = Result<Arc<Connection>, RefreshError>;
type Flights = Mutex<HashMap<ConnectionId, watch::Receiver<Option<FlightResult>>>>;

/// Refreshes credentials. Cheap to clone.
#[derive(Clone)]
pub struct Refresher(Arc<Shared>);

pub(super) struct Shared {
    storage: Arc<dyn Storage>,
    vault: Vault,
    catalog: SharedCatalog,
    clock: Arc<dyn Clock>,
    tokens: Arc<dyn TokenClient>,
    options: RefreshOptions,
    /// This process's name on leases.
    holder: String,
    flights: Flights,
    tasks: TaskTracker,
}

impl Refresher {
    /// A refresher that calls token endpoints through `tokens`.
    pub fn new(
        storage: Arc<dyn Storage>,
        vault: Vault,
        catalog: SharedCatalog,
        clock: Arc<dyn Clock>,
        tokens: Arc<dyn TokenClient>,
        options: RefreshOptions,
    ) -> Self {
        let holder = Uuid::new_v4().to_string();
        let (flights, tasks) = (Flights::default(), TaskTracker::new());
        Self(Arc::new(Shared { storage, vault, catalog, clock, tokens, options, holder, flights, tasks }))
    }

    /// The connection with credentials that are good for a while, refreshing them if that is due.
    pub async fn ensure_fresh(
        &self,
        environment: &Arc<Environment>,
        connection: Arc<Connection>,
        credentials: &Credentials,
        provider: &Provider,
        forced: bool,
    ) -> Result<Arc<Connection>, RefreshError> {
        let trigger = if forced { Trigger::Forced } else { Trigger::Due };
        self.ensure(environment, connection, credentials, provider, trigger).await
    }

    async fn ensure(
        &self,
        environment: &Arc<Environment>,
        connection: Arc<Connection>,
        credentials: &Credentials,
        provider: &Provider,
        trigger: Trigger,
    ) -> FlightResult {
        let (now, in_any_case) = (self.0.clock.now(), trigger != Trigger::Due);
        match need::decide(&connection, credentials, provider, &self.0.options, in_any_case, now) {
            Need::Fresh => Ok(connection),
            Need::Refused(error) => Err(error),
            Need::Refresh => self.join_flight(environment, connection, trigger).await,
        }
    }

    /// Waits until the refreshes under way have stored their results.
    pub async fn drain(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Joins the connection's flight, or starts it. The flight goes on when its callers go away.
    async fn join_flight(
        &self,
        environment: &Arc<Environment>,
        connection: Arc<Connection>,
        trigger: Trigger,
    ) -> FlightResult {
        let mut result = {
            let mut flights = self.0.flights.lock();
            match flights.get(&connection.id) {
                Some(flight) => flight.clone(),
                None => {
                    let (landed, flight) = watch::channel(None);
                    flights.insert(connection.id, flight.clone());
                    let seat = FlightSeat { shared: Arc::clone(&self.0), connection: connection.id };
                    let environment = Arc::clone(environment);
                    self.0.tasks.spawn(async move {
                        let result = seat.shared.fly(&environment, connection, trigger).await;
                        drop(seat);
                        landed.send_replace(Some(result));
                    });
                    flight
                }
            }
        };
        match timeout(self.0.options.wait_max, result.wait_for(Option::is_some)).await {
            Ok(Ok(landed)) => landed.clone().unwrap_or(Err(RefreshError::Internal)),
            // The flight ended without a result: it panicked.
            Ok(Err(_)) => Err(RefreshError::Internal),
            Err(_) => Err(RefreshError::TimedOut),
        }
    }
}

/// A place in the table of flights, given up however the flight ends.
struct FlightSeat {
    shared: Arc<Shared>,
    connection: ConnectionId,
}

impl Drop for FlightSeat {
    fn drop(&mut self) {
        self.shared.flights.lock().remove(&self.connection);
    }
}
