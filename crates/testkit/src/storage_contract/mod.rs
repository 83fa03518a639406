//! One suite for every [`Storage`](bowline_domain::storage::Storage): what the traits promise, case by case.
//!
//! A backend writes one function that makes a fresh, empty database and expands the suite with it:
//!
//! ```ignore
//! async fn fresh() -> TestStorage { … }
//! bowline_testkit::storage_contract_tests!(fresh);
//! ```
//!
//! A case is a public async function of a module below that takes a [`TestStorage`]; it must be named in the
//! list of [`storage_contract_tests!`](crate::storage_contract_tests), which a test checks.

pub mod environments;
mod fixtures;
mod harness;

pub use harness::{TestBackend, TestStorage};

/// Expands to one test per case of the suite. `$make` is an `async fn() -> TestStorage` in scope.
#[macro_export]
macro_rules! storage_contract_tests {
    ($make:ident) => {
        $crate::storage_contract_tests! { @expand $make;
            environments {
                concurrent_first_uses_get_the_same_default_account
            }
        }
    };
    (@expand $make:ident; $($module:ident { $($case:ident)* })*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                $crate::storage_contract::$module::$case(super::$make().await).await;
            })*
        })*
    };
}
