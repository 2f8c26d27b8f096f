//! One connection of the stack: how it is set up, and what it tells.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_TELEPHONE_EVENT};
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc_rtp::header::Header;
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCIceServer, RTCPeerConnectionState, RTCSessionDescription, Registry, SettingEngine,
    SettingEngineBuilder, configure_rtcp_reports,
};

use super::description::{Agreed, agreed, announce};
use super::ports::Port;
use super::settings::{BadOffer, IceServer, Settings};
use crate::rtp::Packet;

/// Without an answer to our consent checks for this long, the connection is lost; the stack's default, and the
/// browsers'. RFC 7675 §5.1 allows 30.
pub const CONSENT: Duration = Duration::from_secs(5);
/// Between two consent checks (RFC 7675 §5.1 says 4 to 6 s): a caller who moves is missed soon.
const CHECK: Duration = Duration::from_secs(2);
/// What a page's messages and ours fit in many times over.
const LARGEST_MESSAGE: u32 = 16 * 1_024;
/// Unacknowledged messages of ours at most; then they are dropped, for captions are not worth memory.
const MOST_UNACKNOWLEDGED: usize = 256 * 1_024;
/// Closing is local work; a stack that takes longer is left to its own end.
const CLOSING: Duration = Duration::from_secs(2);

/// What the stack tells.
pub enum Event {
    State(RTCPeerConnectionState),
    Track(Arc<dyn TrackRemote>),
    Channel(Arc<dyn DataChannel>),
}

struct Handler {
    events: mpsc::UnboundedSender<Event>,
    gathered: watch::Sender<bool>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.gathered.send_replace(state == RTCIceGatheringState::Complete);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        // The session has ended: nobody needs to know.
        let _ = self.events.send(Event::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let _ = self.events.send(Event::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let _ = self.events.send(Event::Track(track));
    }
}

/// A connection; closed when dropped.
pub struct Peer {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    negotiator: Negotiator,
    _port: Port,
}

/// Answers offers; a new one on the same call restarts ICE when its credentials are new.
#[derive(Clone)]
pub struct Negotiator {
    connection: Arc<dyn PeerConnection>,
    gathered: watch::Receiver<bool>,
    settings: Arc<Settings>,
}

impl Peer {
    /// `ssrc`: of our stream.
    pub async fn new(
        settings: Arc<Settings>,
        ice: &[IceServer],
        port: Port,
        ssrc: u32,
        offered: Agreed,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Event>), BadOffer> {
        let set_up = |error: rtc::shared::error::Error| BadOffer::SetUp(error.to_string());
        let (events, receiver) = mpsc::unbounded_channel();
        let (gathered, gathering) = watch::channel(false);
        let mut media = MediaEngine::default();
        for codec in codecs(offered) {
            media.register_codec(codec, RtpCodecKind::Audio).map_err(set_up)?;
        }
        let addresses = settings.addresses.iter().map(|ip| SocketAddr::new(*ip, port.number)).collect();
        let configuration = RTCConfigurationBuilder::new().with_ice_servers(ice.iter().map(server).collect()).build();
        let connection = PeerConnectionBuilder::<SocketAddr>::new()
            .with_configuration(configuration)
            .with_media_engine(media)
            .with_setting_engine(engine(&settings))
            .with_interceptor_registry(configure_rtcp_reports(Registry::new()))
            .with_handler(Arc::new(Handler { events, gathered }))
            .with_data_channel_send_buffer_limit(MOST_UNACKNOWLEDGED)
            .with_udp_addrs(addresses)
            .build()
            .await
            .map_err(set_up)?;
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let track = Arc::new(TrackLocalStaticRTP::new(our_track(ssrc)));
        let negotiator = Negotiator { connection: Arc::clone(&connection), gathered: gathering, settings };
        let peer = Self { connection, track: Arc::clone(&track), negotiator, _port: port };
        peer.connection.add_track(track).await.map_err(set_up)?;
        Ok((peer, receiver))
    }

