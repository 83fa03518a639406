//! What the engine refuses, on the wire.

use bowline_api::error::ErrorCode;
use bowline_domain::function::{Function, FunctionEvent};
use bowline_engine::function::{DeleteFunctionError, FindFunctionError, RollbackError};
use serde_json::{Value, json};

use crate::error::ApiError;

impl From<FindFunctionError> for ApiError {
    fn from(error: FindFunctionError) -> Self {
        match error {
            FindFunctionError::NoIntegration(key) => {
                Self::not_found(format!("Integration \"{key}\" does not exist"))
            }
            FindFunctionError::NotFound(name) => {
                Self::not_found(format!("Function \"{name}\" does not exist"))
            }
            FindFunctionError::Ambiguous(found) => {
                let matches: Vec<Value> = found.iter().map(matching).collect();
                Self::new(ErrorCode::AmbiguousFunction).payload(json!({ "matches": matches }))
            }
            FindFunctionError::Source(error) => Self::unexpected(error),
            FindFunctionError::Storage(error) => Self::unexpected(error),
        }
    }
}

fn matching(function: &Function) -> Value {
    let event = function.event.map(FunctionEvent::as_str);
    let mut shown =
        json!({ "id": function.id.0, "name": function.name.as_str(), "type": function.kind.as_str() });
    if let (Some(event), Some(shown)) = (event, shown.as_object_mut()) {
        shown.insert("event".to_owned(), event.into());
    }
    shown
}

impl From<DeleteFunctionError> for ApiError {
    fn from(error: DeleteFunctionError) -> Self {
        match error {
            DeleteFunctionError::Find(error) => error.into(),
            DeleteFunctionError::ManagedByDeploy => Self::new(ErrorCode::FunctionManagedByDeploy),
            DeleteFunctionError::Lock(error) => error.into(),
        }
    }
}

impl From<RollbackError> for ApiError {
    fn from(error: RollbackError) -> Self {
        match error {
            RollbackError::Find(error) => error.into(),
            RollbackError::NoVersion => {
                Self::not_found("There is no such version of the function beside the one that runs")
            }
            RollbackError::Lock(error) => error.into(),
        }
    }
}
