//! Waiting for what takes its time. Whoever stops waiting drops the future.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::connections::ConnectionSummary;
use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::ids::{ActionId, EndUserId, IntegrationKey};

/// How often to look, and when to give up.
#[derive(Debug, Clone, Copy)]
struct Patience {
    first: Duration,
    every: Duration,
    give_up_after: Duration,
}

impl Patience {
    /// Looks at once, then again and again until there is something or the time is over.
    async fn wait_for<T>(
        self,
        what: &'static str,
        look: impl Fn() -> BoxFuture<'static, Result<Option<T>>>,
    ) -> Result<T> {
        let mut waited = Duration::ZERO;
        let mut pause = self.first;
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if waited >= self.give_up_after {
                return Err(Error::WaitedTooLong { what, waited });
            }
            pause = pause.min(self.give_up_after - waited);
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = self.every;
        }
    }
}

macro_rules! patience_options {
    () => {
        /// How long to wait between two looks.
        pub fn every(mut self, pause: Duration) -> Self {
            self.patience.first = pause;
            self.patience.every = pause;
            self
        }

        /// When to stop waiting.
        pub fn give_up_after(mut self, time: Duration) -> Self {
            self.patience.give_up_after = time;
            self
        }
    };
}

/// [`Bowline::wait_for_connection`]
#[must_use = "waiting begins when it is awaited"]
pub struct WaitForConnection {
    client: Bowline,
    integration: IntegrationKey,
    end_user: EndUserId,
    patience: Patience,
}

/// [`Bowline::wait_for_action`]
#[must_use = "waiting begins when it is awaited"]
pub struct WaitForAction<O> {
    client: Bowline,
    action: ActionId,
    patience: Patience,
    output: PhantomData<fn() -> O>,
}

impl Bowline {
    /// Waits until an end user has connected an account: looks at once, after 10 s, then every 2 s, for 68 s in all,
    /// as the official client does.
    pub fn wait_for_connection(
        &self,
        integration: impl Into<IntegrationKey>,
        end_user: impl Into<EndUserId>,
    ) -> WaitForConnection {
        WaitForConnection {
            client: self.clone(),
            integration: integration.into(),
            end_user: end_user.into(),
            patience: Patience {
                first: Duration::from_secs(10),
                every: Duration::from_secs(2),
                give_up_after: Duration::from_secs(68),
            },
        }
    }

    /// Waits for what an action in the background returns: looks every second, for 15 minutes, which is how long an action
    /// may run. What the action throws ends the waiting as an error.
    pub fn wait_for_action<O: DeserializeOwned + Send>(
        &self,
        action: impl Into<ActionId>,
    ) -> WaitForAction<O> {
        WaitForAction {
            client: self.clone(),
            action: action.into(),
            patience: Patience {
                first: Duration::from_secs(1),
                every: Duration::from_secs(1),
                give_up_after: Duration::from_secs(15 * 60),
            },
            output: PhantomData,
        }
    }
}

impl WaitForConnection {
    patience_options!();

    async fn wait(self) -> Result<ConnectionSummary> {
        let look = || -> BoxFuture<'static, _> {
            let (call, key) =
                (self.client.list_connections().end_user(&self.end_user), self.integration.clone());
            Box::pin(
                async move { Ok(call.await?.into_iter().find(|found| found.provider_config_key == key)) },
            )
        };
        self.patience.wait_for("the connection", look).await
    }
}

impl IntoFuture for WaitForConnection {
    type Output = Result<ConnectionSummary<Map<String, Value>>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}

impl<O: DeserializeOwned + Send + 'static> WaitForAction<O> {
    patience_options!();

    async fn wait(self) -> Result<O> {
        let look = || -> BoxFuture<'static, _> {
            let call = self.client.get_async_action_result::<O>(&self.action);
            Box::pin(async move {
                match call.await {
                    Ok(output) => Ok(Some(output)),
                    Err(Error::Api(error)) if error.status == StatusCode::NOT_FOUND => Ok(None),
                    Err(error) => Err(error),
                }
            })
        };
        self.patience.wait_for("the action's result", look).await
    }
}

impl<O: DeserializeOwned + Send + 'static> IntoFuture for WaitForAction<O> {
    type Output = Result<O>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}
