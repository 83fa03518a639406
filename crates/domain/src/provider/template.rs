//! Reading `${…}` templates far enough to check them; the engine interpolates.

const CONNECTION_CONFIG: &str = "connectionConfig.";

/// Every name used as `connectionConfig.<name>`.
pub fn connection_config_names(template: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    template.match_indices(CONNECTION_CONFIG).filter_map(move |(at, prefix)| {
        let rest = &template[at + prefix.len()..];
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}

/// Whether some `{` is not part of `${`.
pub fn has_stray_brace(template: &str) -> bool {
    template.match_indices('{').any(|(at, _)| !template[..at].ends_with('$'))
}

/// Whether each alternative of a URL template parses as an http(s) URL once its placeholders are filled.
pub fn is_url_template(template: &str) -> bool {
    template.split("||").map(str::trim).all(|alternative| {
        // A placeholder may stand for a whole address, a word, or a number (a port).
        let at_start = alternative.starts_with("${");
        let first = if at_start { "https://a.example" } else { "a" };
        [(first, "a"), (first, "1")]
            .iter()
            .any(|(first, rest)| is_url(&fill(alternative, first, rest, at_start)))
    })
}

fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Fills the placeholder at the very start with `first`, all others with `rest`.
fn fill(template: &str, first: &str, rest: &str, at_start: bool) -> String {
    let mut filled = String::new();
    let mut remaining = template;
    let mut is_first = at_start;
    while let Some(start) = remaining.find("${") {
        filled.push_str(&remaining[..start]);
        let Some(length) = placeholder_length(&remaining[start..]) else { break };
        filled.push_str(if is_first { first } else { rest });
        is_first = false;
        remaining = &remaining[start + length..];
    }
    filled + remaining
}

/// Length of the placeholder at the start, with placeholders nested in function arguments.
fn placeholder_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_parse_with_their_placeholders_filled() {
        for good in [
            "https://api.example.com/v1",
            "https://${connectionConfig.subdomain}.example.com",
            "https://accounts.example.${connectionConfig.extension}/oauth",
            "https://${connectionConfig.host}:${connectionConfig.port}/api",
            "${connectionConfig.instance_url}/services",
            "https://${connectionConfig.a} || https://b.example.com",
            "https://a.example/${base64(${credentials.username}:x)}/y",
        ] {
            assert!(is_url_template(good), "{good}");
        }
    }

    #[test]
    fn other_texts_are_no_urls() {
        for bad in
            ["", "api.example.com", "ftp://a.example", "https://", "https://a b", "https://a.example || b"]
        {
            assert!(!is_url_template(bad), "{bad}");
        }
    }

    #[test]
    fn a_brace_without_dollar_is_stray() {
        assert!(has_stray_brace("https://{subdomain}.example.com"));
        assert!(!has_stray_brace("${awsSigV4(${a}, ${b})}"));
    }

    #[test]
    fn names_of_settings_may_hold_dots_and_dashes() {
        let names: Vec<_> =
            connection_config_names("${connectionConfig.a.b}/${connectionConfig.c-d}").collect();
        assert_eq!(names, ["a.b", "c-d"]);
    }
}
