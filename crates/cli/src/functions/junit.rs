//! A test run in the XML form that build servers read: a suite per integration, a case per fixture.

use std::fmt::Write;

use super::report::{Report, title};
use super::run::Tested;

/// The document. The report must be sorted.
pub fn document(report: &Report) -> String {
    let mut suites = String::new();
    for tested in report.tested.chunk_by(|a, b| a.entry.integration == b.entry.integration) {
        suites.push_str(&suite(tested));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bowline test\" tests=\"{}\" failures=\"{}\" \
         time=\"{:.3}\">\n{suites}</testsuites>\n",
        report.tested.len(),
        report.failed(),
        report.took.as_secs_f64(),
    )
}

fn suite(tested: &[Tested]) -> String {
    let name = tested.first().map(|first| first.entry.integration.as_str()).unwrap_or_default();
    let failures = tested.iter().filter(|tested| tested.outcome.is_err()).count();
    let seconds: f64 = tested.iter().map(|tested| tested.took.as_secs_f64()).sum();
    let cases: String = tested.iter().map(case).collect();
    format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" time=\"{seconds:.3}\">\n{cases}  </testsuite>\n",
        escaped(name),
        tested.len(),
    )
}

fn case(tested: &Tested) -> String {
    let mut text = String::new();
    let class = format!("{}.{}", tested.entry.integration, tested.entry.folder);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
        escaped(&class),
        escaped(&title(tested)),
        tested.took.as_secs_f64()
    );
    match &tested.outcome {
        Ok(()) => text.push_str("/>\n"),
        Err(failing) => {
            let _ = write!(
                text,
                ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                escaped(failing.cause.title()),
                escaped(&failing.message)
            );
        }
    }
    text
}

/// A text as XML holds it, without the characters that XML 1.0 cannot hold.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn texts_are_escaped_and_control_characters_replaced() {
        assert_eq!(escaped("<a b=\"c\">&\u{1b}[31m\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}[31m\n");
    }
}
