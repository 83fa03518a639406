//! Waiting for calls in programs without an async runtime, such as scripts.
//!
//! ```no_run
//! use bowline_sdk::Bowline;
//!
//! let bowline = Bowline::from_env()?;
//! for integration in bowline.list_integrations().send_blocking()? {
//!     println!("{}", integration.unique_key);
//! }
//! for connection in bowline_sdk::blocking::iterate(bowline.list_connections().stream()) {
//!     println!("{}", connection?.connection_id);
//! }
//! # Ok::<(), bowline_sdk::Error>(())
//! ```

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use futures_util::stream::{Stream, StreamExt};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, Result};

/// Waits for a future of this crate, on a runtime that all such waits of the program share.
///
/// # Errors
///
/// [`Error::InvalidArgument`] inside of an async runtime, which waiting would block: `.await` there.
pub fn wait<T>(future: impl Future<Output = T>) -> Result<T> {
    if Handle::try_current().is_ok() {
        return Err(Error::invalid("blocking", "call is made inside of an async runtime: `.await` it there"));
    }
    Ok(runtime()?.block_on(future))
}

/// The items of a stream, each waited for.
pub fn iterate<T>(stream: impl Stream<Item = Result<T>> + Send + 'static) -> Iter<T> {
    Iter(Some(stream.boxed()))
}

/// The items of a stream; ends behind its first error.
pub struct Iter<T>(Option<Pin<Box<dyn Stream<Item = Result<T>> + Send>>>);

impl<T> Iterator for Iter<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.0.as_mut()?;
        let item = match wait(stream.next()) {
            Ok(item) => item,
            Err(error) => Some(Err(error)),
        };
        if !matches!(item, Some(Ok(_))) {
            self.0 = None;
        }
        item
    }
}

fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let made =
        RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().ok());
    made.as_ref().ok_or_else(|| Error::invalid("blocking", "call found no way to start a thread"))
}
