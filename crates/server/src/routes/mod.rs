//! Handlers, in files that mirror the paths. A handler extracts, calls one function, maps the result.

pub(crate) mod action;
pub(crate) mod auth;
pub(crate) mod cli_telemetry;
pub(crate) mod connect;
pub(crate) mod connect_ui;
pub(crate) mod connections;
pub(crate) mod env_js;
pub(crate) mod environment_variables;
pub(crate) mod environments;
pub(crate) mod health;
pub(crate) mod integrations;
pub(crate) mod logo;
pub(crate) mod oauth;
pub(crate) mod openapi_json;
pub(crate) mod providers;
pub(crate) mod proxy;
pub(crate) mod ready;
pub(crate) mod scripts_config;
pub(crate) mod sync;
pub(crate) mod v1;
pub(crate) mod websocket;
