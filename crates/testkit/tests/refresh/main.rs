//! Refreshing tokens, from the engine's side: at most one token request at a time per connection, on however many
//! nodes, whatever fails (guarantees G2 and G3).

/// Each scenario as a test on SQLite and as one on PostgreSQL.
macro_rules! on_both_databases {
    ($($scenario:ident)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(bowline_testkit::engine::Backend::Sqlite).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                super::$scenario(bowline_testkit::engine::Backend::Postgres).await;
            })*
        }
    };
}

mod background;
mod crashes;
mod failures;
mod oauth2;
mod other_modes;
mod readers;
mod secrets;
mod signed;
mod support;
mod writers;
