//! A gigabyte down and up, in the memory of a few chunks.

use bowline_sim::stream_byte;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::place::{ADA, API_KEY, Place};

const LENGTH: u64 = 1 << 30;
const CHUNK: u64 = 1 << 18;
/// Far more than the chunks in flight, far less than the body.
const GROWTH_MAX_KIB: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_gigabyte_comes_down_and_goes_up_in_flat_memory() {
    let place = Place::sqlite().await;
    place.connect_by_key().await;
    down(&place).await;
    up(&place).await;
}

async fn down(place: &Place) {
    let path = format!("/stream?bytes={LENGTH}&chunk={CHUNK}");
    let mut body = place.bowline.get(API_KEY, ADA, &path).await.unwrap().stream();
    let (before, mut most, mut length) = (memory_kib(), 0, 0);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.unwrap();
        assert_eq!(chunk[0], stream_byte(length));
        if length / (64 << 20) != (length + chunk.len() as u64) / (64 << 20) {
            most = most.max(memory_kib());
        }
        length += chunk.len() as u64;
    }
    assert_eq!(length, LENGTH);
    assert!(most.saturating_sub(before) < GROWTH_MAX_KIB, "memory grew from {before} to {most} KiB");
}

async fn up(place: &Place) {
    let before = memory_kib();
    let chunk = Bytes::from(vec![7_u8; CHUNK as usize]);
    let chunks = stream::iter((0..LENGTH / CHUNK).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
    let call = place.bowline.post(API_KEY, ADA, "/sink").body_stream("application/octet-stream", chunks);
    let sent: Value = call.await.unwrap().json().await.unwrap();
    assert_eq!(sent["body_length"], LENGTH);
    let after = memory_kib();
    assert!(after.saturating_sub(before) < GROWTH_MAX_KIB, "memory grew from {before} to {after} KiB");
}

/// The most memory this process has held so far, with the simulator in it (proc(5)).
fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
