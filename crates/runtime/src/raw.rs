//! What needs the engine's C interface: bytecode, and the bytes behind strings and buffers.
//!
//! The only unsafe code of the project. Bytecode is trusted by the engine without checks, so it is made and
//! loaded by this process alone: [`Bytecode`] cannot be built from bytes.

#![expect(unsafe_code, reason = "QuickJS reads and writes bytecode through C functions only")]

use std::ffi::CString;
use std::slice;
use std::sync::Arc;

use rquickjs::{Ctx, Error, Function, Result, String as JsString, TypedArray, Value, qjs};

/// A compiled script. Evaluating it gives the function that the script's text is an expression of.
#[derive(Clone)]
pub(crate) struct Bytecode(Arc<[u8]>);

impl Bytecode {
    /// Compiles a script without running any of it.
    pub(crate) fn compile(ctx: &Ctx<'_>, file: &str, source: &str) -> Result<Self> {
        let length = source.len();
        let file = CString::new(file)?;
        let source = CString::new(source)?;
        let flags = (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY).cast_signed();
        // SAFETY: the texts end with NUL and outlive the call; the result is owned by `script` from here on.
        let script = unsafe {
            let raw = qjs::JS_Eval(
                ctx.as_raw().as_ptr(),
                source.as_ptr(),
                length as qjs::size_t,
                file.as_ptr(),
                flags,
            );
            owned(ctx, raw)?
        };
        write(ctx, &script).map(Self)
    }

    /// Reads the script into a context and evaluates it.
    pub(crate) fn load<'js>(&self, ctx: &Ctx<'js>) -> Result<Function<'js>> {
        // SAFETY: the bytes were written by `compile` in this process, by this very engine. Reading gives a
        // value of ours, which evaluating consumes.
        let value = unsafe {
            let script = qjs::JS_ReadObject(
                ctx.as_raw().as_ptr(),
                self.0.as_ptr(),
                self.0.len() as qjs::size_t,
                qjs::JS_READ_OBJ_BYTECODE.cast_signed(),
            );
            if qjs::JS_IsException(script) {
                return Err(Error::Exception);
            }
            owned(ctx, qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), script))?
        };
        value.into_function().ok_or_else(|| Error::new_from_js("script", "function"))
    }
}

fn write(ctx: &Ctx<'_>, script: &Value<'_>) -> Result<Arc<[u8]>> {
    let flags = (qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_SOURCE).cast_signed();
    let mut length: qjs::size_t = 0;
    // SAFETY: the engine hands out a buffer of `length` bytes that is ours to free, or null with an exception.
    unsafe {
        let buffer = qjs::JS_WriteObject(ctx.as_raw().as_ptr(), &mut length, script.as_raw(), flags);
        if buffer.is_null() {
            return Err(Error::Exception);
        }
        let bytes = Arc::from(slice::from_raw_parts(buffer, length as usize));
        qjs::js_free(ctx.as_raw().as_ptr(), buffer.cast());
        Ok(bytes)
    }
}

/// # Safety
/// `raw` must be a value of this context that nobody else will free.
unsafe fn owned<'js>(ctx: &Ctx<'js>, raw: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: the caller gives the value away; an exception carries no value.
    unsafe {
        if qjs::JS_IsException(raw) { Err(Error::Exception) } else { Ok(Value::from_raw(ctx.clone(), raw)) }
    }
}

/// A string's text; halves of surrogate pairs become U+FFFD, as in every encoder of the web.
pub(crate) fn text(string: &JsString<'_>) -> Result<String> {
    let mut length = 0_usize;
    let ctx = string.as_value().ctx().as_raw().as_ptr();
    // SAFETY: the engine hands out `length` bytes, or null, until they are freed below.
    unsafe {
        let bytes = qjs::JS_ToCStringLen(ctx, &mut length, string.as_value().as_raw());
        if bytes.is_null() {
            return Err(Error::Exception);
        }
        let text = String::from_utf8_lossy(slice::from_raw_parts(bytes.cast(), length)).into_owned();
        qjs::JS_FreeCString(ctx, bytes);
        Ok(text)
    }
}

/// A copy of the bytes of a `Uint8Array` (a `Buffer` too); `None` when its buffer was given away.
pub(crate) fn bytes(array: &TypedArray<'_, u8>) -> Option<Vec<u8>> {
    // SAFETY: no JavaScript runs while the slice is copied.
    unsafe { array.as_bytes().map(<[u8]>::to_vec) }
}
