//! Compiled functions, as many as fit.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::Code;
use crate::program::{Program, SyntaxError};

/// Bytes of code that stay compiled.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

type Compiled = Arc<OnceLock<Result<Program, SyntaxError>>>;

/// Compiled functions by digest. What was not used for longest goes first.
#[derive(Default)]
pub(super) struct ProgramCache(Mutex<State>);

#[derive(Default)]
struct State {
    entries: HashMap<String, Entry>,
    bytes: usize,
    clock: u64,
}

struct Entry {
    compiled: Compiled,
    bytes: usize,
    used: u64,
}

impl ProgramCache {
    /// The compiled code. Of several threads that want it at once, one compiles and the others wait.
    pub(super) fn get(&self, code: &Code) -> Result<Program, SyntaxError> {
        let compiled = self.entry(code);
        compiled.get_or_init(|| Program::compile(&code.file, &code.source)).clone()
    }

    fn entry(&self, code: &Code) -> Compiled {
        let mut state = self.0.lock();
        state.clock += 1;
        let now = state.clock;
        if let Some(entry) = state.entries.get_mut(&code.digest) {
            entry.used = now;
            return Arc::clone(&entry.compiled);
        }
        // Bytecode takes about as much as the text.
        let bytes = code.source.len() * 2;
        let compiled = Compiled::default();
        state.bytes += bytes;
        state
            .entries
            .insert(code.digest.clone(), Entry { compiled: Arc::clone(&compiled), bytes, used: now });
        state.make_room();
        compiled
    }
}

impl State {
    fn make_room(&mut self) {
        while self.bytes > KEPT_BYTES_MAX && self.entries.len() > 1 {
            let oldest =
                self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(digest, _)| digest.clone());
            let Some(entry) = oldest.and_then(|digest| self.entries.remove(&digest)) else { return };
            self.bytes -= entry.bytes;
        }
    }
}
