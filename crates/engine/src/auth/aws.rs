//! AWS_SIGV4: temporary keys of a role in the user's account, from AWS itself or from a service of the application's
//! that hands them out (spec `auth.md` §9.10).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Timestamp;
use http::Method;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::step::Step;
use super::token_response::moment;
use super::{TokenCreation, xml};
use crate::credential::refresh::{Refreshed, TokenError, TokenRefresh};
use crate::credential::{CredentialKind, Credentials};
use crate::integration::IntegrationCredentials;
use crate::outbound::Outbound;
use crate::proxy::sign::aws::{AwsSigner, SignedParts, amz_date, payload_hash};
use crate::template::lookup;

/// How long the keys are asked for, and taken to live when nobody says.
const KEYS_LIVE: Duration = Duration::from_secs(3_600);
const API_VERSION: &str = "2011-06-15";
/// Lengths of an external id that AWS takes.
const EXTERNAL_ID_CHARS: std::ops::RangeInclusive<usize> = 2..=1_224;

/// Assumes the role for the first time, and asks AWS whether the keys are that role's.
pub async fn create(outbound: &Outbound, creation: &TokenCreation<'_>) -> Result<Refreshed, TokenError> {
    let input = |name: &str| text(creation.input, name);
    let role = Role {
        integration: creation.integration,
        role_arn: input("role_arn").ok_or_else(|| missing("role_arn"))?,
        external_id: external_id(creation.config),
        region: input("region").or_else(|| text(creation.config, "region")),
        now: creation.now,
    };
    let assumed = role.assume(outbound).await?;
    let caller = role.caller_identity(outbound, &assumed.credentials).await?;
    let role_name = role.role_arn.rsplit('/').next().unwrap_or_default();
    if role_name.is_empty() || !caller.contains(role_name) {
        let message = "AWS says that the keys are another role's".to_owned();
        return Err(TokenError::Unbuildable { code: "connection_test_failed", message });
    }
    Ok(assumed)
}

/// Assumes the role again.
pub async fn refresh(outbound: &Outbound, request: &TokenRefresh<'_>) -> Result<Refreshed, TokenError> {
    let stored = |name: &str| request.credentials.text(name).map(str::to_owned);
    let role = Role {
        integration: request.integration,
        role_arn: stored("role_arn").ok_or_else(|| missing("role_arn"))?,
        external_id: stored("external_id").unwrap_or_else(|| external_id(request.config)),
        region: stored("region").or_else(|| text(request.config, "region")),
        now: request.now,
    };
    role.assume(outbound).await
}

/// The user's account trusts the role only together with this text, so it must be the one that was shown to them.
fn external_id(config: &Map<String, Value>) -> String {
    let shown = text(config, "external_id");
    let fits = |id: &String| EXTERNAL_ID_CHARS.contains(&id.chars().count());
    shown.filter(fits).unwrap_or_else(|| Uuid::new_v4().to_string())
}

/// A role to assume.
struct Role<'a> {
    integration: &'a IntegrationCredentials,
    role_arn: String,
    external_id: String,
    region: Option<String>,
    now: Timestamp,
}

