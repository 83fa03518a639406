//! bowline-storage-sqlite
