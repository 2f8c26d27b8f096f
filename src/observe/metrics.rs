//! Prometheus metrics: one recorder a process, rendered on a route of ours.

use std::sync::OnceLock;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The process's metrics.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

/// Seconds: the promise is an answer within 1, 1.5 at the 95th percentile, and the caller is told to wait after 1.2.
const REPLY_SECONDS: [f64; 12] = [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0];
/// Seconds: a call lasts from a word to ten minutes.
const CALL_SECONDS: [f64; 9] = [5.0, 15.0, 30.0, 60.0, 120.0, 240.0, 360.0, 600.0, 900.0];

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    /// With its buckets, seconds.
    Histogram(&'static [f64]),
}
use Kind::{Counter, Gauge, Histogram};

/// Every metric that any part records: name, kind, help. The unit is in the name, as Prometheus wants it.
const DESCRIBED: &[(&str, Kind, &str)] = &[
    ("standardiste_calls_active", Gauge, "Calls under way"),
    ("standardiste_conversations_active", Gauge, "Written conversations under way"),
    ("standardiste_web_refused_total", Counter, "Browsers' requests and messages refused, by reason"),
    ("standardiste_web_lost_total", Counter, "Written conversations whose page was lost, by what became of them"),
    ("standardiste_engine_faults_total", Counter, "Failures of hearing, finding or speaking, by engine"),
    ("standardiste_handovers_total", Counter, "Calls handed to a human, by reason"),
    (
        "standardiste_voice_to_voice_seconds",
        Histogram(&REPLY_SECONDS),
        "From the end of the caller's speech to the reply's first sound",
    ),
    ("standardiste_sip_calls_total", Counter, "Calls on SIP, by outcome"),
    ("standardiste_sip_call_seconds", Histogram(&CALL_SECONDS), "Length of answered calls"),
    ("standardiste_sip_refused_at_door_total", Counter, "SIP messages refused before any call"),
    ("standardiste_sip_registration_failures_total", Counter, "Failed registrations at the PBX"),
    ("standardiste_sip_transfers_total", Counter, "Hand-overs, by outcome"),
    ("standardiste_webrtc_calls_total", Counter, "Browsers' calls, by outcome"),
    ("standardiste_webrtc_call_seconds", Histogram(&CALL_SECONDS), "Length of browsers' calls that connected"),
    (
        "standardiste_webrtc_offer_to_answer_seconds",
        Histogram(&[0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 1.0]),
        "From a browser's offer to our answer",
    ),
    ("standardiste_sip_dialled_total", Counter, "Humans rung by the line itself, by outcome"),
    (
        "standardiste_bridge_waited_seconds",
        Histogram(&[0.005, 0.01, 0.02, 0.03, 0.04, 0.06]),
        "Mean delay that a bridged conversation added between its two telephones, by way",
    ),
    ("standardiste_rtp_packets_received_total", Counter, "RTP packets received"),
    ("standardiste_rtp_packets_lost_total", Counter, "RTP packets that never came"),
    ("standardiste_rtp_packets_late_total", Counter, "RTP packets that came too late to be played"),
    ("standardiste_rtp_packets_refused_total", Counter, "RTP packets of strangers, or malformed"),
    ("standardiste_rtp_frames_concealed_total", Counter, "Frames of 20 ms made up for the network"),
    (
        "standardiste_rtp_round_trip_seconds",
        Histogram(&[0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]),
        "Round trip by RTCP",
    ),
    ("standardiste_leg_frames_dropped_total", Counter, "Frames that the call's task was too late to take"),
    ("standardiste_base_generation", Gauge, "Number of the published base in service"),
    ("standardiste_base_entries", Gauge, "Answers in service"),
    ("standardiste_base_failures_total", Counter, "Published bases that could not be put in service, each try"),
    ("standardiste_store_lost_records_total", Counter, "Records of calls that could not be kept"),
];

/// The names of all metrics that are described.
pub fn described() -> impl Iterator<Item = &'static str> {
    DESCRIBED.iter().map(|(name, ..)| *name)
}

impl Metrics {
    /// Installs the recorder once and describes what is measured; later calls give the same handle.
    ///
    /// None when another recorder holds the process.
    pub fn install() -> Option<Self> {
        static INSTALLED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
        INSTALLED.get_or_init(build).clone().map(Self)
    }

    /// Prometheus text exposition format 0.0.4.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Frees what old samples hold; to be called now and then, scraped or not.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

fn build() -> Option<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for (name, kind, _) in DESCRIBED {
        if let Histogram(buckets) = kind {
            builder = builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), buckets).ok()?;
        }
    }
    let handle = builder.install_recorder().ok()?;
    for (name, kind, help) in DESCRIBED {
        match kind {
            Counter => describe_counter!(*name, Unit::Count, *help),
            Gauge => describe_gauge!(*name, Unit::Count, *help),
            Histogram(_) => describe_histogram!(*name, Unit::Seconds, *help),
        }
    }
    Some(handle)
}
