//! What natives take from JavaScript: texts and bytes, copied out.

use rquickjs::{ArrayBuffer, Ctx, Error, FromJs, Result, TypedArray, Value};

use crate::raw;

/// A string, well-formed.
pub(crate) struct Text(pub String);

impl<'js> FromJs<'js> for Text {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let found = value.type_name();
        let string = value.into_string().ok_or_else(|| Error::new_from_js(found, "string"))?;
        raw::text(&string).map(Self)
    }
}

/// The bytes of a string (UTF-8), a `Uint8Array` or an `ArrayBuffer`.
pub(crate) struct Data(pub Vec<u8>);

impl<'js> FromJs<'js> for Data {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        if let Some(string) = value.as_string() {
            return raw::text(string).map(|text| Self(text.into_bytes()));
        }
        let found = value.type_name();
        let refused = || Error::new_from_js(found, "string or Uint8Array");
        let object = value.into_object().ok_or_else(refused)?;
        let array = match ArrayBuffer::from_object(object.clone()) {
            Some(buffer) => TypedArray::from_arraybuffer(buffer)?,
            None => TypedArray::<u8>::from_object(object).map_err(|_| refused())?,
        };
        raw::bytes(&array).map(Self).ok_or_else(refused)
    }
}
