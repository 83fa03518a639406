//! Threads that bundle and run functions, one function at a time each.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use anyhow::{Context, Result};

/// Bytes of stack of a thread that compiles and runs functions. Only what is touched is ever resident.
const STACK_BYTES: usize = 8 * 1024 * 1024;
/// Results that may wait to be taken.
const RESULTS_MAX: usize = 1024;

/// Does `work` on each item and hands the results to `on_done`, on the calling thread, with the item's index.
///
/// # Errors
/// When no thread can be started.
pub fn each<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    work: impl Fn(&T) -> R + Sync,
    mut on_done: impl FnMut(usize, R),
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let (sender, results) = sync_channel(RESULTS_MAX);
    thread::scope(|scope| {
        for _ in 0..threads.get().min(items.len()) {
            let (next, work, sender) = (&next, &work, sender.clone());
            let take = move || {
                let index = next.fetch_add(1, Ordering::Relaxed);
                Some((index, items.get(index)?))
            };
            let thread = thread::Builder::new().name("functions".into()).stack_size(STACK_BYTES);
            let all = move || {
                while let Some((index, item)) = take() {
                    // The receiver outlives the threads.
                    drop(sender.send((index, work(item))));
                }
            };
            thread.spawn_scoped(scope, all).context("no thread for the functions")?;
        }
        drop(sender);
        results.iter().for_each(|(index, result)| on_done(index, result));
        Ok(())
    })
}
