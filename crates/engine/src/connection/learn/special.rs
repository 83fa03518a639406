//! Choices that a path cannot make.

use serde_json::{Map, Value, json};

use super::{call, claims};
use crate::Engine;
use crate::connection::probe::Account;

type Settings = Map<String, Value>;

/// All accounts; the only one is chosen, unless the user chose.
pub(super) fn basecamp(answer: &Value, account: &Account<'_>) -> Settings {
    let mut learned = Settings::new();
    let Some(accounts) = answer.get("accounts").and_then(Value::as_array) else { return learned };
    if let ([only], false) = (accounts.as_slice(), is_set(account, "accountId")) {
        learned.extend(only.get("id").map(|id| ("accountId".to_owned(), json!(plain(id)))));
    }
    learned.insert("accounts".to_owned(), accounts.clone().into());
    learned
}

/// User name and password are of no more use once a session is open; `null` takes a setting away.
pub(super) fn bullhorn(_: &Value, _: &Account<'_>) -> Settings {
    ["username", "password"].map(|name| (name.to_owned(), Value::Null)).into_iter().collect()
}

/// Whether the partner's accounts have a hierarchy.
pub(super) fn checkr(answer: &Value, _: &Account<'_>) -> Settings {
    Settings::from_iter([("accountHierarchyEnabled".to_owned(), answer.clone())])
}

/// The account that the user works in by default.
pub(super) fn docusign(answer: &Value, _: &Account<'_>) -> Settings {
    let accounts = answer.get("accounts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let default = accounts.iter().find(|account| account["is_default"] == true).or(accounts.first());
    let part = |setting: &str, name: &str| Some((setting.to_owned(), default?.get(name)?.clone()));
    [part("baseUri", "base_uri"), part("accountId", "account_id")].into_iter().flatten().collect()
}

/// A token may be for a company or for a person.
pub(super) fn gusto(answer: &Value, _: &Account<'_>) -> Settings {
    let company = answer.get("resource").filter(|resource| resource["type"] == "Company");
    let uuid = company.and_then(|company| company.get("uuid"));
    uuid.map(|uuid| ("companyUuid".to_owned(), uuid.clone())).into_iter().collect()
}

/// The only organization, or the one that this very authorization was for.
pub(super) fn xero(answer: &Value, account: &Account<'_>) -> Settings {
    let all = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    let event = claims(account).and_then(|claims| claims.get("authentication_event_id").cloned());
    let chosen = match all {
        [only] => Some(only),
        several => event.and_then(|event| several.iter().find(|one| one["authEventId"] == event)),
    };
    let tenant = chosen.and_then(|chosen| chosen.get("tenantId"));
    tenant.map(|tenant| ("tenant_id".to_owned(), tenant.clone())).into_iter().collect()
}

/// Atlassian's tokens are for sites: the one whose name the user gave, else the first; then the user's id there.
pub(super) async fn atlassian(engine: &Engine, account: &Account<'_>) -> Result<Settings, String> {
    let get = call("GET", None, None);
    let sites = engine.ask(account, &get, "/oauth/token/accessible-resources").await?;
    let sites = sites.as_array().map(Vec::as_slice).unwrap_or_default();
    let wanted = account.config.get("subdomain").and_then(Value::as_str).unwrap_or_default();
    let site = choose_site(sites, wanted).ok_or("the token is for no site")?;
    let text = |name: &str| site.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut learned = Settings::new();
    learned.insert("cloudId".to_owned(), text("id").into());
    learned.insert("baseUrl".to_owned(), text("url").into());
    let scopes = site["scopes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has_confluence = scopes.iter().filter_map(Value::as_str).any(|scope| scope.contains("confluence"));
    let who = if has_confluence {
        format!("/ex/confluence/{}/wiki/rest/api/user/current", text("id"))
    } else {
        format!("/ex/jira/{}/rest/api/3/myself", text("id"))
    };
    // The site is known without it.
    if let Ok(user) = engine.ask(account, &get, &who).await {
        learned.extend(user.get("accountId").map(|id| ("accountId".to_owned(), id.clone())));
    }
    Ok(learned)
}

fn choose_site<'s>(sites: &'s [Value], wanted: &str) -> Option<&'s Value> {
    let text = |site: &Value, name: &str| site[name].as_str().unwrap_or_default().to_lowercase();
    let wanted = wanted.to_lowercase();
    let is_host = |site: &&Value| {
        let host = text(site, "url");
        host.split_once("://").and_then(|(_, host)| host.split('.').next()) == Some(wanted.as_str())
    };
    let named = || sites.iter().find(|site| text(site, "name").contains(&wanted));
    match wanted.is_empty() {
        true => sites.first(),
        false => sites.iter().find(is_host).or_else(named).or(sites.first()),
    }
}

fn is_set(account: &Account<'_>, setting: &str) -> bool {
    account.config.get(setting).and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_chosen_by_host_then_by_name_then_the_first() {
        let sites = [
            json!({"id": "1", "name": "First", "url": "https://first.atlassian.net"}),
            json!({"id": "2", "name": "Acme and Sons", "url": "https://acme-inc.atlassian.net"}),
            json!({"id": "3", "name": "Other", "url": "https://acme.atlassian.net"}),
        ];
        let id =
            |wanted: &str| choose_site(&sites, wanted).map(|site| site["id"].as_str().unwrap().to_owned());
        assert_eq!(id("ACME").as_deref(), Some("3"));
        assert_eq!(id("sons").as_deref(), Some("2"));
        assert_eq!(id("").as_deref(), Some("1"));
        assert_eq!(id("nowhere").as_deref(), Some("1"));
        assert!(choose_site(&[], "").is_none());
    }
}
