//! OAuth 1.0 request signatures (RFC 5849 section 3.4).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use url::Url;

use super::{canonical_pairs, encode, query_pairs};

/// How the signature is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMethod {
    /// RFC 5849 section 3.4.2.
    HmacSha1,
    /// Not in the RFC; NetSuite asks for it.
    HmacSha256,
    /// RFC 5849 section 3.4.4: the secrets themselves.
    Plaintext,
}

impl SignatureMethod {
    /// The name in `oauth_signature_method`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::Plaintext => "PLAINTEXT",
        }
    }

    /// The method a provider definition names; HMAC-SHA1 when it names none that is known.
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            Some("PLAINTEXT") => Self::Plaintext,
            Some("HMAC-SHA256") => Self::HmacSha256,
            _ => Self::HmacSha1,
        }
    }
}

/// Who signs, with what. It holds secrets, hence no `Debug`.
#[derive(Clone)]
pub struct OAuth1<'a> {
    /// The client's key.
    pub consumer_key: &'a str,
    /// The client's secret.
    pub consumer_secret: &'a str,
    /// The token, once there is one.
    pub token: Option<&'a str>,
    /// The token's secret; empty without a token.
    pub token_secret: &'a str,
    /// How to sign.
    pub method: SignatureMethod,
    /// Put before the parameters; not signed.
    pub realm: Option<&'a str>,
    /// Never used twice.
    pub nonce: &'a str,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// More protocol parameters: `oauth_callback`, `oauth_verifier`.
    pub extra: &'a [(&'a str, &'a str)],
}

impl OAuth1<'_> {
    /// The value of the `Authorization` header.
    ///
    /// `form` are the parameters of a form-encoded body; of other bodies nothing is signed.
    pub fn authorization(&self, http_method: &str, url: &Url, form: &[(String, String)]) -> String {
        let mut protocol = self.protocol_parameters();
        let signature = self.signature(http_method, url, form, &protocol);
        protocol.push(("oauth_signature", signature));
        let realm = self.realm.map(|realm| format!(r#"realm="{}""#, encode(realm)));
        let parameters =
            protocol.iter().map(|(name, value)| format!(r#"{}="{}""#, encode(name), encode(value)));
        let all: Vec<String> = realm.into_iter().chain(parameters).collect();
        format!("OAuth {}", all.join(", "))
    }

    fn protocol_parameters(&self) -> Vec<(&str, String)> {
        let mut parameters = vec![
            ("oauth_consumer_key", self.consumer_key.to_owned()),
            ("oauth_nonce", self.nonce.to_owned()),
            ("oauth_signature_method", self.method.as_str().to_owned()),
            ("oauth_timestamp", self.timestamp.to_string()),
        ];
        parameters.extend(self.token.map(|token| ("oauth_token", token.to_owned())));
        parameters.push(("oauth_version", "1.0".to_owned()));
        parameters.extend(self.extra.iter().map(|(name, value)| (*name, (*value).to_owned())));
        parameters
    }

    fn signature(
        &self,
        http_method: &str,
        url: &Url,
        form: &[(String, String)],
        protocol: &[(&str, String)],
    ) -> String {
        let key = format!("{}&{}", encode(self.consumer_secret), encode(self.token_secret));
        let algorithm = match self.method {
            SignatureMethod::Plaintext => return key,
            SignatureMethod::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            SignatureMethod::HmacSha256 => hmac::HMAC_SHA256,
        };
        let base = base_string(http_method, url, form, protocol);
        STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), base.as_bytes()))
    }
}

