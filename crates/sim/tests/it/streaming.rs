//! Bodies that are long, compressed, cut off or awkward.

use std::io::Read;

use bowline_sim::stream_byte;
use http_body_util::BodyExt;
use ring::digest::{SHA256, digest};

use crate::support::{API_KEY, World};

/// Reads a body to its end without keeping it; how long it was and whether each byte was right.
async fn read_stream(world: &World, path: &str) -> (u64, bool, Option<String>) {
    let response = world.open("GET", path, &[API_KEY], "").await.unwrap();
    let length = response.headers().get("content-length").map(|value| value.to_str().unwrap().to_owned());
    let mut body = response.into_body();
    let (mut position, mut right) = (0, true);
    while let Some(frame) = body.frame().await {
        for byte in frame.unwrap().into_data().unwrap() {
            right &= byte == stream_byte(position);
            position += 1;
        }
    }
    (position, right, length)
}

#[tokio::test]
async fn a_stream_has_the_asked_size_and_known_bytes() {
    let world = World::start().await;
    let chunked = read_stream(&world, "/api/stream?bytes=5000003&chunk=7001").await;
    assert_eq!(chunked, (5_000_003, true, None));
    let sized = read_stream(&world, "/api/stream?bytes=100000&chunk=999&length=1").await;
    assert_eq!(sized, (100_000, true, Some("100000".to_owned())));
    assert_eq!(read_stream(&world, "/api/stream?bytes=0").await.0, 0);
    assert_eq!(read_stream(&world, "/api/stream?bytes=3&chunk=1&delay_ms=1").await.0, 3);
}

#[tokio::test]
async fn the_sink_swallows_more_than_the_other_endpoints_hold() {
    let world = World::start().await;
    let body = vec![7u8; 9 * 1024 * 1024];
    let hash = hex::encode(digest(&SHA256, &body));
    let sunk = world.send("PUT", "/api/sink", &[API_KEY], body.clone()).await.json();
    assert_eq!((sunk["body_length"].as_u64(), sunk["sha256"].as_str()), (Some(9 << 20), Some(hash.as_str())));
    assert_eq!(world.send("PUT", "/api/echo", &[API_KEY], body[..1 << 20].to_vec()).await.code(), 200);
    assert_eq!(world.send("PUT", "/api/sink", &[], "x").await.code(), 401);
}

#[tokio::test]
async fn compressed_answers_are_what_their_header_says() {
    let world = World::start().await;
    let gzip = world.get("/api/gzip").await;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert!(text.contains(r#""encoding":"gzip""#));
    let deflate = world.get("/api/deflate").await;
    text.clear();
    flate2::read::ZlibDecoder::new(&deflate.body[..]).read_to_string(&mut text).unwrap();
    assert!(text.contains(r#""encoding":"deflate""#));
}

#[tokio::test]
async fn a_gzip_bomb_is_small_on_the_wire_and_large_inside() {
    let world = World::start().await;
    let bomb = world.get("/api/gzip-bomb?bytes=20000001").await;
    assert!(bomb.body.len() < 200_000);
    let size =
        std::io::copy(&mut flate2::read::GzDecoder::new(&bomb.body[..]), &mut std::io::sink()).unwrap();
    assert_eq!(size, 20_000_001);
}

#[tokio::test]
async fn binary_carries_every_byte_value() {
    let world = World::start().await;
    let answer = world.get("/api/binary?status=418").await;
    assert_eq!((answer.code(), &answer.body[..]), (418, &(0..=255).collect::<Vec<u8>>()[..]));
}

#[tokio::test]
async fn a_truncated_body_arrives_in_part_and_then_fails() {
    let world = World::start().await;
    let response = world.open("GET", "/api/truncated?bytes=1000&sent=400", &[API_KEY], "").await.unwrap();
    assert_eq!(response.headers()["content-length"], "1000");
    let mut body = response.into_body();
    let mut arrived = 0;
    let ended_well = loop {
        match body.frame().await {
            Some(Ok(frame)) => arrived += frame.into_data().unwrap().len(),
            Some(Err(_)) => break false,
            None => break true,
        }
    };
    assert_eq!((arrived, ended_well), (400, false));
}

#[tokio::test]
async fn events_come_one_by_one() {
    let world = World::start().await;
    let answer = world.get("/api/sse?events=3&delay_ms=1").await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.text().matches("event: tick\n").count(), 3);
    assert!(answer.text().ends_with("id: 2\nevent: tick\ndata: {\"number\":2}\n\n"));
}
