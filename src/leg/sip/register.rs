//! The extension's registration at its PBX (RFC 3261 §10).

use std::net::SocketAddr;
use std::time::Duration;

use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::registration::Registration as Client;
use rsipstack::sip::typed::Contact;
use rsipstack::sip::{Host, HostWithPort, Param, StatusCodeKind, Transport, Uri};
use rsipstack::transaction::endpoint::{EndpointInnerRef, TargetLocator};
use rsipstack::transport::SipAddr;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::settings::{Error, Registration};
use super::transport::Trust;

/// After a failure, the first retry waits this long, the next twice as long, up to the limit below.
/// Short, for a PBX that restarts is back in seconds; limited, so that a wrong password does not look like an attack.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(60);
/// A wrong password does not mend itself: no sooner than this.
const REFUSED_RETRY: Duration = Duration::from_secs(30);

/// How the registration stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing to register: calls come directly.
    #[default]
    Unused,
    Trying,
    Registered,
    /// Refused or unreachable; tried again by itself.
    Failed(String),
}

/// The account, read once.
#[derive(Clone)]
pub struct Account {
    registrar: Uri,
    settings: Registration,
}

impl Account {
    pub fn new(settings: &Registration) -> Result<Self, Error> {
        let bad = |what: String| Error::Registration(what);
        let text = settings.registrar.trim();
        let text = if text.starts_with("sip:") { text.to_owned() } else { format!("sip:{text}") };
        let registrar = Uri::try_from(text.as_str())
            .map_err(|e| bad(format!("registrar «{}» is not a SIP address: {e}", settings.registrar)))?;
        if settings.user.is_empty() {
            return Err(bad("user is empty".to_owned()));
        }
        Ok(Self { registrar, settings: settings.clone() })
    }

    pub fn user(&self) -> &str {
        &self.settings.user
    }

    /// The exchange's name or address: the domain of our From.
    pub fn domain(&self) -> &HostWithPort {
        &self.registrar.host_with_port
    }

    /// The transport that the registrar's address asks for.
    pub fn transport(&self) -> Transport {
        let asked = self.registrar.params.iter().find_map(|p| match p {
            Param::Transport(t) => Some(*t),
            _ => None,
        });
        asked.unwrap_or(Transport::Udp)
    }

    /// For the digest of REGISTER and of requests inside a call (401 and 407).
    pub fn credential(&self) -> Credential {
        Credential {
            username: self.settings.user.clone(),
            password: self.settings.password.clone(),
            realm: None,
            auth_username: self.settings.auth_user.clone(),
        }
    }
}

/// Where requests go when a proxy stands for names that must not be resolved: every name, and the registrar however it is
/// written. Asked for each request of ours, so that CANCEL and ACK go where the INVITE went.
pub struct Proxied {
    proxy: SocketAddr,
    registrar: Host,
}

impl Proxied {
    pub fn new(account: &Account) -> Option<Self> {
        Some(Self { proxy: account.settings.proxy?, registrar: account.registrar.host().clone() })
    }

    fn address(&self, uri: &Uri) -> rsipstack::Result<SipAddr> {
        let target = SipAddr::try_from(uri)?;
        let proxied = matches!(target.addr.host, Host::Domain(_)) || target.addr.host == self.registrar;
        Ok(if proxied { SipAddr { addr: self.proxy.into(), ..target } } else { target })
    }
}

#[async_trait::async_trait]
impl TargetLocator for Proxied {
    async fn locate(&self, uri: &Uri) -> rsipstack::Result<SipAddr> {
        self.address(uri)
    }
}

/// Where a request to `uri` goes first: the proxy, or the address as DNS has it.
pub async fn next_hop(account: Option<&Account>, endpoint: &EndpointInnerRef, uri: &Uri) -> Option<SocketAddr> {
    let target = match account.and_then(Proxied::new) {
        Some(proxied) => proxied.address(uri).ok()?,
        None => SipAddr::try_from(uri).ok()?,
    };
    let target = match target.addr.host {
        Host::IpAddr(_) => target,
        Host::Domain(_) => endpoint.transport_layer.inner.domain_resolver.resolve(&target).await.ok()?,
    };
    target.get_socketaddr().ok()
}

/// Keeps the account registered until `stop`, then removes the registration.
/// `contact` gives our address as seen from the registrar's.
pub async fn keep(
    account: Account,
    endpoint: EndpointInnerRef,
    trust: Trust,
    contact: impl Fn(SocketAddr) -> Uri + Send,
    standing: watch::Sender<Standing>,
    stop: CancellationToken,
) {
    let mut client = Client::new(endpoint.clone(), Some(account.credential()));
    client.outbound_proxy = account.settings.proxy;
    let expires = u32::try_from(account.settings.expires.as_secs()).unwrap_or(u32::MAX).max(1);
    let mut failures: u32 = 0;
    loop {
        let wait = match once(&account, &endpoint, &trust, &contact, &mut client, expires).await {
            Ok(granted) => {
                if standing.send_replace(Standing::Registered) != Standing::Registered {
                    tracing::info!(registrar = %account.registrar, granted, "registered at the PBX");
                }
                failures = 0;
                // Three quarters: time for a retry before it lapses.
                Duration::from_secs(u64::from(granted)).mul_f32(0.75).max(FIRST_RETRY)
            }
            Err(failure) => {
                metrics::counter!("standardiste_sip_registration_failures_total").increment(1);
                tracing::warn!(registrar = %account.registrar, error = failure.text, "registration failed, will be tried again");
                standing.send_replace(Standing::Failed(failure.text));
                let back_off = FIRST_RETRY.saturating_mul(1 << failures.min(6)).min(LAST_RETRY);
                failures += 1;
                if failure.refused { back_off.max(REFUSED_RETRY) } else { back_off }
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    if *standing.borrow() == Standing::Registered {
        match client.register(account.registrar.clone(), Some(0)).await {
            Ok(_) => tracing::info!("registration removed"),
            Err(error) => tracing::warn!(%error, "the registration could not be removed; it will lapse"),
        }
    }
}

struct Failure {
    text: String,
    /// The registrar said no, as opposed to nothing.
    refused: bool,
}

async fn once(
    account: &Account,
    endpoint: &EndpointInnerRef,
    trust: &Trust,
    contact: &impl Fn(SocketAddr) -> Uri,
    client: &mut Client,
    expires: u32,
) -> Result<u32, Failure> {
    let Some(address) = next_hop(Some(account), endpoint, &account.registrar).await else {
        return Err(Failure { text: "its name is not found in DNS".to_owned(), refused: false });
    };
    trust.set_registrar(vec![address.ip().to_canonical()]);
    client.contact = Some(Contact { display_name: None, uri: contact(address), params: vec![] });
    let response = client
        .register(account.registrar.clone(), Some(expires))
        .await
        .map_err(|e| Failure { text: e.to_string(), refused: false })?;
    match response.status_code.kind() {
        StatusCodeKind::Successful => Ok(client.granted_expires.filter(|g| *g > 0).unwrap_or(expires)),
        kind => Err(Failure {
            text: format!("the registrar answered {}", response.status_code),
            refused: kind == StatusCodeKind::RequestFailure && u16::from(response.status_code) != 408,
        }),
    }
}