impl Role<'_> {
    fn setting(&self, name: &'static str) -> Result<&str, TokenError> {
        self.integration.custom_text(name).ok_or_else(|| missing(name))
    }

    fn region(&self) -> Result<String, TokenError> {
        let own =
            self.region.clone().or_else(|| self.integration.custom_text("defaultRegion").map(str::to_owned));
        own.filter(|region| is_plain(region)).ok_or_else(|| missing("region"))
    }

    async fn assume(&self, outbound: &Outbound) -> Result<Refreshed, TokenError> {
        let (service, region) = (self.setting("service")?.to_owned(), self.region()?);
        let is_custom = self.integration.custom_text("stsMode") == Some("custom");
        let answer = if is_custom {
            self.ask_custom(outbound, &service, &region).await?
        } else {
            self.ask_aws(outbound, &region).await?
        };
        let keys = Keys::read(&answer, self.now)?;
        let mut fields = Map::new();
        for (name, value) in [
            ("role_arn", self.role_arn.clone()),
            ("region", region.clone()),
            ("service", service.clone()),
            ("access_key_id", keys.access_key_id),
            ("secret_access_key", keys.secret_access_key),
            ("session_token", keys.session_token),
            ("expires_at", keys.expires_at.iso_millis_z()),
            ("external_id", self.external_id.clone()),
        ] {
            fields.insert(name.to_owned(), value.into());
        }
        fields.insert("raw".to_owned(), answer);
        let changes = json!({
            "external_id": self.external_id, "role_arn": self.role_arn, "region": region, "service": service,
        });
        Ok(Refreshed {
            credentials: Credentials::new(CredentialKind::AwsSigv4, fields),
            config_changes: changes.as_object().cloned().unwrap_or_default(),
        })
    }

    async fn ask_aws(&self, outbound: &Outbound, region: &str) -> Result<Value, TokenError> {
        let session: String = Uuid::new_v4().simple().to_string().chars().take(16).collect();
        let form = [
            ("Action", "AssumeRole"),
            ("Version", API_VERSION),
            ("RoleArn", &self.role_arn),
            ("RoleSessionName", &format!("bowline-{session}")),
            ("DurationSeconds", &KEYS_LIVE.as_secs().to_string()),
            ("ExternalId", &self.external_id),
        ];
        let signer = AwsSigner {
            access_key_id: self.setting("awsAccessKeyId")?,
            secret_access_key: self.setting("awsSecretAccessKey")?,
            region,
            service: "sts",
        };
        self.call_sts(outbound, &signer, None, &form).await
    }

    /// The application's own service: it knows which accounts it may act for.
    async fn ask_custom(
        &self,
        outbound: &Outbound,
        service: &str,
        region: &str,
    ) -> Result<Value, TokenError> {
        let url = Url::parse(self.setting("stsEndpointUrl")?).map_err(|_| missing("stsEndpointUrl"))?;
        let header = match self.integration.custom_text("stsAuthType") {
            Some("api_key") => {
                let name = self.integration.custom_text("stsAuthHeader").unwrap_or("x-api-key");
                Some((name.to_owned(), self.setting("stsApiKey")?.to_owned()))
            }
            Some("basic") => {
                let (name, word) = (self.setting("stsAuthUsername")?, self.setting("stsAuthPassword")?);
                Some((
                    "authorization".to_owned(),
                    format!("Basic {}", STANDARD.encode(format!("{name}:{word}"))),
                ))
            }
            _ => None,
        };
        let secrets = header.iter().map(|(_, value)| value.clone()).collect();
        let params = json!({
            "role_arn": self.role_arn, "external_id": self.external_id, "region": region, "service": service,
        });
        let step = Step {
            method: Method::POST,
            url,
            headers: header.into_iter().collect(),
            params: params.as_object().cloned().unwrap_or_default(),
            format: None,
            secrets,
        };
        Ok(step.send(outbound).await?.body)
    }

    /// The ARN that AWS knows the keys by.
    async fn caller_identity(&self, outbound: &Outbound, keys: &Credentials) -> Result<String, TokenError> {
        let key = |name: &str| keys.text(name).unwrap_or_default();
        let signer = AwsSigner {
            access_key_id: key("access_key_id"),
            secret_access_key: key("secret_access_key"),
            region: key("region"),
            service: "sts",
        };
        let form = [("Action", "GetCallerIdentity"), ("Version", API_VERSION)];
        let answer = self.call_sts(outbound, &signer, Some(key("session_token")), &form).await?;
        let arn =
            ["GetCallerIdentityResponse.GetCallerIdentityResult.Arn", "GetCallerIdentityResult.Arn", "Arn"];
        let object = answer.as_object();
        let arn = arn.iter().find_map(|path| lookup(object?, path)?.as_str());
        arn.map(str::to_owned).ok_or_else(|| TokenError::Unreadable("AWS names no caller".to_owned()))
    }

    async fn call_sts(
        &self,
        outbound: &Outbound,
        signer: &AwsSigner<'_>,
        session_token: Option<&str>,
        form: &[(&str, &str)],
    ) -> Result<Value, TokenError> {
        let step = self.sts_step(signer, session_token, form)?;
        let answer = step.send(outbound).await?;
        match answer.body {
            Value::String(text) => xml::read(&text)
                .map(Value::Object)
                .ok_or_else(|| TokenError::Unreadable("AWS answered with something else".to_owned())),
            body => Ok(body),
        }
    }

    /// A signed call; what is signed is what [`Step`] sends.
    fn sts_step(
        &self,
        signer: &AwsSigner<'_>,
        session_token: Option<&str>,
        form: &[(&str, &str)],
    ) -> Result<Step, TokenError> {
        const FORM: &str = "application/x-www-form-urlencoded";
        let domain = if signer.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let host = format!("sts.{}.{domain}", signer.region);
        let url = Url::parse(&format!("https://{host}/")).map_err(|_| missing("region"))?;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut signed = vec![
            ("content-type".to_owned(), FORM.to_owned()),
            ("host".to_owned(), host),
            ("x-amz-date".to_owned(), amz_date(self.now)),
        ];
        signed.extend(session_token.map(|token| ("x-amz-security-token".to_owned(), token.to_owned())));
        let parts = SignedParts {
            method: "POST",
            path: "/",
            query: "",
            headers: signed.clone(),
            payload_hash: &payload_hash(body.as_bytes()),
        };
        let mut headers = vec![("authorization".to_owned(), signer.authorization(parts, self.now))];
        headers.extend(signed.into_iter().filter(|(name, _)| name != "host"));
        let params = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let secrets = [Some(signer.secret_access_key), session_token];
        Ok(Step {
            method: Method::POST,
            url,
            headers,
            params,
            format: Some("form".to_owned()),
            secrets: secrets.into_iter().flatten().map(str::to_owned).collect(),
        })
    }
}