    pub fn negotiator(&self) -> Negotiator {
        self.negotiator.clone()
    }

    /// Hands a packet to the stack; false when the stack is gone. One that it has no room for is lost, as in a full
    /// socket buffer: the clock must not wait.
    pub fn send(&self, packet: Packet) -> bool {
        let header = Header {
            version: 2,
            marker: packet.marker,
            payload_type: packet.payload_type,
            sequence_number: packet.sequence,
            timestamp: packet.timestamp,
            ssrc: packet.ssrc,
            ..Header::default()
        };
        let writing = self.track.write_rtp(rtc::rtp::Packet { header, payload: packet.payload });
        match pin!(writing).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(written) => written.is_ok(),
            Poll::Pending => true,
        }
    }

    /// Ends the connection and gives its sockets back.
    pub async fn close(self) {
        close(Arc::clone(&self.connection)).await;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The stack's own task would outlive us, with its sockets. Closing twice does nothing.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(close(Arc::clone(&self.connection)));
        }
    }
}

async fn close(connection: Arc<dyn PeerConnection>) {
    match tokio::time::timeout(CLOSING, connection.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the connection was not closed cleanly"),
        Err(_) => tracing::warn!("the connection took too long to close"),
    }
}

impl Negotiator {
    /// Takes an offer; gives the answer with all candidates gathered in time, and what is agreed.
    pub async fn answer(&mut self, offer: String) -> Result<(String, Agreed), BadOffer> {
        let malformed = |error: rtc::shared::error::Error| BadOffer::Malformed(error.to_string());
        let offer = RTCSessionDescription::offer(offer).map_err(malformed)?;
        self.connection.set_remote_description(offer).await.map_err(malformed)?;
        let answer = self.connection.create_answer(None).await.map_err(malformed)?;
        self.connection.set_local_description(answer).await.map_err(malformed)?;
        // An answer with fewer candidates is better than a late one.
        let _ = tokio::time::timeout(self.settings.gathering, self.gathered.wait_for(|done| *done)).await;
        let answer = self.connection.local_description().await.map(|description| description.sdp);
        let answer = answer.ok_or_else(|| BadOffer::SetUp("no answer was made".to_owned()))?;
        let agreed = agreed(&answer).ok_or(BadOffer::NoOpus)?;
        Ok((announce(&answer, self.settings.public), agreed))
    }
}

/// Our codecs under the browser's payload types.
fn codecs(offered: Agreed) -> impl Iterator<Item = RTCRtpCodecParameters> {
    let event = offered.event.map(|(payload_type, clock_rate)| RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: MIME_TYPE_TELEPHONE_EVENT.to_owned(),
            clock_rate,
            // The keys (RFC 4733 §2.4.1); as many as browsers send.
            sdp_fmtp_line: "0-15".to_owned(),
            ..RTCRtpCodec::default()
        },
        payload_type,
    });
    [RTCRtpCodecParameters { rtp_codec: opus(), payload_type: offered.opus }].into_iter().chain(event)
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        // RFC 7587 §6.1: what we like to receive.
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

fn our_track(ssrc: u32) -> MediaStreamTrack {
    MediaStreamTrack::new(
        "standardiste".to_owned(),
        "voix".to_owned(),
        "voix".to_owned(),
        RtpCodecKind::Audio,
        vec![RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            active: true,
            codec: opus(),
            ..Default::default()
        }],
    )
}

fn engine(settings: &Settings) -> SettingEngine {
    SettingEngineBuilder::new()
        // A failed agent forgets its candidates: our own time limit comes first, so that a restart finds it alive.
        .with_ice_timeouts(Some(CONSENT), Some(settings.media_timeout + settings.connecting), Some(CHECK))
        // Browsers that were given the microphone tell their real addresses; a multicast socket a call is not needed.
        .with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(LARGEST_MESSAGE))
        .build()
}

fn server(server: &IceServer) -> RTCIceServer {
    RTCIceServer { urls: server.urls.clone(), username: server.username.clone(), credential: server.credential.clone() }
}
