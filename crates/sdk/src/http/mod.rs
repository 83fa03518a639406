//! From a call to bytes and back.

pub(crate) mod answer;
pub(crate) mod connect;
pub(crate) mod decode;
pub(crate) mod path;
pub(crate) mod request;
pub(crate) mod send;
