//! How often a sync runs, as functions say it: `every hour`, `30m`, `every 5 minutes` (spec `functions.md` §6.1).
//!
//! The grammar has two steps, as the protocol does: a text must look like a frequency to be taken at all, and then it
//! must mean one. `every minute` looks like one and means none, because only some units go without a number.

use std::time::Duration;

use thiserror::Error;

/// The shortest time between two runs.
pub const FREQUENCY_MIN: Duration = Duration::from_secs(30);

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Units that a number may stand before, with their seconds.
const UNITS: [(&[&str], u64); 4] = [
    (&["s", "sec", "secs", "second", "seconds"], 1),
    (&["m", "min", "mins", "minute", "minutes"], MINUTE),
    (&["h", "hr", "hrs", "hour", "hours"], HOUR),
    (&["d", "day", "days"], DAY),
];

/// Whole frequencies without a number. The last two are taken without `every` too, but mean nothing then.
const WITHOUT_NUMBER: [(&str, u64, NeedsEvery); 7] = [
    ("half day", 12 * HOUR, NeedsEvery::No),
    ("half hour", 30 * MINUTE, NeedsEvery::No),
    ("quarter hour", 15 * MINUTE, NeedsEvery::No),
    ("hour", HOUR, NeedsEvery::Yes),
    ("day", DAY, NeedsEvery::Yes),
    ("week", 7 * DAY, NeedsEvery::Yes),
    ("month", 30 * DAY, NeedsEvery::Yes),
];

#[derive(Clone, Copy, PartialEq)]
enum NeedsEvery {
    Yes,
    No,
}

/// Why a text is no frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrequencyProblem {
    /// It does not look like one.
    #[error("Invalid string: must be a frequency such as \"every hour\" or \"every 5 minutes\"")]
    BadFormat,
    /// It looks like one and means none (`sync_interval_invalid`).
    #[error("Sync interval is invalid. Give a number and a unit, such as \"every 5 minutes\".")]
    Unreadable,
    /// It means less than [`FREQUENCY_MIN`] (`sync_interval_too_short`).
    #[error("Sync interval is too short. The minimum interval is 30 seconds.")]
    TooShort,
}

/// Reads a frequency.
pub fn parse_frequency(text: &str) -> Result<Duration, FrequencyProblem> {
    let (rest, has_every) = match text.strip_prefix("every ") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let seconds = match WITHOUT_NUMBER.iter().find(|(name, ..)| *name == rest) {
        Some((_, seconds, needs)) if has_every || *needs == NeedsEvery::No => Some(*seconds),
        Some(_) => None,
        None => number_and_unit(rest)?,
    };
    let every = Duration::from_secs(seconds.ok_or(FrequencyProblem::Unreadable)?);
    if every < FREQUENCY_MIN { Err(FrequencyProblem::TooShort) } else { Ok(every) }
}

/// Seconds of `5 minutes`, `5minutes` or `minutes`; `None` when the number is missing or beyond all measure.
fn number_and_unit(text: &str) -> Result<Option<u64>, FrequencyProblem> {
    let digits_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(digits_end);
    let unit = rest.strip_prefix(' ').unwrap_or(rest);
    let (_, seconds) =
        UNITS.iter().find(|(names, _)| names.contains(&unit)).ok_or(FrequencyProblem::BadFormat)?;
    Ok(digits.parse::<u64>().ok().and_then(|number| number.checked_mul(*seconds)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_frequencies_of_the_public_templates_are_read() {
        let cases = [
            ("every hour", HOUR),
            ("every 5 minutes", 5 * MINUTE),
            ("every day", DAY),
            ("every 6 hours", 6 * HOUR),
            ("every 1h", HOUR),
            ("every 30 minutes", 30 * MINUTE),
            ("every half hour", 30 * MINUTE),
            ("every quarter hour", 15 * MINUTE),
            ("every half day", 12 * HOUR),
            ("every 5m", 5 * MINUTE),
            ("every week", 7 * DAY),
            ("every month", 30 * DAY),
            ("every 6min", 6 * MINUTE),
            ("30s", 30),
            ("half day", 12 * HOUR),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_frequency(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn a_unit_without_a_number_means_nothing_but_for_a_few() {
        for text in ["every minute", "every m", "hour", "day", "week", "month", "every  hours", "minutes"] {
            assert_eq!(parse_frequency(text), Err(FrequencyProblem::Unreadable), "{text}");
        }
    }

    #[test]
    fn what_does_not_look_like_a_frequency_is_told_from_what_is_too_short() {
        for text in
            ["", "every ", "Every hour", "every 1.5 hours", "every 2 weeks", "every-hour", "5  m", "-5m"]
        {
            assert_eq!(parse_frequency(text), Err(FrequencyProblem::BadFormat), "{text:?}");
        }
        for text in ["every 29 seconds", "every 0 days", "1s"] {
            assert_eq!(parse_frequency(text), Err(FrequencyProblem::TooShort), "{text}");
        }
        assert_eq!(parse_frequency("every 99999999999999999999 days"), Err(FrequencyProblem::Unreadable));
    }

    fn any_unit() -> impl Strategy<Value = (&'static str, u64)> {
        let units: Vec<_> =
            UNITS.iter().flat_map(|(names, s)| names.iter().map(|name| (*name, *s))).collect();
        proptest::sample::select(units)
    }

    proptest! {
        #[test]
        fn a_number_and_a_unit_mean_their_product_however_they_are_written(
            number in 0_u64..100_000, (unit, seconds) in any_unit(), every: bool, spaced: bool,
        ) {
            let (every, space) = (if every { "every " } else { "" }, if spaced { " " } else { "" });
            let expected = Duration::from_secs(number * seconds);
            let expected = if expected < FREQUENCY_MIN { Err(FrequencyProblem::TooShort) } else { Ok(expected) };
            prop_assert_eq!(parse_frequency(&format!("{every}{number}{space}{unit}")), expected);
        }

        #[test]
        fn no_text_makes_the_reader_panic_and_whatever_it_takes_is_long_enough(text in "\\PC{0,40}") {
            if let Ok(every) = parse_frequency(&text) {
                prop_assert!(every >= FREQUENCY_MIN);
            }
        }
    }
}
