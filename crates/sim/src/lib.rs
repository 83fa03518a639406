//! bowline-sim
