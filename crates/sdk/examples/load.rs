//! One client under load, for `bench/sdk`: `load HOST KEY WORKLOAD CONCURRENCY SECONDS`. Prints a line of JSON.

#![expect(clippy::print_stdout, reason = "a program of the benchmarks talks to whoever runs it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bowline_sdk::{Bowline, Result};

const INTEGRATION: &str = "bench";
const CONNECTION: &str = "bench-1";

// One thread, as Node.js has one.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, key, workload, concurrency, seconds] = arguments.as_slice() else {
        println!("usage: load HOST KEY get_connection|proxy CONCURRENCY SECONDS");
        return Ok(());
    };
    let bowline = Bowline::builder().host(host).secret_key(key.as_str()).build()?;
    let upstream = std::env::var("BENCH_UPSTREAM").unwrap_or_default();
    let upstream = (workload == "proxy").then_some(upstream.as_str());
    let (concurrency, seconds) = (number(concurrency), number(seconds));

    // What starting up costs is not what a call costs.
    run(&bowline, upstream, concurrency, Duration::from_secs(1)).await?;
    let before = cpu_seconds();
    let began = Instant::now();
    let calls = run(&bowline, upstream, concurrency, Duration::from_secs(seconds)).await?;
    let took = began.elapsed().as_secs_f64();
    let cpu = cpu_seconds() - before;
    println!("{{\"calls\":{calls},\"seconds\":{took:.3},\"cpu_seconds\":{cpu:.3}}}");
    Ok(())
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or(1)
}

async fn run(bowline: &Bowline, upstream: Option<&str>, concurrency: u64, length: Duration) -> Result<u64> {
    let end = Instant::now() + length;
    let done = Arc::new(AtomicU64::new(0));
    let workers = (0..concurrency).map(|_| {
        let (bowline, done) = (bowline.clone(), Arc::clone(&done));
        async move {
            while Instant::now() < end {
                if let Some(upstream) = upstream {
                    let call = bowline.get(INTEGRATION, CONNECTION, "/document").base_url_override(upstream);
                    call.await?.json::<serde_json::Value>().await?;
                } else {
                    bowline.get_connection(INTEGRATION, CONNECTION).await?;
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<(), bowline_sdk::Error>(())
        }
    });
    futures_util::future::try_join_all(workers).await?;
    Ok(done.load(Ordering::Relaxed))
}

/// User and system time of this process, from `/proc` (proc(5), in ticks of a hundredth of a second).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks =
        |field: usize| after_name.split_whitespace().nth(field).and_then(|text| text.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
}
