//! A call that is set up but not yet made.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::Bowline;
use crate::error::{Error, Result};
use crate::http::decode;
use crate::http::path::Path;
use crate::http::request::RequestSpec;
use crate::retry::RetryPolicy;

/// One method of the API: what its answer is on the wire and for the caller. Only this crate implements it.
pub trait Endpoint: sealed::Sealed {
    /// What the call gives.
    type Output: Send;
    #[doc(hidden)]
    type Wire: DeserializeOwned;
    #[doc(hidden)]
    fn output(wire: Self::Wire) -> Result<Self::Output>;
}

pub(crate) mod sealed {
    /// Closes [`Endpoint`](super::Endpoint).
    pub trait Sealed {}
}

/// A call that is set up but not yet made: add options, then `.await` it.
///
/// Methods of [`Bowline`] that ask the server for something return one. `E` says which call it is, and with that which
/// options it has. What is wrong with an argument is told when the call is awaited; nothing is sent then.
///
/// ```
/// # async fn run(bowline: bowline_sdk::Bowline) -> bowline_sdk::Result<()> {
/// use std::time::Duration;
///
/// let connection = bowline
///     .get_connection("github", "user-1")
///     .force_refresh()                    // an option of this call
///     .timeout(Duration::from_secs(10))   // an option of every call
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is made when it is awaited"]
pub struct Call<E> {
    pub(crate) client: Bowline,
    pub(crate) request: Result<RequestSpec>,
    pub(crate) endpoint: PhantomData<fn() -> E>,
}

impl<E> Call<E> {
    pub(crate) fn new(client: &Bowline, method: Method, path: Result<Path>) -> Self {
        let request = path.map(|path| RequestSpec::new(method, path));
        Self { client: client.clone(), request, endpoint: PhantomData }
    }

    pub(crate) fn of(client: &Bowline, request: RequestSpec) -> Self {
        Self { client: client.clone(), request: Ok(request), endpoint: PhantomData }
    }

    /// How long this call may take, until its whole answer is there.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|request| {
            request.timeout = Some(timeout);
            Ok(())
        })
    }

    /// A header of this call.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with(|request| request.header(name, value))
    }

    /// How this call is made again when it fails, in place of the client's policy.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.with(|request| {
            request.retry = Some(policy);
            Ok(())
        })
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut RequestSpec) -> Result<()>) -> Self {
        self.request = self.request.and_then(|mut request| change(&mut request).map(|()| request));
        self
    }

    pub(crate) fn query(self, name: &str, value: impl ToString) -> Self {
        self.with(|request| {
            request.query(name, value);
            Ok(())
        })
    }

    pub(crate) fn field(self, name: &str, value: impl Serialize) -> Self {
        self.with(|request| request.field(name, value))
    }

    /// An id as a query parameter.
    pub(crate) fn id_query(self, argument: &'static str, name: &str, id: &str) -> Self {
        self.with(|request| {
            crate::http::path::check_text(argument, id)?;
            request.query(name, id);
            Ok(())
        })
    }

    /// An id as a field of the body.
    pub(crate) fn id_field(self, argument: &'static str, name: &str, id: &str) -> Self {
        self.with(|request| {
            crate::http::path::check_text(argument, id)?;
            request.field(name, id)
        })
    }

    /// The headers that say which connection is meant.
    pub(crate) fn connection_headers(self, key: &str, connection: &str) -> Self {
        self.with(|request| {
            request.id_header("connection_id", "connection-id", connection)?;
            request.id_header("integration", "provider-config-key", key)
        })
    }

    /// The same request as another kind of call.
    pub(crate) fn becoming<F>(self) -> Call<F> {
        Call { client: self.client, request: self.request, endpoint: PhantomData }
    }
}

impl<E: Endpoint> Call<E> {
    /// Makes the call; the same as awaiting it.
    ///
    /// # Errors
    ///
    /// As [`Error`] says.
    pub async fn send(self) -> Result<E::Output> {
        let answer = self.client.send_for_answer(self.request?).await?;
        let wire = decode::from_slice(answer.json_body()?)?;
        E::output(wire)
    }

    /// Makes the call and waits for it, on a runtime of this crate's own.
    ///
    /// # Errors
    ///
    /// As [`Error`] says; [`Error::InvalidArgument`] inside of an async runtime, which waiting would block.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<E::Output> {
        crate::blocking::wait(self.send())?
    }
}

impl<E: Endpoint + 'static> IntoFuture for Call<E> {
    type Output = Result<E::Output>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// An answer that says no more than that it worked. Older servers say it in other words, or by silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done;

impl<'de> serde::Deserialize<'de> for Done {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// `{"data": …}`.
#[derive(serde::Deserialize)]
#[doc(hidden)]
pub struct Data<T> {
    pub(crate) data: T,
}

/// Declares a call: its name, what it is on the wire, what it gives, and how one becomes the other.
macro_rules! endpoint {
    ($(#[$doc:meta])* $name:ident $(<$param:ident>)? : $wire:ty => $output:ty, $map:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name $(<$param>(std::marker::PhantomData<fn() -> $param>))?;

        impl $(<$param: serde::de::DeserializeOwned + Send>)? $crate::call::sealed::Sealed for $name $(<$param>)? {}

        impl $(<$param: serde::de::DeserializeOwned + Send>)? $crate::call::Endpoint for $name $(<$param>)? {
            type Wire = $wire;
            type Output = $output;
            fn output(wire: Self::Wire) -> $crate::Result<Self::Output> {
                let map: fn($wire) -> $crate::Result<$output> = $map;
                map(wire)
            }
        }
    };
    ($(#[$doc:meta])* $name:ident $(<$param:ident>)? : $output:ty) => {
        $crate::call::endpoint!($(#[$doc])* $name $(<$param>)? : $output => $output, |wire| Ok(wire));
    };
    ($(#[$doc:meta])* $name:ident $(<$param:ident>)? : data $output:ty) => {
        $crate::call::endpoint!($(#[$doc])* $name $(<$param>)? : $crate::call::Data<$output> => $output, |wire| Ok(wire.data));
    };
}

pub(crate) use endpoint;

/// For options that take a number and must not be nothing.
pub(crate) fn at_least_one(argument: &'static str, number: u32) -> Result<u32> {
    if number == 0 {
        return Err(Error::invalid(argument, "is 0: pass at least 1"));
    }
    Ok(number)
}
