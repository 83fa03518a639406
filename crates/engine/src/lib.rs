//! bowline-engine
