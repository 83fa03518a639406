//! bowline-api
