//! bowline-server
