//! Unpacking, for `unzipper`, with a limit on what comes out.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use crate::data::Data;

pub(super) fn add<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    native.set("inflate", Function::new(ctx.clone(), inflate)?)
}

fn inflate(ctx: Ctx<'_>, bytes: Data, format: String, bytes_max: u64) -> Result<ArrayBuffer<'_>> {
    let packed = &bytes.0[..];
    let unpacked = match format.as_str() {
        "raw" => read(DeflateDecoder::new(packed), bytes_max),
        "zlib" => read(ZlibDecoder::new(packed), bytes_max),
        "gzip" => read(GzDecoder::new(packed), bytes_max),
        _ => return Err(Exception::throw_type(&ctx, "Unknown format of packed data")),
    };
    let unpacked = unpacked.map_err(|problem| Exception::throw_message(&ctx, &problem))?;
    ArrayBuffer::new(ctx, unpacked)
}

fn read(packed: impl Read, bytes_max: u64) -> std::result::Result<Vec<u8>, String> {
    let mut unpacked = Vec::new();
    packed
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut unpacked)
        .map_err(|error| format!("The packed data is damaged: {error}"))?;
    if unpacked.len() as u64 > bytes_max {
        return Err(format!("The packed data is larger than {bytes_max} bytes when unpacked"));
    }
    Ok(unpacked)
}
