//! Signed SAML 2.0 assertions for token endpoints that take them (RFC 7522; spec `auth.md` §9.6).
//!
//! Everything is written in the form that exclusive canonicalization (W3C xml-exc-c14n) would give it: no white space,
//! attributes in order, no empty-element tags, each namespace declared where it is used. So what is digested is what is
//! sent, but for two declarations.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_domain::Timestamp;
use ring::digest::{SHA256, digest};

use super::jwt::{SignError, SigningKey};

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XS: &str = "http://www.w3.org/2001/XMLSchema";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// What an assertion says.
pub struct Statement {
    /// Its own name: an XML name.
    pub id: String,
    /// Who says it.
    pub issuer: String,
    /// Whom it is about.
    pub name: String,
    /// What kind of name that is.
    pub name_format: Option<String>,
    /// Where it may be used.
    pub recipient: String,
    /// Who may believe it.
    pub audiences: Vec<String>,
    /// The session it speaks of.
    pub session_index: Option<String>,
    /// What else it says, as texts.
    pub attributes: Vec<(String, String)>,
    /// When it is made.
    pub now: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
}

impl Statement {
    /// The signed document in base64.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SignError> {
        self.document(key).map(|document| STANDARD.encode(document))
    }

    fn document(&self, key: &SigningKey) -> Result<String, SignError> {
        let digested = self.assertion("", "");
        let reference = STANDARD.encode(digest(&SHA256, digested.as_bytes()));
        let signed = self.signed_info(&format!(" xmlns:ds=\"{DS}\""), &reference);
        let signature = STANDARD.encode(key.signature(signed.as_bytes())?);
        let info = self.signed_info("", &reference);
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{DS}\">{info}<ds:SignatureValue>{signature}</ds:SignatureValue></ds:Signature>"
        );
        // The type names below need `xs`, which canonicalization does not see.
        Ok(self.assertion(&format!(" xmlns:xs=\"{XS}\""), &signature))
    }

    fn assertion(&self, declared: &str, signature: &str) -> String {
        let Self { id, issuer, .. } = self;
        let (issuer, now) = (text(issuer), self.now.iso_millis_z());
        let parts =
            [self.subject(), self.conditions(), self.authentication(), self.attribute_statement()].concat();
        format!(
            "<saml:Assertion xmlns:saml=\"{SAML}\"{declared} ID=\"{id}\" IssueInstant=\"{now}\" Version=\"2.0\">\
             <saml:Issuer>{issuer}</saml:Issuer>{signature}{parts}</saml:Assertion>"
        )
    }

    fn subject(&self) -> String {
        let format = attribute(self.name_format.as_deref().unwrap_or(UNSPECIFIED));
        let (name, recipient, ends) =
            (text(&self.name), attribute(&self.recipient), self.ends.iso_millis_z());
        format!(
            "<saml:Subject><saml:NameID Format=\"{format}\">{name}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData NotOnOrAfter=\"{ends}\" Recipient=\"{recipient}\">\
             </saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"
        )
    }

    fn conditions(&self) -> String {
        let audience = |name: &String| format!("<saml:Audience>{}</saml:Audience>", text(name));
        let audiences: String = self.audiences.iter().map(audience).collect();
        let (now, ends) = (self.now.iso_millis_z(), self.ends.iso_millis_z());
        format!(
            "<saml:Conditions NotBefore=\"{now}\" NotOnOrAfter=\"{ends}\"><saml:AudienceRestriction>{audiences}\
             </saml:AudienceRestriction></saml:Conditions>"
        )
    }

    fn authentication(&self) -> String {
        let session =
            self.session_index.as_ref().map(|index| format!(" SessionIndex=\"{}\"", attribute(index)));
        let (now, session) = (self.now.iso_millis_z(), session.unwrap_or_default());
        format!(
            "<saml:AuthnStatement AuthnInstant=\"{now}\"{session}><saml:AuthnContext><saml:AuthnContextClassRef>\
             urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
             </saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        )
    }

    fn attribute_statement(&self) -> String {
        if self.attributes.is_empty() {
            return String::new();
        }
        let one = |(name, value): &(String, String)| {
            let (name, value) = (attribute(name), text(value));
            format!(
                "<saml:Attribute Name=\"{name}\"><saml:AttributeValue xmlns:xsi=\"{XSI}\" xsi:type=\"xs:string\">\
                 {value}</saml:AttributeValue></saml:Attribute>"
            )
        };
        let all: String = self.attributes.iter().map(one).collect();
        format!("<saml:AttributeStatement>{all}</saml:AttributeStatement>")
    }

    fn signed_info(&self, declared: &str, reference: &str) -> String {
        let id = &self.id;
        format!(
            "<ds:SignedInfo{declared}><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\">\
             </ds:CanonicalizationMethod><ds:SignatureMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{DS}enveloped-signature\">\
             </ds:Transform><ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{reference}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        )
    }
}

/// A text node as canonicalization writes it.
fn text(plain: &str) -> String {
    written(plain).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

/// A value of an attribute as canonicalization writes it.
fn attribute(plain: &str) -> String {
    let value = written(plain).replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    value.replace('\t', "&#x9;").replace('\n', "&#xA;").replace('\r', "&#xD;")
}

/// XML has no way to write the other control characters.
fn written(plain: &str) -> String {
    plain.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../tests/data/rsa-2048.pem");

    /// The document that xmlsec1 1.2.37 verifies:
    /// `xmlsec1 --verify --id-attr:ID urn:oasis:names:tc:SAML:2.0:assertion:Assertion --pubkey-pem key.pub saml.xml`
    const VERIFIED: &str = include_str!("../../tests/data/saml.xml");

    fn document() -> String {
        let attributes = [("api_key", "k+/="), ("odd", "a<b>&\"c\"\r\n\t\u{1}é")];
        let statement = Statement {
            id: "_0123456789abcdef0123456789abcdef".into(),
            issuer: "www.successfactors.com".into(),
            name: "ada & \"grace\"".into(),
            name_format: None,
            recipient: "https://api.example.com/oauth/token?a=1&b=\"2\"".into(),
            audiences: vec!["www.successfactors.com".to_owned(), "second".to_owned()],
            session_index: Some("mock".into()),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            now: Timestamp::from_seconds(1_700_000_000),
            ends: Timestamp::from_seconds(1_700_000_300),
        };
        statement.document(&SigningKey::from_pem(KEY).unwrap()).unwrap()
    }

    #[test]
    fn an_assertion_is_the_one_that_another_implementation_verified() {
        assert_eq!(document(), VERIFIED.trim_end());
    }

    #[test]
    fn what_is_written_is_one_document_whatever_the_values_hold() {
        let document = document();
        let mut reader = quick_xml::Reader::from_str(&document);
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Empty(_) => panic!("canonical XML has no empty-element tags"),
                _ => {}
            }
        }
    }
}
