//! Between texts and bytes, in the encodings of Node's `Buffer`.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use crate::data::{Data, Text};

/// Reads base64 as Node does: padding or none, and bits left over are no error.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(super) fn add<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    native.set("encode", Function::new(ctx.clone(), encode)?)?;
    native.set("decode", Function::new(ctx.clone(), decode)?)?;
    native.set("byteLength", Function::new(ctx.clone(), byte_length)?)
}

fn encode(ctx: Ctx<'_>, text: Text, encoding: String) -> Result<ArrayBuffer<'_>> {
    let bytes = bytes_of(&text.0, &encoding).ok_or_else(|| unknown(&ctx, &encoding))?;
    ArrayBuffer::new(ctx, bytes)
}

fn decode(ctx: Ctx<'_>, bytes: Data, encoding: String) -> Result<String> {
    text_of(&bytes.0, &encoding).ok_or_else(|| unknown(&ctx, &encoding))
}

fn byte_length(ctx: Ctx<'_>, text: Text, encoding: String) -> Result<usize> {
    if matches!(encoding.as_str(), "utf8" | "utf-8") {
        return Ok(text.0.len());
    }
    bytes_of(&text.0, &encoding).map(|bytes| bytes.len()).ok_or_else(|| unknown(&ctx, &encoding))
}

fn unknown(ctx: &Ctx<'_>, encoding: &str) -> rquickjs::Error {
    Exception::throw_type(ctx, &format!("Unknown encoding: {encoding}"))
}

fn bytes_of(text: &str, encoding: &str) -> Option<Vec<u8>> {
    Some(match encoding {
        "utf8" | "utf-8" => text.as_bytes().to_vec(),
        // Node keeps the low byte of each UTF-16 unit.
        "latin1" | "binary" | "ascii" => text.encode_utf16().map(|unit| unit.to_le_bytes()[0]).collect(),
        "utf16le" | "utf-16le" | "ucs2" | "ucs-2" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "hex" => hex_bytes(text),
        "base64" | "base64url" => base64_bytes(text),
        _ => return None,
    })
}

/// Pairs of digits up to the first that is none.
fn hex_bytes(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks_exact(2)
        .map_while(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok())
        .collect()
}

/// Both alphabets; what belongs to neither is skipped, and the first `=` ends the text.
fn base64_bytes(text: &str) -> Vec<u8> {
    let mut digits: Vec<u8> = text
        .bytes()
        .take_while(|byte| *byte != b'=')
        .filter_map(|byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            b'+' | b'/' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Some(byte),
            _ => None,
        })
        .collect();
    // A single digit left over holds less than a byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    LENIENT.decode(digits).unwrap_or_default()
}

fn text_of(bytes: &[u8], encoding: &str) -> Option<String> {
    Some(match encoding {
        "utf8" | "utf-8" => String::from_utf8_lossy(bytes).into_owned(),
        "latin1" | "binary" => bytes.iter().map(|byte| char::from(*byte)).collect(),
        "ascii" => bytes.iter().map(|byte| char::from(byte & 0x7f)).collect(),
        "utf16le" | "utf-16le" | "ucs2" | "ucs-2" => {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        "hex" => hex::encode(bytes),
        "base64" => STANDARD.encode(bytes),
        "base64url" => URL_SAFE_NO_PAD.encode(bytes),
        _ => return None,
    })
}
