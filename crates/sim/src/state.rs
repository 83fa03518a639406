//! Everything the simulator remembers, shared by all connections.

use parking_lot::Mutex;

use crate::api::issues::IssueSet;
use crate::bounded::BoundedMap;
use crate::clock::Clock;
use crate::config::SimConfig;
use crate::oauth::store::TokenStore;
use crate::recorder::Recorder;
use crate::stats::Counts;

const COUNTER_KEYS_MAX: usize = 10_000;

pub(crate) struct State {
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) config: Mutex<SimConfig>,
    pub(crate) tokens: Mutex<TokenStore>,
    pub(crate) issues: Mutex<IssueSet>,
    /// Calls per endpoint and key, for endpoints that fail a number of times.
    pub(crate) calls: Mutex<BoundedMap<String, u64>>,
    pub(crate) recorder: Recorder,
    pub(crate) counts: Counts,
    initial_config: SimConfig,
    seed: u64,
}

impl State {
    pub(crate) fn new(base_url: String, seed: u64, config: SimConfig) -> Self {
        Self {
            base_url,
            clock: Clock::default(),
            tokens: Mutex::new(TokenStore::new(seed)),
            issues: Mutex::new(IssueSet::generate(config.api.issues)),
            calls: Mutex::new(BoundedMap::new(COUNTER_KEYS_MAX)),
            recorder: Recorder::default(),
            counts: Counts::default(),
            config: Mutex::new(config.clone()),
            initial_config: config,
            seed,
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Changes the configuration in one step, so that a failure taken from the plan meanwhile does not come back.
    /// Another size of the data set makes the data set anew.
    pub(crate) fn update_config<E>(
        &self,
        change: impl FnOnce(&SimConfig) -> Result<SimConfig, E>,
    ) -> Result<SimConfig, E> {
        let mut current = self.config.lock();
        let changed = change(&current)?;
        if changed.api.issues != current.api.issues {
            *self.issues.lock() = IssueSet::generate(changed.api.issues);
        }
        current.clone_from(&changed);
        Ok(changed)
    }

    /// Is this one of the first `times` calls with this key?
    pub(crate) fn is_among_first(&self, endpoint: &str, key: &str, times: u64) -> bool {
        self.calls.lock().count(format!("{endpoint} {key}")) <= times
    }

    /// Back to the state right after the start, but for open connections.
    pub(crate) fn reset(&self) {
        *self.config.lock() = self.initial_config.clone();
        *self.tokens.lock() = TokenStore::new(self.seed);
        *self.issues.lock() = IssueSet::generate(self.initial_config.api.issues);
        *self.calls.lock() = BoundedMap::new(COUNTER_KEYS_MAX);
        self.recorder.clear();
        self.counts.reset();
        self.clock.reset();
    }
}
