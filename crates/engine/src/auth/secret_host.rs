//! Where an application's client secret may go when a value of the connection decides the host (checklist A13).
//!
//! A token URL such as `https://${connectionConfig.hostname}/token` would hand the secret to whoever the page
//! names. So the value must be one of a list, or belong to the provider's own domains, or come from the
//! application itself. Providers that customers run under names of their own are declared here, each with the
//! reason; every other definition of this kind is refused, and a test finds new ones.

use bowline_domain::provider::Provider;
use serde_json::{Map, Value};
use url::Url;

/// What a host that a value decides may be.
enum Rule {
    /// The host is one of these domains or below one.
    Domains(&'static [&'static str]),
    /// The value is one of these.
    Values(&'static [&'static str]),
    /// The field's own pattern fixes the domain.
    OwnPattern,
    /// Customers run the server themselves, and register the client there.
    CustomerRun,
}

/// Provider (or the one it is an alias of), setting, rule.
const RULES: &[(&str, &str, Rule)] = &[
    ("absorb-lms", "portalRoute", Rule::CustomerRun),
    ("adobe-workfront", "hostname", Rule::OwnPattern),
    ("agiloft", "hostname", Rule::CustomerRun),
    ("amazon", "extension", Rule::Values(&["com", "co.uk", "co.jp"])),
    ("canvas-lms", "hostname", Rule::CustomerRun),
    ("freshworks", "hostname", Rule::Domains(&["freshworks.com", "myfreshworks.com"])),
    ("glean-oauth", "serverUrl", Rule::Domains(&["glean.com"])),
    ("jira-data-center", "endpointURL", Rule::CustomerRun),
    ("looker-oauth", "apiHostname", Rule::CustomerRun),
    ("maximizer-on-premise", "hostname", Rule::CustomerRun),
    ("odoo", "serverUrl", Rule::CustomerRun),
    ("practicefusion", "baseUrl", Rule::OwnPattern),
    ("salesforce", "hostname", Rule::Domains(SALESFORCE)),
    ("salesforce-sandbox", "hostname", Rule::Domains(SALESFORCE)),
    ("servicenow", "hostname", Rule::Domains(&["service-now.com", "servicenowservices.com"])),
    (
        "snowflake",
        "snowflake_account_url",
        Rule::Domains(&["snowflakecomputing.com", "snowflakecomputing.cn"]),
    ),
    ("workday-oauth", "tokenDomain", Rule::Domains(&["workday.com", "myworkday.com", "workdaysuv.com"])),
    ("zoho", "accounts-server", Rule::Domains(ZOHO)),
];

const SALESFORCE: &[&str] = &["salesforce.com", "force.com", "cloudforce.com", "sfcrmproducts.cn"];
const ZOHO: &[&str] = &[
    "zoho.com",
    "zoho.eu",
    "zoho.in",
    "zoho.com.au",
    "zoho.com.cn",
    "zoho.jp",
    "zohocloud.ca",
    "zoho.sa",
    "zoho.uk",
];

/// Checks that no value moves the integration's secret to a foreign host; gives the name of one that would.
/// `is_ours` says which settings the application itself decided.
pub fn check(
    provider: &Provider,
    config: &Map<String, Value>,
    is_ours: impl Fn(&str) -> bool,
) -> Result<(), String> {
    for setting in host_settings(provider) {
        let Some(value) = config.get(setting).and_then(Value::as_str).filter(|value| !value.is_empty())
        else {
            continue;
        };
        if !is_ours(setting) && !fits(provider, setting, value) {
            return Err(setting.to_owned());
        }
    }
    Ok(())
}

/// Whether a host is one of Salesforce's.
pub fn is_salesforce(host: &str) -> bool {
    is_below(&host.to_ascii_lowercase(), SALESFORCE)
}

fn fits(provider: &Provider, setting: &str, value: &str) -> bool {
    if provider.connection_config.get(setting).is_some_and(|field| !field.allowed.is_empty()) {
        return true;
    }
    match rule_of(provider, setting) {
        Some(Rule::Domains(domains)) => host_of(value).is_some_and(|host| is_below(&host, domains)),
        Some(Rule::Values(values)) => values.contains(&value),
        Some(Rule::OwnPattern | Rule::CustomerRun) => true,
        None => false,
    }
}

fn rule_of(provider: &Provider, setting: &str) -> Option<&'static Rule> {
    let is_it = |name: &str| provider.name == name || provider.alias.as_deref() == Some(name);
    RULES.iter().find(|(name, own, _)| is_it(name) && *own == setting).map(|(_, _, rule)| rule)
}

/// A bare host, or that of a URL.
fn host_of(value: &str) -> Option<String> {
    let url = if value.contains("://") { value.to_owned() } else { format!("https://{value}") };
    Url::parse(&url).ok()?.host_str().map(str::to_ascii_lowercase)
}

fn is_below(host: &str, domains: &[&str]) -> bool {
    domains
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// The settings that end the host of a token URL, so that they decide whose it is.
fn host_settings(provider: &Provider) -> impl Iterator<Item = &str> {
    let urls = [provider.token_url_for(provider.auth_mode), provider.refresh_url.as_deref()];
    urls.into_iter().flatten().flat_map(|url| url.split("||")).filter_map(|url| {
        let url = url.trim();
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next()?;
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        host.strip_suffix('}')?.rsplit_once("${connectionConfig.").map(|(_, name)| name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bowline_catalog::Catalog;
    use serde_json::json;

    fn checked(provider: &str, config: Value) -> Result<(), String> {
        let provider = Catalog::builtin().find(provider).unwrap();
        check(&provider, config.as_object().unwrap(), |_| false)
    }

    #[test]
    fn a_host_outside_the_providers_domains_is_refused_unless_the_application_chose_it() {
        for bad in ["evil.test", "salesforce.com.evil.test", "evilsalesforce.com", "salesforce.com@evil.test"]
        {
            assert_eq!(checked("salesforce", json!({"hostname": bad})), Err("hostname".to_owned()), "{bad}");
        }
        assert_eq!(checked("salesforce", json!({"hostname": "acme.my.salesforce.com"})), Ok(()));
        let provider = Catalog::builtin().find("salesforce").unwrap();
        let config = json!({"hostname": "evil.test"});
        assert_eq!(check(&provider, config.as_object().unwrap(), |name| name == "hostname"), Ok(()));
    }

    #[test]
    fn a_callback_cannot_name_another_token_server() {
        let bad = json!({"accounts-server": "https://evil.test"});
        assert_eq!(checked("zoho-crm", bad), Err("accounts-server".to_owned()));
        assert_eq!(checked("zoho-crm", json!({"accounts-server": "https://accounts.zoho.eu"})), Ok(()));
    }

    #[test]
    fn a_fixed_end_of_the_host_needs_no_rule() {
        assert_eq!(checked("shopify", json!({"subdomain": "acme"})), Ok(()));
    }

    #[test]
    fn every_provider_whose_token_host_a_setting_decides_has_a_list_or_a_rule() {
        let catalog = Catalog::builtin();
        let names: Vec<String> = catalog.list_wire(None).map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let provider = catalog.find(&name).unwrap();
            let sends_secret = matches!(provider.auth_mode.as_str(), "OAUTH2" | "MCP_OAUTH2" | "OAUTH1");
            for setting in host_settings(&provider).filter(|_| sends_secret) {
                let has_list = provider.connection_config.get(setting).is_some_and(|f| !f.allowed.is_empty());
                assert!(has_list || rule_of(&provider, setting).is_some(), "{name}: {setting}");
            }
        }
    }
}
