//! AWS Signature Version 4.

use bowline_domain::Timestamp;
use ring::{digest, hmac};

use super::{canonical_pairs, encode, query_pairs};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// In place of a hash where the body is streamed; S3 takes it.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Who signs and for which service. It holds a secret, hence no `Debug`.
#[derive(Clone, Copy)]
pub struct AwsSigner<'a> {
    /// Access key id.
    pub access_key_id: &'a str,
    /// Secret access key.
    pub secret_access_key: &'a str,
    /// Region.
    pub region: &'a str,
    /// Service.
    pub service: &'a str,
}

/// What is signed.
#[derive(Debug, Clone)]
pub struct SignedParts<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as it is sent.
    pub path: &'a str,
    /// The query as it is sent, without `?`.
    pub query: &'a str,
    /// Names in lower case, and values; `host` and `x-amz-date` must be among them.
    pub headers: Vec<(String, String)>,
    /// [`payload_hash`] or [`UNSIGNED_PAYLOAD`].
    pub payload_hash: &'a str,
}

impl AwsSigner<'_> {
    /// The value of the `Authorization` header.
    pub fn authorization(&self, parts: SignedParts<'_>, now: Timestamp) -> String {
        let moment = amz_date(now);
        let day = &moment[..8];
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let (request, signed_headers) = self.canonical_request(parts);
        let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{}", payload_hash(request.as_bytes()));
        let signature = hex::encode(sign(self.signing_key(day).as_ref(), &text));
        let key = self.access_key_id;
        format!("{ALGORITHM} Credential={key}/{scope}, SignedHeaders={signed_headers}, Signature={signature}")
    }

    fn signing_key(&self, day: &str) -> hmac::Tag {
        let first = format!("AWS4{}", self.secret_access_key);
        let mut key = sign(first.as_bytes(), day);
        for part in [self.region, self.service, "aws4_request"] {
            key = sign(key.as_ref(), part);
        }
        key
    }

    /// The canonical request and the list of signed headers.
    fn canonical_request(&self, mut parts: SignedParts<'_>) -> (String, String) {
        parts.headers.sort();
        let names: Vec<&str> = parts.headers.iter().map(|(name, _)| name.as_str()).collect();
        let signed_headers = names.join(";");
        let lines = parts.headers.iter().map(|(name, value)| format!("{name}:{}\n", collapse_spaces(value)));
        let request = [
            parts.method,
            &self.canonical_path(parts.path),
            &canonical_pairs(query_pairs(parts.query)),
            &lines.collect::<String>(),
            &signed_headers,
            parts.payload_hash,
        ];
        (request.join("\n"), signed_headers)
    }

    /// S3 knows each segment encoded once, every other service encoded twice.
    fn canonical_path(&self, path: &str) -> String {
        let segments = path.split('/').map(|segment| match self.service {
            "s3" => encode(&percent_encoding::percent_decode_str(segment).decode_utf8_lossy()),
            _ => encode(segment),
        });
        let joined = segments.collect::<Vec<_>>().join("/");
        if joined.is_empty() { "/".to_owned() } else { joined }
    }
}

/// The hex SHA-256 of a body.
pub fn payload_hash(body: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, body))
}

/// `20150830T123600Z`
pub fn amz_date(now: Timestamp) -> String {
    let iso = now.iso_millis_z();
    let whole_seconds = iso.split('.').next().unwrap_or_default();
    let digits: String = whole_seconds.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{digits}Z")
}

fn sign(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn collapse_spaces(value: &str) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2015-08-30T12:36:00Z, the moment of the published test suite.
    const SUITE_NOW: Timestamp = Timestamp::from_seconds(1_440_938_160);

    fn suite_signer(service: &'static str) -> AwsSigner<'static> {
        AwsSigner {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service,
        }
    }

    fn suite_signature(method: &str, query: &str) -> String {
        let headers = vec![
            ("host".to_owned(), "example.amazonaws.com".to_owned()),
            ("x-amz-date".to_owned(), amz_date(SUITE_NOW)),
        ];
        let hash = payload_hash(b"");
        let parts = SignedParts { method, path: "/", query, headers, payload_hash: &hash };
        let header = suite_signer("service").authorization(parts, SUITE_NOW);
        header.rsplit('=').next().unwrap().to_owned()
    }

    #[test]
    fn vectors_of_the_aws_test_suite_pass() {
        let cases = [
            ("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("POST", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "GET",
                "Param2=value2&Param1=value1",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
        ];
        for (method, query, expected) in cases {
            assert_eq!(suite_signature(method, query), expected, "{method} {query}");
        }
    }

    #[test]
    fn the_documented_iam_request_is_signed_alike() {
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        let headers = vec![
            ("x-amz-date".to_owned(), "20150830T123600Z".to_owned()),
            ("host".to_owned(), "iam.amazonaws.com".to_owned()),
            ("content-type".to_owned(), content_type.to_owned()),
        ];
        let query = "Action=ListUsers&Version=2010-05-08";
        let hash = payload_hash(b"");
        let parts = SignedParts { method: "GET", path: "/", query, headers, payload_hash: &hash };
        let expected = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        assert_eq!(suite_signer("iam").authorization(parts, SUITE_NOW), expected);
    }

    #[test]
    fn the_documented_s3_request_is_signed_alike() {
        let now = Timestamp::from_seconds(1_369_353_600);
        let hash = payload_hash(b"");
        let headers = [
            ("host", "examplebucket.s3.amazonaws.com"),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", &hash),
            ("x-amz-date", "20130524T000000Z"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let signer = AwsSigner {
            access_key_id: "AKIAIOSFODNN7EXAMPLE",
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "s3",
        };
        let parts = SignedParts { method: "GET", path: "/test.txt", query: "", headers, payload_hash: &hash };
        let expected = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
        assert!(signer.authorization(parts, now).ends_with(expected));
    }

    #[test]
    fn paths_are_encoded_once_for_s3_and_twice_elsewhere() {
        assert_eq!(suite_signer("s3").canonical_path("/a%20b/c:d"), "/a%20b/c%3Ad");
        assert_eq!(suite_signer("iam").canonical_path("/a%20b/c"), "/a%2520b/c");
        assert_eq!(suite_signer("iam").canonical_path(""), "/");
    }
}
