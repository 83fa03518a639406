//! Names that nobody knows, and the nearest one that is known.

use anyhow::anyhow;

use crate::error::hinted;

/// How alike two names must be for one to be suggested for the other.
const ALIKE_MIN: f64 = 0.75;

/// The error for an unknown name.
pub fn unknown<'n>(place: &str, name: &str, known: impl Iterator<Item = &'n str>) -> anyhow::Error {
    let error = anyhow!("{place}: `{name}` is not known");
    match nearest(name, known) {
        Some(nearest) => hinted(error, format!("did you mean `{nearest}`?")),
        None => hinted(error, "`bowline config reference` lists everything that can be set"),
    }
}

/// The known name that is most like `name`, if any is.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let rated = known.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let best = rated.max_by(|(left, _), (right, _)| left.total_cmp(right));
    best.filter(|(rating, _)| *rating >= ALIKE_MIN).map(|(_, candidate)| candidate)
}
