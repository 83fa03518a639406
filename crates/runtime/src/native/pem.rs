//! Keys as texts: what stands in a PEM, as far as signatures need it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A key's kind and its DER.
pub(super) struct Pem {
    /// What stands between `BEGIN ` and the dashes.
    pub label: String,
    /// The bytes.
    pub der: Vec<u8>,
}

impl Pem {
    /// Reads the first block. Line breaks may have been lost or escaped on the way here.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.replace("\\n", "\n");
        let (_, rest) = text.split_once("-----BEGIN ")?;
        let (label, rest) = rest.split_once("-----")?;
        let (body, _) = rest.split_once("-----END")?;
        let body: String = body.chars().filter(|character| !character.is_whitespace()).collect();
        Some(Self { label: label.to_owned(), der: STANDARD.decode(body).ok()? })
    }

    /// The key inside a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), and whether it is an elliptic-curve key.
    pub(super) fn public_key(&self) -> Option<(Vec<u8>, bool)> {
        if self.label == "RSA PUBLIC KEY" {
            return Some((self.der.clone(), false));
        }
        let (info, _) = element(&self.der, SEQUENCE)?;
        let (algorithm, rest) = element(info, SEQUENCE)?;
        let (bits, _) = element(rest, BIT_STRING)?;
        let is_ec = algorithm.windows(EC_PUBLIC_KEY.len()).any(|window| window == EC_PUBLIC_KEY);
        // The first byte says how many bits of the last one are not used: none.
        Some((bits.get(1..)?.to_vec(), is_ec))
    }
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
/// 1.2.840.10045.2.1
const EC_PUBLIC_KEY: [u8; 9] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// The contents of the first element (X.690 §8.1), and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk::<2>()?;
    if found != tag {
        return None;
    }
    if first < 0x80 {
        return rest.split_at_checked(first.into());
    }
    let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    let length =
        length.iter().try_fold(0_usize, |sum, byte| Some(sum.checked_mul(256)? + usize::from(*byte)))?;
    rest.split_at_checked(length)
}
