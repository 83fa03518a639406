//! Comparing texts as people order them: the engine's own `localeCompare` compares code points.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;

use icu_collator::options::{AlternateHandling, CaseLevel, CollatorOptions, Strength};
use icu_collator::preferences::{CollationCaseFirst, CollationNumericOrdering};
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use icu_locale_core::Locale;
use rquickjs::prelude::Opt;
use rquickjs::{Ctx, Function, Object, Result};
use serde::Deserialize;

use crate::data::Text;

/// The options of `Intl.Collator` (ECMA-402 §10) that change an order.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    numeric: Option<bool>,
    sensitivity: Option<String>,
    case_first: Option<String>,
    ignore_punctuation: bool,
}

/// The last collator that was used, with what it was made for: sorts ask for the same one again and again.
type Last = RefCell<Option<(Option<String>, Option<String>, Rc<CollatorBorrowed<'static>>)>>;

pub(super) fn add<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    let last = Last::default();
    let compare =
        move |left: Text, right: Text, locale: Opt<Option<String>>, options: Opt<Option<String>>| {
            let collator = collator(&last, locale.0.flatten(), options.0.flatten());
            match collator.compare(&left.0, &right.0) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            }
        };
    native.set("compare", Function::new(ctx.clone(), compare)?)
}

fn collator(last: &Last, locale: Option<String>, options: Option<String>) -> Rc<CollatorBorrowed<'static>> {
    if let Some((for_locale, for_options, collator)) = &*last.borrow()
        && (for_locale, for_options) == (&locale, &options)
    {
        return Rc::clone(collator);
    }
    let made = Rc::new(make(locale.as_deref(), options.as_deref()));
    *last.borrow_mut() = Some((locale, options, Rc::clone(&made)));
    made
}

/// A collator for a locale; an unknown one gets the root order, as in V8.
fn make(locale: Option<&str>, options: Option<&str>) -> CollatorBorrowed<'static> {
    let locale = locale.and_then(|locale| Locale::try_from_str(locale).ok()).unwrap_or(Locale::UNKNOWN);
    let wanted: Options = options.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let mut preferences = CollatorPreferences::from(&locale);
    if let Some(numeric) = wanted.numeric {
        preferences.numeric_ordering =
            Some(if numeric { CollationNumericOrdering::True } else { CollationNumericOrdering::False });
    }
    preferences.case_first = match wanted.case_first.as_deref() {
        Some("upper") => Some(CollationCaseFirst::Upper),
        Some("lower") => Some(CollationCaseFirst::Lower),
        Some(_) => Some(CollationCaseFirst::False),
        None => preferences.case_first,
    };
    let mut collator = CollatorOptions::default();
    collator.strength = Some(match wanted.sensitivity.as_deref() {
        Some("base" | "case") => Strength::Primary,
        Some("accent") => Strength::Secondary,
        _ => Strength::Tertiary,
    });
    if wanted.sensitivity.as_deref() == Some("case") {
        collator.case_level = Some(CaseLevel::On);
    }
    if wanted.ignore_punctuation {
        collator.alternate_handling = Some(AlternateHandling::Shifted);
    }
    Collator::try_new(preferences, collator)
        .or_else(|_| Collator::try_new(CollatorPreferences::default(), collator))
        .expect("the root order is compiled in")
}
