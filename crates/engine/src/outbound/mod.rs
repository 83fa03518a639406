//! The only way out to the network.
//!
//! Every call that leaves Bowline (proxied requests, token calls, webhook deliveries, calls made by functions) goes
//! through [`Outbound::send`], under one [`OutboundPolicy`]: the URL is judged, the host resolved, every address
//! judged, and the connection made to a judged address. Each redirect hop goes through the same again, and loses its
//! credentials when it leaves the host. Framing is always our own, servers are always verified, bodies stream in
//! constant memory, and every phase has its time limit; only the length of a stream has none.
//!
//! It is built on hyper, its pooled client and rustls rather than on a ready-made client, because the address that is
//! checked must be the one that is connected to, redirects need rules of their own, and headers and bodies must pass
//! through untouched and unbuffered.
//!
//! Start with [`client`] for the flow, [`policy`] and [`address`] for what is refused, `connector` for the check at
//! connect time.

pub mod address;
pub mod allow;
mod body;
mod buffered;
pub mod client;
mod connector;
mod decode;
mod error;
mod headers;
pub mod policy;
mod pools;
mod redirect;
mod request;
mod resolver;
mod response;
mod tls;

pub use address::AddressClass;
pub use allow::{AllowList, AllowListError};
pub use body::OutboundBody;
pub use buffered::BufferedResponse;
pub use client::{Outbound, OutboundOptions};
pub use error::{BoxError, OutboundError, Phase};
pub use headers::strip_hop_by_hop;
pub use policy::{OutboundPolicy, PolicyError, Purpose};
pub use request::{OutboundRequest, RedirectPolicy};
pub use resolver::{Resolver, SystemResolver};
pub use response::{OutboundResponse, ResponseBody};
pub use tls::{ClientIdentity, IdentityError};

#[cfg(test)]
pub(crate) mod tests;
