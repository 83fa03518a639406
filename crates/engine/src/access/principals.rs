//! Principals in memory, for a moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use bowline_domain::Timestamp;
use bowline_domain::api_key::KeyDigest;
use parking_lot::RwLock;

use super::{PRINCIPAL_FRESH, Principal};

/// Most principals held at a time.
const PRINCIPALS_MAX: usize = 10_000;

/// A principal and when it was read.
pub(super) struct Known {
    pub principal: Arc<Principal>,
    pub last_noted_micros: AtomicI64,
    read_at: Timestamp,
}

impl Known {
    pub fn new(principal: Principal, last_used_at: Option<Timestamp>, read_at: Timestamp) -> Self {
        let last_noted = last_used_at.map_or(i64::MIN, Timestamp::as_micros);
        Self { principal: Arc::new(principal), last_noted_micros: AtomicI64::new(last_noted), read_at }
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.read_at) < PRINCIPAL_FRESH
    }
}

#[derive(Default)]
pub(super) struct Principals {
    known: RwLock<HashMap<KeyDigest, Arc<Known>>>,
    /// Grows with every [`Principals::clear`], so that a lookup begun before one is not kept after it.
    epoch: AtomicU64,
}

impl Principals {
    pub fn find_fresh(&self, digest: &KeyDigest, now: Timestamp) -> Option<Arc<Known>> {
        self.known.read().get(digest).filter(|known| known.is_fresh(now)).cloned()
    }

    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub fn keep(&self, digest: KeyDigest, new: Arc<Known>, epoch: u64) {
        let mut known = self.known.write();
        if self.epoch() != epoch {
            return;
        }
        if known.len() >= PRINCIPALS_MAX {
            known.retain(|_, old| old.is_fresh(new.read_at));
        }
        if known.len() < PRINCIPALS_MAX {
            known.insert(digest, new);
        }
    }

    pub fn clear(&self) {
        let mut known = self.known.write();
        self.epoch.fetch_add(1, Ordering::SeqCst);
        known.clear();
    }
}
