//! Actions: functions that run when they are called.

use http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::{Call, endpoint};
use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::http::path::Path;
use crate::ids::{ActionId, ConnectionId, FunctionName, IntegrationKey};

/// An action that runs in the background.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct AsyncAction {
    /// Its id.
    pub id: ActionId,
    /// The path at which its result will be.
    #[serde(rename = "statusUrl")]
    pub status_url: String,
}

endpoint!(
    /// [`Bowline::trigger_action`]
    TriggerAction<O>: O
);
endpoint!(
    /// [`Bowline::trigger_action_async`]
    TriggerActionAsync: AsyncAction
);
endpoint!(
    /// [`Bowline::get_async_action_result`]
    GetAsyncActionResult<O>: O
);

impl Bowline {
    /// Runs an action and gives what it returns, as a type of your own. `POST /action/trigger`
    ///
    /// What the action throws arrives as [`Error::Api`] with the code `action_script_runtime_error` and the thrown value
    /// in [`payload`](crate::ApiError::payload).
    ///
    /// ```
    /// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
    /// use serde_json::{Value, json};
    ///
    /// let issue: Value =
    ///     bowline.trigger_action("github", "user-1", "create-issue").input(&json!({"title": "Fix it"})).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn trigger_action<O: DeserializeOwned + Send>(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        action: impl Into<FunctionName>,
    ) -> Call<TriggerAction<O>> {
        self.action_call(&integration.into(), &connection.into(), &action.into())
    }

    /// Has an action run in the background. `POST /action/trigger` with `X-Async`
    ///
    /// [`wait_for_action`](Self::wait_for_action) waits for its result.
    pub fn trigger_action_async(
        &self,
        integration: impl Into<IntegrationKey>,
        connection: impl Into<ConnectionId>,
        action: impl Into<FunctionName>,
    ) -> Call<TriggerActionAsync> {
        self.action_call(&integration.into(), &connection.into(), &action.into()).with(|request| {
            request.flag_header("x-async");
            Ok(())
        })
    }

    /// What an action in the background has returned; [`Error::Api`] with `not_found` while it has not.
    /// `GET /action/{id}`
    pub fn get_async_action_result<O: DeserializeOwned + Send>(
        &self,
        action: impl Into<ActionId>,
    ) -> Call<GetAsyncActionResult<O>> {
        Call::new(self, Method::GET, Path::fixed("/action").segment("action", action.into().as_str()))
    }

    /// The same by the path in [`AsyncAction::status_url`]. `GET {status_url}`
    pub fn get_async_action_result_at<O: DeserializeOwned + Send>(
        &self,
        status_url: &str,
    ) -> Call<GetAsyncActionResult<O>> {
        Call::new(self, Method::GET, Path::given(status_url))
    }

    fn action_call<E>(
        &self,
        integration: &IntegrationKey,
        connection: &ConnectionId,
        action: &FunctionName,
    ) -> Call<E> {
        Call::new(self, Method::POST, Ok(Path::fixed("/action/trigger")))
            .id_field("action", "action_name", action.as_str())
            .connection_headers(integration.as_str(), connection.as_str())
    }
}

impl<O> Call<TriggerAction<O>> {
    /// What the action is given.
    pub fn input(self, input: &impl Serialize) -> Self {
        self.field("input", input)
    }
}

impl Call<TriggerActionAsync> {
    /// What the action is given.
    pub fn input(self, input: &impl Serialize) -> Self {
        self.field("input", input)
    }

    /// How often it is run again when it fails; up to 5.
    pub fn max_retries(self, retries: u8) -> Self {
        self.with(|request| {
            check_retries(retries).and_then(|()| request.header("x-max-retries", &retries.to_string()))
        })
    }
}

fn check_retries(retries: u8) -> Result<()> {
    if retries > 5 {
        return Err(Error::invalid("max_retries", format!("is {retries}: at most 5 are allowed")));
    }
    Ok(())
}
