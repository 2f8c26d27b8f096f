//! The telephone's front desk: who gets a call, and how it all starts and ends.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::authenticate::Credential;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Auth, Header, HostWithPort, Method, Param, Scheme, Transport, Uri};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transaction::{Transaction, TransactionReceiver};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::dial::Dialler;
use super::door::{ACCEPT, ALLOW, SUPPORTED};
use super::invite;
use super::leg::SipLeg;
use super::ports::Ports;
use super::register::{self, Account, Proxied, Standing};
use super::settings::{Error, Settings};
use super::transport::{Inspector, Listening, Trust, listen, local_ip_towards};
use crate::leg::Admission;

/// What every call shares.
pub(super) struct Shared {
    pub settings: Settings,
    pub admission: Admission,
    pub endpoint: EndpointInnerRef,
    pub dialogs: Arc<DialogLayer>,
    pub ports: Ports,
    pub legs: mpsc::Sender<SipLeg>,
    pub tasks: TaskTracker,
    /// Running calls say BYE.
    pub closing: CancellationToken,
    pub credential: Option<Credential>,
    pub account: Option<Account>,
    pub trust: Trust,
    user: String,
    listening: Listening,
}

/// The telephone service.
pub struct Server {
    shared: Arc<Shared>,
    standing: watch::Receiver<Standing>,
    unregister: CancellationToken,
    /// Ends the listeners and the stack.
    stop: CancellationToken,
    /// The registration's task, apart from the calls' so that each can be waited for.
    registering: TaskTracker,
}

impl Server {
    /// Listens, begins to register, and takes calls. Each arrives in the receiver, ringing.
    ///
    /// # Errors
    /// What is wrong with an address, a port range or the account, with the key to change.
    pub async fn start(settings: Settings, admission: Admission) -> Result<(Self, mpsc::Receiver<SipLeg>), Error> {
        let account = settings.registration.as_ref().map(Account::new).transpose()?;
        if settings.trusted.is_empty() && account.is_none() {
            return Err(Error::NoWayIn);
        }
        let ports = Ports::new(&settings.rtp_ports)?;
        let trust = Trust::new(&settings.trusted);
        let stop = CancellationToken::new();
        let (layer, listening) = listen(&settings, &trust, &stop).await?;
        let mut builder = EndpointBuilder::new();
        builder
            .with_transport_layer(layer)
            .with_cancel_token(stop.clone())
            .with_user_agent(concat!("standardiste/", env!("CARGO_PKG_VERSION")))
            .with_transport_inspector(Box::new(Inspector(trust.clone())));
        if let Some(proxied) = account.as_ref().and_then(Proxied::new) {
            builder.with_target_locator(Box::new(proxied));
        }
        let endpoint = builder.build();
        let incoming = endpoint.incoming_transactions().map_err(|e| Error::Stack(e.to_string()))?;
        let (legs, receiver) = mpsc::channel(settings.backlog.max(1));
        let shared = Arc::new(Shared {
            admission,
            endpoint: endpoint.inner.clone(),
            dialogs: Arc::new(DialogLayer::new(endpoint.inner.clone())),
            ports,
            legs,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            credential: account.as_ref().map(Account::credential),
            user: account.as_ref().map_or_else(|| settings.user.clone(), |a| a.user().to_owned()),
            account: account.clone(),
            trust: trust.clone(),
            listening,
            settings,
        });
        let serving = endpoint.inner.clone();
        tokio::spawn(async move {
            if let Err(error) = serving.serve().await {
                tracing::error!(%error, "the SIP stack ended");
            }
        });
        tokio::spawn(dispatch(shared.clone(), incoming, stop.clone()));
        let unregister = CancellationToken::new();
        let registering = TaskTracker::new();
        let (standing, watching) = watch::channel(Standing::Unused);
        if let Some(account) = account {
            standing.send_replace(Standing::Trying);
            let desk = shared.clone();
            let transport = account.transport();
            let contact = move |registrar| desk.contact(registrar, transport);
            registering.spawn(register::keep(
                account,
                endpoint.inner.clone(),
                trust,
                contact,
                standing,
                unregister.clone(),
            ));
        }
        registering.close();
        tracing::info!(udp = ?listening.udp, tcp = ?listening.tcp, "telephone listening");
        Ok((Self { shared, standing: watching, unregister, stop, registering }, receiver))
    }

    /// The address listened on, UDP first, with the port really taken.
    pub fn address(&self) -> SocketAddr {
        let listening = self.shared.listening;
        // `listen` gives at least one.
        listening.udp.or(listening.tcp).unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)))
    }

    pub fn udp_address(&self) -> Option<SocketAddr> {
        self.shared.listening.udp
    }

    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.shared.listening.tcp
    }

    /// Rings humans from this telephone: same addresses, same ports, same account.
    pub fn dialler(&self) -> Dialler {
        Dialler::new(self.shared.clone())
    }

    /// How the registration stands, now and at each change.
    pub fn registration(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// Dialogs that the stack still holds: running calls, and those whose BYE is not answered yet.
    pub fn dialogs(&self) -> usize {
        self.shared.dialogs.len()
    }

    /// Pairs of media ports in use.
    pub fn ports_taken(&self) -> usize {
        self.shared.ports.taken()
    }

    /// Tasks of calls, not ended yet.
    pub fn tasks(&self) -> usize {
        self.shared.tasks.len()
    }

    /// Removes the registration, hangs up what still runs, and stops listening. Let calls end first, and
    /// close the [`Admission`] before: this waits no longer than the configured time.
    pub async fn shutdown(self) {
        self.unregister.cancel();
        self.shared.closing.cancel();
        self.shared.tasks.close();
        let ended = async {
            self.registering.wait().await;
            self.shared.tasks.wait().await;
        };
        if tokio::time::timeout(self.shared.settings.shutdown_timeout, ended).await.is_err() {
            tracing::warn!(dialogs = self.dialogs(), "telephone stopped before every goodbye was answered");
        }
        self.stop.cancel();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.unregister.cancel();
        self.shared.closing.cancel();
        self.stop.cancel();
    }
}

