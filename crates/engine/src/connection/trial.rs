//! Requests that try credentials where 2xx alone says nothing (spec `providers.md` §7.4): what is sent, and which
//! answers mean that the provider took them.

use bowline_domain::provider::{Provider, Verification};
use http::StatusCode;
use serde_json::{Value, json};

use crate::credential::Credentials;

/// One way to try credentials.
pub(super) struct Trial {
    hooks: &'static [&'static str],
    method: &'static str,
    /// Path and query.
    pub path: &'static str,
    /// A text is sent as it is, anything else as JSON.
    body: fn(&Credentials) -> Option<Value>,
    /// What of the definition is another in this call.
    pub bend: fn(&mut Provider),
    /// Whether an answer means that the credentials are good.
    pub accepts: fn(StatusCode, &str) -> bool,
}

impl Trial {
    /// The trial that a definition names.
    pub fn find(hook: &str) -> Option<&'static Self> {
        TRIALS.iter().find(|trial| trial.hooks.contains(&hook))
    }

    /// The call, in the form of a definition's own.
    pub fn call(&self, credentials: &Credentials) -> Verification {
        let data = (self.body)(credentials);
        Verification { method: Some(self.method.to_owned()), data, ..Verification::default() }
    }
}

fn nothing(_: &Credentials) -> Option<Value> {
    None
}

fn as_it_is(_: &mut Provider) {}

/// AWS's token service says whose a key is, whatever it may be used for.
fn at_sts(provider: &mut Provider) {
    let Some(api) = provider.proxy.as_mut() else { return };
    api.base_url = "https://sts.amazonaws.com".to_owned();
    let signed = "${awsSigV4(${credentials.username}, ${credentials.password}, us-east-1, sts)}";
    api.headers.insert("authorization".to_owned(), signed.to_owned());
}

const CALLER_IDENTITY: &str = "/?Action=GetCallerIdentity&Version=2011-06-15";

fn is_success(status: StatusCode, _: &str) -> bool {
    status.is_success()
}

/// A member of the answer, by path.
fn member<T>(body: &str, pointer: &str, read: impl Fn(&Value) -> T) -> Option<T> {
    serde_json::from_str::<Value>(body).ok()?.pointer(pointer).map(read)
}