/// Temporary keys.
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expires_at: Timestamp,
}

impl Keys {
    /// Reads AWS's own answer in either form, or a service's: flat or under `credentials`, in either spelling.
    fn read(answer: &Value, now: Timestamp) -> Result<Self, TokenError> {
        let places = [
            "AssumeRoleResponse.AssumeRoleResult.Credentials",
            "AssumeRoleResult.Credentials",
            "Credentials",
            "credentials",
        ];
        let object = answer.as_object();
        let nested = places.iter().find_map(|path| lookup(object?, path)?.as_object());
        let keys = nested.or(object);
        let find = |names: [&str; 3]| names.iter().find_map(|name| keys?.get(*name));
        let text = |names: [&str; 3]| {
            let found = find(names).and_then(Value::as_str).filter(|text| !text.is_empty());
            let unreadable = || TokenError::Unreadable(format!("the answer has no {}", names[0]));
            found.map(str::to_owned).ok_or_else(unreadable)
        };
        let expiry = find(["Expiration", "expiration", "expires_at"]);
        let expiry = expiry.or_else(|| keys?.get("expiresAt")).and_then(|value| {
            // AWS's JSON has seconds with a fraction.
            let whole = value.as_f64().map(|seconds| json!(seconds.trunc()));
            moment(whole.as_ref().unwrap_or(value), now)
        });
        Ok(Self {
            access_key_id: text(["AccessKeyId", "accessKeyId", "access_key_id"])?,
            secret_access_key: text(["SecretAccessKey", "secretAccessKey", "secret_access_key"])?,
            session_token: text(["SessionToken", "sessionToken", "session_token"])?,
            expires_at: expiry.unwrap_or_else(|| now.plus(KEYS_LIVE)),
        })
    }
}

/// Regions become part of a host.
fn is_plain(region: &str) -> bool {
    let is_good = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    !region.is_empty() && region.len() <= 64 && region.bytes().all(is_good)
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn missing(name: &str) -> TokenError {
    let message = format!("the AWS setting {name} is missing or cannot be used");
    TokenError::Unbuildable { code: "invalid_credentials", message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn read(answer: Value) -> Option<(String, String, String, i64)> {
        let keys = Keys::read(&answer, NOW).ok()?;
        let Keys { access_key_id, secret_access_key, session_token, expires_at } = keys;
        Some((access_key_id, secret_access_key, session_token, expires_at.as_seconds()))
    }

    fn expected(at: i64) -> Option<(String, String, String, i64)> {
        Some(("A".to_owned(), "S".to_owned(), "T".to_owned(), at))
    }

    #[test]
    fn keys_are_read_from_every_form_of_answer() {
        let aws = json!({"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": 1_700_003_000.5});
        let json_form = json!({"AssumeRoleResponse": {"AssumeRoleResult": {"Credentials": aws}}});
        assert_eq!(read(json_form), expected(1_700_003_000));
        let document = "<AssumeRoleResponse xmlns='x'><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>\
                        <SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>\
                        <Expiration>2023-11-14T22:15:00Z</Expiration></Credentials></AssumeRoleResult>\
                        </AssumeRoleResponse>";
        assert_eq!(read(Value::Object(xml::read(document).unwrap())), expected(1_700_000_100));
        let flat = json!({"access_key_id": "A", "secret_access_key": "S", "session_token": "T"});
        assert_eq!(read(flat), expected(1_700_003_600));
        let nested = json!({"credentials": {
            "accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expiration": 1_700_000_100_000_i64,
        }});
        assert_eq!(read(nested), expected(1_700_000_100));
        assert_eq!(read(json!({"accessKeyId": "A"})), None);
    }

    #[test]
    fn a_region_that_would_move_the_call_elsewhere_is_refused() {
        for bad in ["", "evil.test/", "us-east-1.evil.test#", "US-EAST-1", "a b"] {
            assert!(!is_plain(bad), "{bad}");
        }
        assert!(is_plain("eu-central-1"));
    }

    #[test]
    fn an_external_id_that_was_shown_is_kept() {
        let config = json!({"external_id": "shown"});
        assert_eq!(external_id(config.as_object().unwrap()), "shown");
        assert_eq!(external_id(&Map::new()).len(), 36);
    }
}