impl Shared {
    /// Our address for the other side, over the transport that it speaks.
    pub fn contact(&self, peer: SocketAddr, transport: Transport) -> Uri {
        let tcp = transport == Transport::Tcp;
        let listening =
            if tcp { self.listening.tcp.or(self.listening.udp) } else { self.listening.udp.or(self.listening.tcp) };
        let port = listening.map(|a| a.port());
        let params = if tcp || self.listening.udp.is_none() { vec![Param::Transport(Transport::Tcp)] } else { vec![] };
        Uri {
            scheme: Some(Scheme::Sip),
            auth: Some(Auth { user: self.user.clone(), password: None }),
            host_with_port: HostWithPort {
                host: self.settings.public.unwrap_or_else(|| self.local_ip(peer)).into(),
                port: port.map(Into::into),
            },
            params,
            ..Default::default()
        }
    }

    /// Where a request to `uri` goes first.
    pub async fn next_hop(&self, uri: &Uri) -> Option<SocketAddr> {
        register::next_hop(self.account.as_ref(), &self.endpoint, uri).await
    }

    /// Whether we listen on UDP: without it we call by TCP.
    pub fn has_udp(&self) -> bool {
        self.listening.udp.is_some()
    }

    /// The address to bind media on for `peer`.
    pub fn local_ip(&self, peer: SocketAddr) -> IpAddr {
        let bound = self.listening.udp.or(self.listening.tcp).map(|a| a.ip());
        match bound {
            Some(ip) if !ip.is_unspecified() => ip,
            _ => local_ip_towards(peer).unwrap_or_else(|| IpAddr::from([127, 0, 0, 1])),
        }
    }

    pub fn retry_after(&self, refusal: &crate::leg::Refusal) -> Header {
        Header::RetryAfter(refusal.retry_after.as_secs().max(1).to_string().into())
    }
}

async fn dispatch(shared: Arc<Shared>, mut incoming: TransactionReceiver, stop: CancellationToken) {
    loop {
        let transaction = tokio::select! {
            () = stop.cancelled() => break,
            transaction = incoming.recv() => match transaction {
                Some(transaction) => transaction,
                None => break,
            },
        };
        let shared_too = shared.clone();
        // Call-ID only: the other fields name people.
        let call_id = transaction.original.call_id_header().map(|c| c.value().to_owned()).unwrap_or_default();
        let span = tracing::info_span!("sip", call_id);
        shared.tasks.spawn(tracing::Instrument::instrument(
            async move {
                if let Err(error) = take(shared_too, transaction).await {
                    tracing::debug!(%error, "SIP request not completed");
                }
            },
            span,
        ));
    }
}

async fn take(shared: Arc<Shared>, mut transaction: Transaction) -> rsipstack::Result<()> {
    let in_dialog = transaction.original.to_header()?.tag()?.is_some();
    if in_dialog {
        return in_a_dialog(&shared, transaction).await;
    }
    match transaction.original.method {
        Method::Invite => invite::begin(shared, transaction).await,
        Method::Options => {
            // RFC 3261 §11.2: what an INVITE would get. A load spreader must see that we are closing.
            if shared.admission.is_closed() {
                return transaction.reply_with(503.into(), vec![], None).await;
            }
            let headers =
                vec![Header::Allow(ALLOW.into()), Header::Accept(ACCEPT.into()), Header::Supported(SUPPORTED.into())];
            transaction.reply_with(200.into(), headers, None).await
        }
        Method::Bye | Method::Info | Method::Update | Method::Notify | Method::PRack => {
            transaction.reply(481.into()).await
        }
        Method::Ack | Method::Cancel => Ok(()),
        _ => transaction.reply_with(405.into(), vec![Header::Allow(ALLOW.into())], None).await,
    }
}

async fn in_a_dialog(shared: &Shared, mut transaction: Transaction) -> rsipstack::Result<()> {
    let method = transaction.original.method;
    let Some(mut dialog) = shared.dialogs.match_dialog(&transaction) else {
        return if method == Method::Ack { Ok(()) } else { transaction.reply(481.into()).await };
    };
    let state = dialog.state();
    let settled = state.is_confirmed() || matches!(method, Method::Ack | Method::Bye | Method::Cancel);
    if state.is_terminated() && method != Method::Ack {
        return transaction.reply(481.into()).await;
    }
    if !settled {
        // `rsipstack` would not answer at all before the ACK; the other side tries again.
        let headers = vec![Header::RetryAfter("1".into())];
        return transaction.reply_with(500.into(), headers, None).await;
    }
    dialog.handle(&mut transaction).await
}
