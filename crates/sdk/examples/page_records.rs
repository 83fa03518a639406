//! Takes over records since the last time; the place is kept in a file:
//! `cargo run --example page_records -- INTEGRATION CONNECTION MODEL cursor.txt`
#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use std::fs;

use bowline_sdk::Bowline;
use futures_util::TryStreamExt;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [integration, connection, model, file] = arguments.as_slice() else {
        println!("usage: page_records INTEGRATION CONNECTION MODEL FILE");
        return Ok(());
    };
    let mut call = Bowline::from_env()?.list_records::<Value>(integration, connection, model);
    if let Ok(cursor) = fs::read_to_string(file) {
        call = call.cursor(cursor);
    }
    let mut records = call.stream();
    while let Some(record) = records.try_next().await? {
        println!("{:?} {}", record.metadata.last_action, record.record);
        if let Some(cursor) = records.cursor() {
            fs::write(file, cursor.as_str())?;
        }
    }
    Ok(())
}
