//! bowline-domain
