//! The servers that help a browser's sound through firewalls, with credentials of each browser's own.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::Serialize;

/// STUN and TURN, as configured.
#[derive(Clone, Default)]
pub struct Ice {
    pub stun: Vec<String>,
    pub turn: Vec<String>,
    /// Shared with the TURN server; none: no TURN.
    pub secret: Option<String>,
    /// Life of a browser's credentials.
    pub lifetime: Duration,
}

impl fmt::Debug for Ice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ice").field("stun", &self.stun).field("turn", &self.turn).finish_non_exhaustive()
    }
}

/// An `RTCIceServer`, as a browser takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl Ice {
    /// The servers for one browser. `now` is in seconds since 1970; `name` tells browsers apart in the TURN server's log.
    ///
    /// The user is `{end of validity}:{name}`, the password its HMAC-SHA1 under the shared secret in base64
    /// (draft-uberti-behave-turn-rest-00 §2.2; coturn's `use-auth-secret`).
    pub fn servers(&self, now: u64, name: &str) -> Vec<IceServer> {
        let mut servers = Vec::new();
        if !self.stun.is_empty() {
            servers.push(IceServer { urls: self.stun.clone(), username: None, credential: None });
        }
        if let Some(secret) = self.secret.as_ref().filter(|_| !self.turn.is_empty()) {
            let username = format!("{}:{name}", now + self.lifetime.as_secs());
            let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
            let credential = STANDARD.encode(hmac::sign(&key, username.as_bytes()));
            servers.push(IceServer { urls: self.turn.clone(), username: Some(username), credential: Some(credential) });
        }
        servers
    }
}
