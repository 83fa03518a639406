//! A catalogue entry as the wire shows it.

/// Writes `entry`, a non-empty JSON object, with `name` and `logo_url` laid in front of its own fields.
pub(super) fn write_provider(out: &mut String, public_url: &str, name: &str, entry: &str) {
    let fields = entry.trim_start().strip_prefix('{').unwrap_or(entry);
    out.push_str("{\"name\":");
    write_text(out, name);
    out.push_str(",\"logo_url\":");
    write_text(out, &logo_url(public_url, name));
    if !fields.trim_start().starts_with('}') {
        out.push(',');
    }
    out.push_str(fields);
}

/// Where a provider's logo is.
pub(crate) fn logo_url(public_url: &str, name: &str) -> String {
    format!("{public_url}/images/template-logos/{name}.svg")
}

/// Writes a JSON string.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_logo_are_laid_in_front_of_the_entrys_fields() {
        let mut out = String::new();
        write_provider(&mut out, "http://x", "a\"b", r#"{"docs":"d"}"#);
        write_provider(&mut out, "http://x", "c", "{}");
        let logo = |name: &str| format!("http://x/images/template-logos/{name}.svg");
        assert_eq!(
            out,
            format!(
                r#"{{"name":"a\"b","logo_url":"{}","docs":"d"}}{{"name":"c","logo_url":"{}"}}"#,
                logo(r#"a\"b"#),
                logo("c")
            )
        );
    }
}
