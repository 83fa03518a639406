//! The calls to try: printed for pasting, and made by `--check`.

use serde_json::Value;

/// What the calls are about.
pub struct Scene {
    /// Where the API is.
    pub url: String,
    /// The key of `dev`.
    pub key: String,
    /// The access token that the connection started with.
    pub first_token: String,
}

/// One call.
pub struct Call {
    /// What it shows.
    pub about: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its path with the query.
    pub path: &'static str,
    /// Its headers besides the key's and the body's.
    pub headers: &'static [(&'static str, &'static str)],
    /// Its body, JSON without single quotes.
    pub body: Option<&'static str>,
    /// Whether an answer shows what it should.
    pub is_right: fn(&Value, &Scene) -> bool,
}

/// All calls, in an order in which they work; each works again and again.
pub fn calls() -> [Call; 6] {
    [
        Call {
            about: "List the connections, yours among them once you approved",
            method: "GET",
            path: "/connections",
            headers: &[],
            body: None,
            is_right: |json, _| {
                json["connections"]
                    .as_array()
                    .is_some_and(|list| list.iter().any(|one| one["connection_id"] == "ada"))
            },
        },
        Call {
            about: "Get the connection: its access token has just been renewed",
            method: "GET",
            path: "/connections/ada?provider_config_key=demo-oauth",
            headers: &[],
            body: None,
            is_right: |json, scene| {
                json["credentials"]["access_token"].as_str().is_some_and(|token| token != scene.first_token)
            },
        },
        Call {
            about: "Call the provider's API through the proxy, which adds the token",
            method: "GET",
            path: "/proxy/api/issues?limit=2",
            headers: &[("Provider-Config-Key", "demo-oauth"), ("Connection-Id", "ada")],
            body: None,
            is_right: |json, _| json.to_string().contains("\"id\""),
        },
        Call {
            about: "Keep data of your own with the connection",
            method: "PATCH",
            path: "/connections/metadata",
            headers: &[],
            body: Some(
                r#"{"provider_config_key":"demo-oauth","connection_id":"ada","metadata":{"folder":"inbox"}}"#,
            ),
            is_right: |json, _| json["metadata"]["folder"] == "inbox",
        },
        Call {
            about: "Connect another account, by an API key",
            method: "POST",
            path: "/connections",
            headers: &[],
            body: Some(
                r#"{"provider_config_key":"demo-api-key","connection_id":"grace","credentials":{"type":"API_KEY","apiKey":"sim-key-grace"}}"#,
            ),
            is_right: |json, _| json["connection_id"] == "grace",
        },
        Call {
            about: "Call the provider as that account",
            method: "GET",
            path: "/proxy/api/user",
            headers: &[("Provider-Config-Key", "demo-api-key"), ("Connection-Id", "grace")],
            body: None,
            is_right: |json, _| json.is_object(),
        },
    ]
}

impl Call {
    /// As a command for a shell.
    pub fn as_curl(&self, scene: &Scene) -> String {
        let mut command = "curl".to_owned();
        if self.method != "GET" {
            command.push_str(&format!(" -X {}", self.method));
        }
        command.push_str(&format!(
            " '{}{}' \\\n  -H 'Authorization: Bearer {}'",
            scene.url, self.path, scene.key
        ));
        for (name, value) in self.headers {
            command.push_str(&format!(" \\\n  -H '{name}: {value}'"));
        }
        if let Some(body) = self.body {
            command.push_str(&format!(" \\\n  -H 'Content-Type: application/json' -d '{body}'"));
        }
        command
    }
}

/// A program for the official client, which works unmodified.
pub fn node_snippet(scene: &Scene) -> String {
    format!(
        "npm install @nangohq/node\nnode --input-type=module -e \"\n\
         import {{ Nango }} from '@nangohq/node';\n\
         const nango = new Nango({{ host: '{}', secretKey: '{}' }});\n\
         const issues = await nango.get({{\n  \
         endpoint: '/api/issues', providerConfigKey: 'demo-oauth', connectionId: 'ada',\n\
         }});\n\
         console.log(issues.data);\n\"",
        scene.url, scene.key
    )
}
