//! URLs as the WHATWG standard has them (<https://url.spec.whatwg.org>); `modules/url.js` makes the classes.

use rquickjs::prelude::Opt;
use rquickjs::{Ctx, Function, Object, Result};
use serde_json::json;
use url::{Url, quirks};

use crate::data::Text;

pub(super) fn add<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    native.set("urlParse", Function::new(ctx.clone(), parse)?)?;
    native.set("urlSet", Function::new(ctx.clone(), set)?)
}

/// The parts of a URL, JSON; `undefined` when it is none.
fn parse(text: Text, base: Opt<Option<Text>>) -> Option<String> {
    let base = match base.0.flatten() {
        Some(base) => Some(Url::parse(&base.0).ok()?),
        None => None,
    };
    Url::options().base_url(base.as_ref()).parse(&text.0).ok().map(|url| parts(&url))
}

/// The parts after one of them was assigned; what cannot be assigned is left, as the standard says.
fn set(href: Text, part: String, value: Text) -> Option<String> {
    let mut url = Url::parse(&href.0).ok()?;
    let value = value.0.as_str();
    match part.as_str() {
        "href" => url = Url::parse(value).ok()?,
        "hash" => quirks::set_hash(&mut url, value),
        "search" => quirks::set_search(&mut url, value),
        "pathname" => quirks::set_pathname(&mut url, value),
        "protocol" => drop(quirks::set_protocol(&mut url, value)),
        "username" => drop(quirks::set_username(&mut url, value)),
        "password" => drop(quirks::set_password(&mut url, value)),
        "host" => drop(quirks::set_host(&mut url, value)),
        "hostname" => drop(quirks::set_hostname(&mut url, value)),
        "port" => drop(quirks::set_port(&mut url, value)),
        _ => {}
    }
    Some(parts(&url))
}

fn parts(url: &Url) -> String {
    json!({
        "href": quirks::href(url),
        "protocol": quirks::protocol(url),
        "username": quirks::username(url),
        "password": quirks::password(url),
        "host": quirks::host(url),
        "hostname": quirks::hostname(url),
        "port": quirks::port(url),
        "pathname": quirks::pathname(url),
        "search": quirks::search(url),
        "hash": quirks::hash(url),
        "origin": quirks::origin(url),
    })
    .to_string()
}
