//! `[outbound]`

use std::path::PathBuf;
use std::time::Duration;

use super::section::section;
use super::setting::Texts;

section! {
    /// Calls that leave Bowline: to providers, token endpoints and webhook receivers.
    pub struct OutboundConfig = "outbound" {
        /// What may be called besides the public Internet: CIDR blocks, or hosts with or without a port, such as
        /// `10.0.0.0/8` or `crm.internal:8443`. Loopback, private and metadata addresses are closed otherwise.
        allow: Texts = "", "BOWLINE_OUTBOUND_ALLOW";
        /// Hosts that are refused with their subdomains, whatever they resolve to, besides the built-in ones.
        deny_hosts: Texts = "", "BOWLINE_OUTBOUND_DENY_HOSTS";
        /// Whether token calls, and only those, may reach private networks, for a self-hosted identity provider.
        allow_private_for_oauth: bool = "false", "BOWLINE_OUTBOUND_ALLOW_PRIVATE_FOR_OAUTH";
        /// PEM file with certificates of authorities that are trusted besides the public ones, such as a company's own.
        ca_file: Option<PathBuf> = "", "BOWLINE_OUTBOUND_CA_FILE";
        /// How long resolving a host and connecting to it may take.
        connect_timeout: Duration = "10s", "BOWLINE_OUTBOUND_CONNECT_TIMEOUT";
        /// How long a provider may take until its answer begins.
        response_header_timeout: Duration = "5m", "BOWLINE_OUTBOUND_RESPONSE_HEADER_TIMEOUT";
        /// The longest silence within an answer. A stream that moves may last as long as it likes.
        body_silence_max: Duration = "5m", "BOWLINE_OUTBOUND_BODY_SILENCE_MAX";
        /// Redirects followed in one call.
        redirects_max: usize = "5", "BOWLINE_OUTBOUND_REDIRECTS_MAX";
    }
}
