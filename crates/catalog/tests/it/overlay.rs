//! Files that users lay over the built-in catalogue.

use std::path::PathBuf;

use bowline_catalog::{Catalog, CatalogError, lint};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn paths(&self) -> [PathBuf; 1] {
        [self.0.path().to_owned()]
    }

    /// The problems, without the folder's own name.
    fn problems(&self) -> Vec<String> {
        let prefix = format!("{}/", self.0.path().display());
        lint(&self.paths()).iter().map(|problem| problem.to_string().replace(&prefix, "")).collect()
    }
}

const ACME: &str = "
display_name: Acme
auth: {mode: API_KEY}
api:
  base_url: https://api.acme.example
  headers: {authorization: 'Token ${apiKey}'}
credentials:
  apiKey: {title: API key, secret: true}
";

#[test]
fn a_file_in_our_layout_adds_a_provider() {
    let folder = Folder::with(&[("acme.yaml", ACME), ("notes.txt", "not a provider")]);
    let catalog = Catalog::overlay(&folder.paths()).unwrap();
    let acme = catalog.find("acme").unwrap();
    assert_eq!(acme.proxy.as_ref().unwrap().headers["authorization"], "Token ${apiKey}");
    assert_eq!(acme.docs.as_deref(), Some("/docs/providers/acme"));
    assert_eq!(acme.credentials["apiKey"].description.as_deref(), Some("API key of your Acme account"));
    assert_eq!(catalog.names().len(), 982);
    assert!(catalog.names().is_sorted());
}

#[test]
fn a_file_in_the_reference_layout_is_accepted_as_it_is() {
    let reference = "
# several providers in one file, keys of a newer version among them
acme:
    display_name: Acme
    auth_mode: OAUTH2
    authorization_url: https://acme.example/authorize
    token_url: https://acme.example/token
    token_params:
        grant_type: authorization_code
    proxy:
        base_url: https://api.acme.example
        key_of_tomorrow: 1
    docs: https://docs.example/acme
    flag_of_tomorrow: true
acme-mail:
    display_name: Acme Mail
    alias: acme
acme-drive:
    display_name: Acme Drive
    alias: google-drive
";
    let folder = Folder::with(&[("providers.yaml", reference)]);
    let catalog = Catalog::overlay(&folder.paths()).unwrap();
    let acme = catalog.find("acme").unwrap();
    assert_eq!(acme.docs.as_deref(), Some("https://docs.example/acme"));
    assert_eq!(acme.other["flag_of_tomorrow"], true);
    assert!(catalog.wire("acme").unwrap().contains("key_of_tomorrow"));
    assert_eq!(catalog.find("acme-mail").unwrap().token_url(), Some("https://acme.example/token"));
    let (drive, google) = (catalog.find("acme-drive").unwrap(), catalog.find("google-drive").unwrap());
    assert_eq!(drive.authorization_url, google.authorization_url);
    assert_eq!(drive.docs.as_deref(), Some("/docs/providers/acme-drive"));
}

#[test]
fn later_files_win_and_a_built_in_provider_can_be_refined() {
    let first = Folder::with(&[("github.yaml", "display_name: First\nalias: github\n")]);
    let second = Folder::with(&[("github.yaml", "display_name: GitHub of Acme\nalias: github\n")]);
    let paths = [first.paths(), second.paths()].concat();
    let catalog = Catalog::overlay(&paths).unwrap();
    let github = catalog.find("github").unwrap();
    assert_eq!(github.display_name, "GitHub of Acme");
    assert_eq!(github.token_url(), Some("https://github.com/login/oauth/access_token"));
    assert_eq!(catalog.names().len(), 981);
}

#[test]
fn texts_of_an_inherited_form_name_the_heir() {
    let folder = Folder::with(&[("acme-crm.yaml", "display_name: Acme CRM\nalias: salesforce\n")]);
    let heir = Catalog::overlay(&folder.paths()).unwrap().find("acme-crm").unwrap();
    let description = heir.connection_config["hostname"].description.as_deref();
    assert_eq!(description, Some("Hostname of your Acme CRM account"));
}

#[test]
fn every_bad_file_is_named_with_the_field() {
    let folder = Folder::with(&[
        ("a.yaml", "display_name: A\nauth: {mode: NONE}\napi: {base_ulr: https://a.example}\n"),
        ("b.yaml", "display_name: [\n"),
        ("c.yaml", "- a list\n"),
    ]);
    let problems = folder.problems();
    assert!(problems[0].starts_with("a.yaml: api.base_ulr: unknown key (known here: base_url, headers"));
    assert!(problems[1].starts_with("b.yaml: is not YAML: "), "{}", problems[1]);
    assert_eq!(problems[2], "c.yaml: must be a map of keys to values");
    assert_eq!(problems.len(), 3);
}

#[test]
fn rules_across_fields_are_told_in_the_words_of_the_file() {
    let folder = Folder::with(&[
        ("acme.yaml", &ACME.replace("api.acme", "${connectionConfig.region}.acme")),
        ("twin.yaml", "display_name: Twin\nalias: nobody\n"),
    ]);
    assert_eq!(folder.problems(), ["twin.yaml: alias: `twin`: alias of `nobody`, which does not exist"]);
    std::fs::remove_file(folder.0.path().join("twin.yaml")).unwrap();
    let problems = folder.problems();
    assert!(
        problems[0].starts_with("acme.yaml: api.base_url: uses ${connectionConfig.region}, but nothing sets")
    );

    let reference =
        "x:\n  display_name: X\n  auth_mode: NONE\n  proxy: {base_url: nowhere}\ny:\n  display_name: Y\n";
    let folder = Folder::with(&[("providers.yaml", reference)]);
    assert_eq!(
        folder.problems(),
        [
            "providers.yaml: x: proxy.base_url: `nowhere` is not an http(s) URL, even with its placeholders filled",
            "providers.yaml: y: auth_mode: is missing",
        ]
    );
}

#[test]
fn a_missing_file_is_an_error_that_lists_it() {
    let error = Catalog::overlay(&[PathBuf::from("no/such/file.yaml")]).unwrap_err();
    let CatalogError::Invalid(problems) = &error;
    assert_eq!(problems.len(), 1);
    assert!(error.to_string().contains("no/such/file.yaml: cannot be read"));
}

#[test]
fn names_of_files_must_be_names_of_providers() {
    let folder = Folder::with(&[("Acme_Inc.yaml", ACME)]);
    let problems = folder.problems();
    assert_eq!(problems, ["Acme_Inc.yaml: provider name `Acme_Inc` must consist of a-z, 0-9 and -"]);
}