const TRIALS: &[Trial] = &[
    Trial {
        hooks: &["apolloCredentialsVerification"],
        method: "GET",
        path: "/v1/auth/health",
        body: nothing,
        bend: as_it_is,
        accepts: |status, body| {
            status.is_success() && member(body, "/is_logged_in", |value| value == true) == Some(true)
        },
    },
    Trial {
        hooks: &["awsIamCredentialsVerification", "awsInspector2CredentialsVerification"],
        method: "GET",
        path: CALLER_IDENTITY,
        body: nothing,
        bend: at_sts,
        accepts: is_success,
    },
    Trial {
        hooks: &["azureDevopsCredentialsVerification"],
        method: "GET",
        path: "/_apis/projects",
        body: nothing,
        bend: as_it_is,
        // To strangers it shows a sign-in page with another 2xx.
        accepts: |status, _| status == StatusCode::OK,
    },
    Trial {
        hooks: &["bitdefenderCredentialsVerification"],
        method: "POST",
        path: "/v1.0/jsonrpc/general",
        body: |_| Some(json!({"jsonrpc": "2.0", "id": "1", "method": "getApiKeyDetails", "params": {}})),
        bend: as_it_is,
        accepts: |status, body| status.is_success() && member(body, "/error", |_| ()).is_none(),
    },
    Trial {
        hooks: &["cdwCredentialsVerification"],
        method: "POST",
        path: "/v1/customers/orders",
        body: |_| Some(json!({})),
        bend: as_it_is,
        // An empty order is refused, but only to customers.
        accepts: |status, _| status.is_success() || status == StatusCode::BAD_REQUEST,
    },
    Trial {
        hooks: &["expensifyCredentialsVerification"],
        method: "POST",
        path: "/ExpensifyIntegrations",
        body: |own| {
            let text = |name: &str| own.text(name).unwrap_or_default();
            let job = json!({
                "type": "get",
                "credentials": {"partnerUserID": text("username"), "partnerUserSecret": text("password")},
                "inputSettings": {"type": "policyList"},
            });
            let mut form = form_urlencoded::Serializer::new(String::new());
            Some(form.append_pair("requestJobDescription", &job.to_string()).finish().into())
        },
        bend: as_it_is,
        // It says so with status 200.
        accepts: |status, body| status.is_success() && !body.contains("Authentication error"),
    },
    Trial {
        hooks: &["lastpassCredentialsVerification"],
        method: "POST",
        path: "/enterpriseapi.php",
        body: |own| {
            let text = |name: &str| own.text(name).unwrap_or_default().to_owned();
            Some(json!({"cid": text("username"), "provhash": text("password"), "cmd": "getuserdata"}))
        },
        bend: as_it_is,
        accepts: |status, body| status.is_success() && !body.contains("Authorization Error"),
    },
    Trial {
        hooks: &["pushpayChmsV1CredentialsVerification"],
        method: "GET",
        path: "/api.php?srv=api_status",
        body: nothing,
        bend: as_it_is,
        accepts: |status, body| status.is_success() && !body.contains("<error"),
    },
    Trial {
        hooks: &["skioCredentialsVerification"],
        method: "POST",
        path: "/v1/graphql",
        body: |_| Some(json!({"query": "query { Orders(limit: 1) { id } }"})),
        bend: as_it_is,
        accepts: |status, body| {
            status.is_success() && member(body, "/data/Orders", Value::is_array) == Some(true)
        },
    },
    Trial {
        hooks: &["snipeItCredentialsVerification"],
        method: "GET",
        path: "/v1/users?limit=1",
        body: nothing,
        bend: as_it_is,
        accepts: |status, body| {
            status.is_success() && member(body, "/status", |value| value == "error") != Some(true)
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_catalog::Catalog;

    /// Its SOAP endpoint is told to its customers only.
    const LEFT_OUT: [&str; 1] = ["vantageApparelCredentialsVerification"];

    #[test]
    fn every_trial_that_a_definition_names_is_known_or_named_as_left_out() {
        let catalog = Catalog::builtin();
        for (name, _) in catalog.list_wire(None) {
            let provider = catalog.find(name).unwrap();
            let Some(hook) = provider.credentials_verification_hook() else { continue };
            assert!(Trial::find(hook).is_some() || LEFT_OUT.contains(&hook), "{name}: {hook}");
        }
    }

    #[test]
    fn answers_that_look_fine_and_are_not_are_told_apart() {
        let accepts = |hook: &str, status: u16, body: &str| {
            let trial = Trial::find(&format!("{hook}CredentialsVerification")).unwrap();
            (trial.accepts)(StatusCode::from_u16(status).unwrap(), body)
        };
        assert!(accepts("apollo", 200, r#"{"is_logged_in": true}"#));
        assert!(!accepts("apollo", 200, r#"{"is_logged_in": false}"#));
        assert!(!accepts("azureDevops", 203, ""));
        assert!(!accepts("bitdefender", 200, r#"{"error": {"code": 1}}"#));
        assert!(accepts("cdw", 400, "{}") && !accepts("cdw", 401, "{}"));
        assert!(!accepts(
            "expensify",
            200,
            r#"{"responseMessage": "Authentication error", "responseCode": 500}"#
        ));
        assert!(accepts("awsIam", 200, "<x/>") && !accepts("awsInspector2", 403, "<Error/>"));
        assert!(!accepts("lastpass", 200, "Authorization Error"));
        assert!(!accepts("pushpayChmsV1", 200, "<response><error>x</error></response>"));
        assert!(accepts("skio", 200, r#"{"data": {"Orders": []}}"#));
        assert!(!accepts("skio", 200, r#"{"errors": []}"#));
        assert!(!accepts("snipeIt", 200, r#"{"status": "error"}"#));
    }
}