/// RFC 5849 section 3.4.1.1.
fn base_string(
    http_method: &str,
    url: &Url,
    form: &[(String, String)],
    protocol: &[(&str, String)],
) -> String {
    let protocol = protocol.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let query = query_pairs(url.query().unwrap_or_default());
    let parameters = canonical_pairs(protocol.chain(query).chain(form.iter().cloned()));
    // `Url` writes scheme and host in lower case and leaves out the default port (section 3.4.1.2).
    let address = format!("{}{}", url.origin().ascii_serialization(), url.path());
    format!("{}&{}&{}", http_method.to_ascii_uppercase(), encode(&address), encode(&parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn example() -> OAuth1<'static> {
        OAuth1 {
            consumer_key: "xvz1evFS4wEEPTGEFPHBog",
            consumer_secret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            token: Some("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
            token_secret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
            method: SignatureMethod::HmacSha1,
            realm: None,
            nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
            timestamp: 1_318_622_958,
            extra: &[],
        }
    }

    #[test]
    fn the_published_example_of_twitter_is_signed_alike() {
        let url =
            Url::parse("https://api.twitter.com/1.1/statuses/update.json?include_entities=true").unwrap();
        let form = pairs(&[("status", "Hello Ladies + Gentlemen, a signed OAuth request!")]);
        let header = example().authorization("post", &url, &form);
        assert!(header.contains(r#"oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D""#), "{header}");
        assert!(header.starts_with(r#"OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="#));
    }

    #[test]
    fn the_base_string_is_that_of_rfc_5849_section_3_4_1_1() {
        let url = Url::parse("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
        let form = pairs(&[("c2", ""), ("a3", "2 q")]);
        let protocol = [
            ("oauth_consumer_key", "9djdj82h48djs9d2".to_owned()),
            ("oauth_token", "kkk9d7dh3k39sjv7".to_owned()),
            ("oauth_signature_method", "HMAC-SHA1".to_owned()),
            ("oauth_timestamp", "137131201".to_owned()),
            ("oauth_nonce", "7d8f3e4a".to_owned()),
        ];
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D\
             %26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a\
             %26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(base_string("POST", &url, &form, &protocol), expected);
    }

    #[test]
    fn the_examples_of_rfc_5849_section_1_2_are_signed_alike() {
        let shared = [
            ("oauth_consumer_key", "dpf43f3p2l4k3l03".to_owned()),
            ("oauth_signature_method", "HMAC-SHA1".to_owned()),
        ];
        let token = [
            ("oauth_token", "hh5s93j4hdidpola".to_owned()),
            ("oauth_timestamp", "137131201".to_owned()),
            ("oauth_nonce", "walatlh".to_owned()),
            ("oauth_verifier", "hfdp7dh39dks9884".to_owned()),
        ];
        let photos = [
            ("oauth_token", "nnch734d00sl2jdk".to_owned()),
            ("oauth_timestamp", "137131202".to_owned()),
            ("oauth_nonce", "chapoH".to_owned()),
        ];
        let photos_url = "http://photos.example.net/photos?file=vacation.jpg&size=original";
        for (http_method, url, token_secret, own, expected) in [
            (
                "POST",
                "https://photos.example.net/token",
                "hdhd0244k9j7ao03",
                &token[..],
                "gKgrFCywp7rO0OXSjdot/IHF7IU=",
            ),
            ("GET", photos_url, "pfkkdhi9sl3r4s00", &photos[..], "MdpQcU8iPSUjWoN/UDMsK2sui9I="),
        ] {
            let signer = OAuth1 { consumer_secret: "kd94hf93k423kf44", token_secret, ..example() };
            let protocol = [&shared[..], own].concat();
            let signature = signer.signature(http_method, &Url::parse(url).unwrap(), &[], &protocol);
            assert_eq!(signature, expected);
        }
    }

    #[test]
    fn plaintext_shows_both_secrets_and_the_realm_comes_first() {
        let signer = OAuth1 { method: SignatureMethod::Plaintext, realm: Some("1234_SB1"), ..example() };
        let header = signer.authorization("GET", &Url::parse("https://a.example/").unwrap(), &[]);
        assert!(header.starts_with(r#"OAuth realm="1234_SB1", "#));
        let signature =
            "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw%26LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE";
        assert!(header.ends_with(&format!(r#"oauth_signature="{signature}""#)), "{header}");
    }
}
