//! The client against a started Bowline, on both databases, with the simulated provider behind it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod connect;
mod connections;
mod errors;
mod functions;
mod integrations;
mod later;
mod place;
mod proxy;
mod streams;

/// A test on SQLite and one on PostgreSQL.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::place::Place::sqlite().await).await;
            })*
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::place::Place::postgres().await).await;
            })*
        }
    };
}

use on_both;
