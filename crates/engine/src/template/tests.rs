use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::json::{Unresolved, interpolate};
use super::*;

fn context() -> RenderContext {
    RenderContext { now: Timestamp::from_millis(1_709_890_983_725), random: Uuid::from_u128(7) }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn check(source: &str, values: Value, expected: &str, is_resolved: bool) {
    let (context, values) = (context(), object(values));
    let rendered = render(source, Form::Object, &Scope::new(&context).top(&values));
    assert_eq!((rendered.text.as_str(), rendered.is_resolved), (expected, is_resolved), "{source}");
}

#[test]
fn only_strings_and_numbers_substitute() {
    check("${a}/${b}", json!({"a": "x", "b": 7}), "x/7", true);
    for value in [json!(true), json!(null), json!([]), json!({})] {
        check("${a}", json!({"a": value}), "${a}", false);
    }
}

#[test]
fn paths_walk_objects_and_a_flat_key_wins() {
    check("${a.b.c}", json!({"a": {"b": {"c": "deep"}}}), "deep", true);
    check("${team.id}", json!({"team.id": "flat", "team": {"id": "nested"}}), "flat", true);
    check("${a.1}", json!({"a": ["x", "y"]}), "y", true);
    check("${a.b}", json!({"a": "text"}), "${a.b}", false);
}

#[test]
fn unresolved_placeholders_stay_as_written() {
    check("x ${missing} ${a}", json!({"a": 1}), "x ${missing} 1", false);
    check("${base64(${missing})}", json!({}), "${base64(${missing})}", false);
    check("${unknown(x)}", json!({}), "${unknown(x)}", false);
}

#[test]
fn broken_placeholders_are_text() {
    let texts = ["${", "${}", "$", "}", ")}", "${a", "${base64(", "${base64(x", "${ ${", "${a{b}", "€${"];
    for text in texts {
        check(text, json!({"a": 1}), text, !text.contains("${}") || text == "${}");
    }
    check("${base64(${a}", json!({"a": 1}), "${base64(1", true);
}

#[test]
fn values_are_never_templates_again() {
    check("${a}", json!({"a": "${b} || c", "b": "secret"}), "${b} || c", true);
    check("${base64(${a})}", json!({"a": "${b})}", "b": "secret"}), "JHtifSl9", true);
}

#[test]
fn an_alternative_is_taken_when_the_left_does_not_resolve() {
    check("${version} || 2022-11-28", json!({}), "2022-11-28", true);
    check("${version} || 2022-11-28", json!({"version": "v"}), "v", true);
    check("${a}||${b}", json!({"b": "right"}), "right", true);
    check("${a} || ${b} || third", json!({}), "${b}", false);
}

#[test]
fn text_form_knows_no_alternatives() {
    let (context, values) = (context(), object(json!({"id": "i", "key": "k"})));
    let rendered = render("${id}||${key}", Form::Text, &Scope::new(&context).top(&values));
    assert_eq!(rendered.text, "i||k");
}

#[test]
fn functions_nest_and_hash() {
    check("Basic ${base64(${u}:${p})}", json!({"u": "a", "p": "b"}), "Basic YTpi", true);
    // printf YTpi | sha256sum
    let expected = "0da6116356bf33fc6dd3ec5bf72d6e7edd1db1c62a1626295f26442b5bd1efb4";
    check("${sha256Hex(${base64(${u}:${p})})}", json!({"u": "a", "p": "b"}), expected, true);
    check(
        "${sha256Hex(abc)}",
        json!({}),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        true,
    );
    check("${sha256Base64(abc)}", json!({}), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", true);
}

#[test]
fn hmac_splits_at_the_last_comma_and_keeps_the_message_whole() {
    // RFC 2202, test case 2.
    let expected = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    check("${hmacSha1Hex(what do ya want for nothing?, ${k})}", json!({"k": "Jefe"}), expected, true);
    check("${hmacSha1Hex(no comma)}", json!({}), "${hmacSha1Hex(no comma)}", false);
}

#[test]
fn a_comma_in_a_value_does_not_move_an_argument() {
    let (context, values) = (context(), object(json!({"m": "a,b", "k": "c,d"})));
    let scope = Scope::new(&context).top(&values);
    let rendered = render("${hmacSha1Hex(${m}, ${k})}", Form::Object, &scope);
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"c,d");
    assert_eq!(rendered.text, hex::encode(ring::hmac::sign(&key, b"a,b")));
}

#[test]
fn now_and_random_are_stable_within_a_request() {
    let expected = "1709890983 1709890983 00000000-0000-0000-0000-000000000007";
    check("${now:X} ${now:X} ${random}", json!({"random": "shadowed"}), expected, true);
}

#[test]
fn names_are_listed_with_their_functions() {
    let template = Template::parse("${a} || ${base64(${b.c})}", Form::Object);
    assert_eq!(template.names(), ["a", "base64", "b.c"]);
}

#[test]
fn unresolved_leaves_of_json_are_dropped_when_asked() {
    let (context, values) = (context(), object(json!({"a": "x"})));
    let scope = Scope::new(&context).under("credentials", &values);
    let body =
        json!({"k": "${credentials.a}", "gone": "${b}", "list": ["${b}", "${credentials.a}", 3], "n": null});
    let dropped = interpolate(&body, Form::Object, &scope, Unresolved::Drop);
    assert_eq!(dropped, Some(json!({"k": "x", "list": ["x", 3], "n": null})));
    let kept = interpolate(&body, Form::Object, &scope, Unresolved::Keep);
    assert_eq!(kept.unwrap()["gone"], "${b}");
}

fn url(source: &str, values: Value, mode: UrlValues) -> Result<String, UrlTemplateError> {
    let (context, values) = (context(), object(values));
    let scope = Scope::new(&context).under("connectionConfig", &values);
    Template::parse(source, Form::Object).render_url(&scope, mode).map(Into::into)
}

#[test]
fn url_values_are_encoded_and_whole_addresses_work() {
    let cases = [
        ("https://${connectionConfig.h}/x", json!({"h": "a.example:8443"}), "https://a.example:8443/x"),
        ("https://${connectionConfig.h}/x", json!({"h": "a.example/sub"}), "https://a.example/sub/x"),
        (
            "https://a.example/${connectionConfig.t}/x",
            json!({"t": "é/?#"}),
            "https://a.example/%C3%A9%2F%3F%23/x",
        ),
        ("${connectionConfig.u}/v2", json!({"u": "https://a.example"}), "https://a.example/v2"),
        ("${connectionConfig.u}/v2", json!({"u": "https://a.example/"}), "https://a.example/v2"),
        (
            "https://a.${connectionConfig.x}/ || ${connectionConfig.u}/v2",
            json!({"u": "https://b.example"}),
            "https://b.example/v2",
        ),
        (
            "https://${connectionConfig.x}.example || https://b.example/",
            json!({"x": ""}),
            "https://b.example/",
        ),
        (
            "https://a.example/?t=${connectionConfig.t}",
            json!({"t": "a&b=c"}),
            "https://a.example/?t=a%26b%3Dc",
        ),
    ];
    for (source, values, expected) in cases {
        assert_eq!(url(source, values, UrlValues::Encoded).as_deref(), Ok(expected), "{source}");
    }
    let unresolved = Err(UrlTemplateError::Unresolved("${connectionConfig.x}".to_owned()));
    assert_eq!(url("https://${connectionConfig.x}.example", json!({}), UrlValues::Encoded), unresolved);
}

/// Values that try to become the host.
pub(crate) const HOST_ATTACKS: [&str; 21] = [
    "evil.example#",
    "evil.example?",
    "evil.example/",
    "evil.example\\",
    "user@evil.example",
    "@evil.example",
    "//evil.example",
    "evil.example//",
    "evil.example%23",
    "evil.example%2f",
    "a\r\nHost: evil.example",
    "a b",
    "a\tb",
    "evil.example/x",
    "evil.example／",
    "evil。example",
    "x:y@evil.example",
    "https://evil.example",
    "/evil.example",
    "evil.example:80#",
    "\u{0}",
];

#[test]
fn no_value_ends_the_host_early() {
    for attack in HOST_ATTACKS {
        for mode in [UrlValues::Encoded, UrlValues::Paths, UrlValues::Raw] {
            let result = url("https://${connectionConfig.s}.zendesk.example/api", json!({"s": attack}), mode);
            assert!(matches!(result, Err(UrlTemplateError::UnsafeValue(_))), "{attack:?} gave {result:?}");
        }
    }
}

#[test]
fn a_whole_address_must_be_a_plain_http_url() {
    let attacks = [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://u:p@a.example",
        "https://a.example?x",
        "https://a.example#x",
        "//a.example",
        "a.example",
        "https:a.example",
        "https://a.example//b",
        "https://a.example\\b",
        "https:// a.example",
        "ftp://a.example",
        "https://",
        "https://a.ex%61mple",
    ];
    for attack in attacks {
        let result = url("${connectionConfig.u}/api", json!({"u": attack}), UrlValues::Paths);
        assert!(result.is_err(), "{attack:?} gave {result:?}");
    }
}

#[test]
fn dots_in_a_value_do_not_climb() {
    for attack in ["..", "../x", "a/../..", "%2e%2e", ".%2E", "..\\x"] {
        let result =
            url("https://a.example/t/${connectionConfig.t}/x", json!({"t": attack}), UrlValues::Paths);
        assert!(result.is_err(), "{attack:?} gave {result:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_template(source in any::<String>(), value in any::<String>()) {
        let (context, values) = (context(), object(json!({"a": value})));
        let scope = Scope::new(&context).top(&values);
        render(&source, Form::Object, &scope);
        let _ = Template::parse(&source, Form::Object).render_url(&scope, UrlValues::Paths);
    }

    #[test]
    fn any_mix_of_syntax_is_a_template(pieces in prop::collection::vec(
        prop::sample::select(vec!["${", "}", "base64(", ")}", "a", "||", ",", "now", ":", "+1", "days", "hmacSha1Hex(",
            "awsSigV4(", "ed25519Sign(", "[", "]", "€", "$"]), 0..64))
    {
        let (context, values) = (context(), object(json!({"a": "1"})));
        render(&pieces.concat(), Form::Object, &Scope::new(&context).top(&values));
    }

    #[test]
    fn text_without_placeholders_is_itself(source in "[^$|]*") {
        let context = context();
        let rendered = render(&source, Form::Object, &Scope::new(&context));
        prop_assert_eq!(rendered.text, source);
        prop_assert!(rendered.is_resolved);
    }

    #[test]
    fn no_value_in_a_subdomain_changes_the_domain(value in any::<String>()) {
        if let Ok(built) = url("https://${connectionConfig.s}.zendesk.example/api", json!({"s": value}), UrlValues::Paths) {
            let built = ::url::Url::parse(&built).unwrap();
            prop_assert!(built.host_str().unwrap().ends_with(".zendesk.example"));
        }
    }
}

#[test]
fn deep_nesting_stays_bounded_and_linear() {
    let depth = 50_000;
    let source = "${base64(".repeat(depth) + &")}".repeat(depth);
    let context = context();
    let rendered = render(&source, Form::Object, &Scope::new(&context));
    assert!(rendered.text.starts_with("${base64("));
    assert!(rendered.text.len() > depth);
}
