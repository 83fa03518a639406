//! Pools of connections: one per purpose, and one per client identity and purpose.
//!
//! Connections are never shared between them: purposes are judged by different rules, and a connection that was
//! opened with one customer's client certificate speaks for that customer.

use std::sync::Arc;

use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use indexmap::IndexMap;
use parking_lot::Mutex;
use rustls::RootCertStore;

use super::body::WireBody;
use super::client::OutboundOptions;
use super::connector::{Connector, TcpConnector};
use super::policy::{OutboundPolicy, Purpose};
use super::resolver::Resolver;
use super::tls::{ClientIdentity, client_config};

/// Pools for client identities beyond this are closed, the least recently used first.
const IDENTITIES_MAX: usize = 128;

pub(super) type Pool = Client<Connector, WireBody>;

pub(super) struct Pools {
    proxy: Pool,
    oauth: Pool,
    webhook: Pool,
    of_identities: Mutex<IndexMap<([u8; 32], Purpose), Pool>>,
    factory: Factory,
}

/// Everything that a new pool is made of.
struct Factory {
    policy: Arc<OutboundPolicy>,
    resolver: Arc<dyn Resolver>,
    roots: Arc<RootCertStore>,
    options: OutboundOptions,
}

impl Pools {
    pub(super) fn new(
        policy: Arc<OutboundPolicy>,
        resolver: Arc<dyn Resolver>,
        roots: Arc<RootCertStore>,
        options: OutboundOptions,
    ) -> Self {
        let tls = client_config(roots.clone(), None);
        let factory = Factory { policy, resolver, roots, options };
        Self {
            proxy: factory.pool(Purpose::Proxy, tls.clone()),
            oauth: factory.pool(Purpose::OAuth, tls.clone()),
            webhook: factory.pool(Purpose::Webhook, tls),
            of_identities: Mutex::default(),
            factory,
        }
    }

    pub(super) fn shared(&self, purpose: Purpose) -> &Pool {
        match purpose {
            Purpose::Proxy => &self.proxy,
            Purpose::OAuth => &self.oauth,
            Purpose::Webhook => &self.webhook,
        }
    }

    pub(super) fn of_identity(&self, purpose: Purpose, identity: &ClientIdentity) -> Pool {
        let key = (identity.fingerprint, purpose);
        let mut pools = self.of_identities.lock();
        // Re-inserting at the end keeps the map in order of use.
        let pool = pools.shift_remove(&key).unwrap_or_else(|| {
            self.factory.pool(purpose, client_config(self.factory.roots.clone(), Some(identity)))
        });
        if pools.len() >= IDENTITIES_MAX {
            pools.shift_remove_index(0);
        }
        pools.insert(key, pool.clone());
        pool
    }
}

impl Factory {
    fn pool(&self, purpose: Purpose, tls: Arc<rustls::ClientConfig>) -> Pool {
        let options = &self.options;
        let tcp = TcpConnector {
            policy: self.policy.clone(),
            resolver: self.resolver.clone(),
            purpose,
            connect_timeout: options.connect_timeout,
        };
        Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.pool_idle_timeout)
            .pool_max_idle_per_host(options.pool_idle_per_host_max)
            .http1_max_headers(options.response_headers_max)
            .http1_max_buf_size(options.response_header_bytes_max)
            .build(Connector::new(tcp, tls, options.tls_timeout))
    }
}
