//! Every behaviour of the simulator, shown through a plain HTTP client.

// `cfg(test)` tells clippy that helpers in these modules may unwrap, as tests may.
#[cfg(test)]
mod api;
#[cfg(test)]
mod authorization;
#[cfg(test)]
mod control;
#[cfg(test)]
mod pagination;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod streaming;
#[cfg(test)]
mod support;
