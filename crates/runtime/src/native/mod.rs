//! What Rust lends to the JavaScript of the runtime. Functions of users never see this object.

mod bytes;
mod crypto;
mod inflate;
mod pem;
mod sign;
mod text;
mod url;

use std::rc::Rc;
use std::time::Duration;

use rquickjs::prelude::Opt;
use rquickjs::{Ctx, Exception, Function, Object, Result};

use crate::data::{Data, Text};
use crate::embedded;
use crate::host::HostCall;
use crate::step::Shared;

/// The object of natives, in this context.
pub(crate) fn object<'js>(ctx: &Ctx<'js>, shared: &Rc<Shared>) -> Result<Object<'js>> {
    let native = Object::new(ctx.clone())?;
    add_calls(ctx, &native, shared)?;
    native.set("load", Function::new(ctx.clone(), load)?)?;
    bytes::add(ctx, &native)?;
    crypto::add(ctx, &native)?;
    sign::add(ctx, &native)?;
    inflate::add(ctx, &native)?;
    text::add(ctx, &native)?;
    url::add(ctx, &native)?;
    Ok(native)
}

fn load<'js>(ctx: Ctx<'js>, name: String) -> Result<Function<'js>> {
    embedded::load(&ctx, &name)
}

fn add_calls<'js>(ctx: &Ctx<'js>, native: &Object<'js>, shared: &Rc<Shared>) -> Result<()> {
    let calling = Rc::clone(shared);
    let call = move |ctx: Ctx<'js>, operation: String, arguments: Text, bytes: Opt<Option<Data>>| {
        begin(&ctx, &calling, operation, arguments.0, bytes.0.flatten())
    };
    native.set("call", Function::new(ctx.clone(), call)?)?;
    let finishing = Rc::clone(shared);
    let finish = move |ok: bool, json: Text| {
        // The first word counts: what the function does afterwards changes nothing.
        finishing.finished.borrow_mut().get_or_insert((ok, json.0));
    };
    native.set("finish", Function::new(ctx.clone(), finish)?)
}

fn begin(
    ctx: &Ctx<'_>,
    shared: &Shared,
    operation: String,
    arguments: String,
    bytes: Option<Data>,
) -> Result<u32> {
    match operation.as_str() {
        "log" => {
            shared.log(&arguments);
            Ok(0)
        }
        "sleep" => Ok(shared.sleep(sleep_span(&arguments))),
        _ => shared
            .begin(HostCall { operation, arguments, bytes: bytes.map(|data| data.0) })
            .map_err(|refusal| Exception::throw_message(ctx, refusal)),
    }
}

/// `{"ms": …}`; what is no time to wait for is none, as in browsers.
fn sleep_span(arguments: &str) -> Duration {
    #[derive(serde::Deserialize)]
    struct Sleep {
        ms: f64,
    }
    let ms = serde_json::from_str::<Sleep>(arguments).map_or(0.0, |sleep| sleep.ms);
    Duration::try_from_secs_f64(ms.max(0.0) / 1000.0).unwrap_or_default()
}
