//! bowline-storage-postgres
