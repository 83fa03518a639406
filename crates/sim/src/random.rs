//! Tokens and codes that look random and are the same in every run with the same seed.

use ring::digest::{Context, SHA256};

pub(crate) struct TokenSource {
    seed: u64,
    issued: u64,
}

impl TokenSource {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, issued: 0 }
    }

    /// The next token, for example `sim-at-7-1f0c…`. The number helps a person who reads a failed test.
    pub(crate) fn next(&mut self, kind: &str) -> String {
        self.issued += 1;
        let mut hash = Context::new(&SHA256);
        hash.update(&self.seed.to_le_bytes());
        hash.update(&self.issued.to_le_bytes());
        hash.update(kind.as_bytes());
        format!("sim-{kind}-{}-{}", self.issued, hex::encode(&hash.finish().as_ref()[..12]))
    }
}

#[cfg(test)]
mod tests {
    use super::TokenSource;

    #[test]
    fn one_seed_gives_one_sequence() {
        let draw = |seed| {
            let mut source = TokenSource::new(seed);
            [source.next("at"), source.next("at")]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[0], draw(1)[1]);
    }
}
