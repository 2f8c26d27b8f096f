//! From the configuration's sections to the settings of each part.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::answers::Variables;
use crate::call::exact::Exact;
use crate::call::{self, Destination, Kept, Line};
use crate::config::{self, Config};
use crate::dialogue::ear::Ear;
use crate::dialogue::grammar::{Grammar, SoundThresholds};
use crate::dialogue::prompts::Prompts;
use crate::hours::{self, Holidays, Hours, Range};
use crate::leg::sip::{Network, Registration};
use crate::redaction::Redactor;
use crate::switchboard::Bridging;
use crate::{asr, console, dialogue, leg, sdp, switchboard, tts, web};

fn millis(value: u32) -> Duration {
    Duration::from_millis(value.into())
}

fn seconds(value: u32) -> Duration {
    Duration::from_secs(value.into())
}

pub fn hearing(config: &Config) -> asr::Settings {
    asr::Settings {
        model: config.hearing.model.clone(),
        workers: config.hearing.workers,
        threads: config.hearing.threads,
        time_limit: millis(config.hearing.time_limit_ms),
        phrase_longest: millis(SoundThresholds::default().ear_longest_ms),
        ..asr::Settings::default()
    }
}

pub fn speaking(config: &Config) -> tts::Settings {
    tts::Settings {
        manifest: config.speaking.voice.clone(),
        models: config.cache.clone(),
        onnxruntime: config.speaking.onnxruntime.clone(),
        cache: config.speaking.cache.clone(),
        cache_bytes: u64::from(config.speaking.cache_max_mb) * 1024 * 1024,
        workers: config.speaking.workers,
        threads: config.speaking.threads,
        espeak_data: config.speaking.espeak_data.clone(),
        speed: config.speaking.speed,
        time_limit: millis(config.speaking.time_limit_ms),
        ..tts::Settings::default()
    }
}

pub fn turn(config: &Config) -> crate::turn::Settings {
    crate::turn::Settings {
        end_of_turn: millis(config.turn.end_of_turn_ms),
        end_of_turn_min: millis(config.turn.end_of_turn_min_ms),
        end_of_turn_max: millis(config.turn.end_of_turn_max_ms),
        pause: millis(config.turn.pause_ms),
        barge_in: millis(config.turn.barge_in_ms),
        too_long: seconds(config.turn.longest_s),
        ..crate::turn::Settings::default()
    }
}

/// The configuration's networks as the leg compares them.
fn networks(named: &[config::Network]) -> anyhow::Result<Vec<Network>> {
    named.iter().map(|network| Ok(network.to_string().parse()?)).collect()
}

pub fn sip(config: &Config) -> anyhow::Result<leg::sip::Settings> {
    let trusted = networks(&config.sip.trusted_peers).context("[sip] trusted_peers")?;
    let registration = config.register.server.as_ref().map(|server| Registration {
        registrar: server.clone(),
        user: config.register.username.clone().unwrap_or_default(),
        auth_user: config.register.auth_username.clone(),
        password: config.register.password.as_ref().map(|secret| secret.reveal().to_owned()).unwrap_or_default(),
        expires: seconds(config.register.expires_s),
        proxy: config.register.proxy,
    });
    let codecs = config
        .media
        .codecs
        .iter()
        .map(|codec| match codec {
            config::Codec::Pcma => sdp::Codec::Pcma,
            config::Codec::Pcmu => sdp::Codec::Pcmu,
            config::Codec::G722 => sdp::Codec::G722,
            config::Codec::Opus => sdp::Codec::Opus,
        })
        .collect();
    Ok(leg::sip::Settings {
        udp: config.sip.listen_udp,
        tcp: config.sip.listen_tcp,
        public: config.sip.public_address,
        trusted,
        registration,
        sdp: sdp::Settings { codecs },
        rtp_ports: config.media.port_min..=config.media.port_max,
        media_timeout: seconds(config.media.media_timeout_s),
        assert_caller: config.handover.assert_caller,
        ..leg::sip::Settings::default()
    })
}

/// The web server; none when it is off.
pub fn web(config: &Config) -> anyhow::Result<Option<web::Settings>> {
    let Config { web, web_turn, .. } = config;
    if !web.enabled {
        return Ok(None);
    }
    let tls = web.certificate.clone().zip(web.private_key.clone());
    Ok(Some(web::Settings {
        listen: web.listen,
        public_url: web.public_url.clone(),
        allowed_origins: web.allowed_origins.clone(),
        proxies: networks(&web.proxies).context("[web] proxies")?,
        tls: tls.map(|(certificate, key)| web::Tls { certificate, key }),
        begun_per_minute: web.calls_per_minute,
        messages_per_minute: web.messages_per_minute,
        ice: web::Ice {
            stun: web_turn.stun.clone(),
            turn: web_turn.turn.clone(),
            secret: web_turn.secret.as_ref().map(|secret| secret.reveal().to_owned()),
            lifetime: seconds(web_turn.lifetime_s),
        },
    }))
}

/// The staff's console; none when it is off.
pub fn console(config: &Config) -> anyhow::Result<Option<console::Settings>> {
    let Config { console, .. } = config;
    if !console.enabled {
        return Ok(None);
    }
    let proxies = networks(&console.proxies).context("[console] proxies")?;
    Ok(Some(console::Settings {
        listen: console.listen,
        public_url: console.public_url.clone(),
        client: Arc::new(move |peer, headers| web::citizen(peer, headers, &proxies)),
        idle: seconds(console.idle_minutes * 60),
        longest: seconds(console.session_hours * 3_600),
        time_zone: config.observe.time_zone.clone(),
        town: config.mairie.name().to_owned(),
    }))
}

/// Where staff's browsers reach the console.
pub fn console_url(config: &Config) -> String {
    config.console.public_url.clone().unwrap_or_else(|| format!("http://{}", config.console.listen))
}

/// The browsers' calls.
pub fn webrtc(config: &Config) -> leg::webrtc::Settings {
    let Config { web, media, .. } = config;
    let usual = leg::webrtc::Settings::default();
    leg::webrtc::Settings {
        addresses: if web.udp_listen.is_empty() { usual.addresses.clone() } else { web.udp_listen.clone() },
        ports: Some(web.udp_port_min..=web.udp_port_max),
        public: web.announced_address,
        media_timeout: seconds(media.media_timeout_s),
        ..usual
    }
}

/// The town's variables, as the answers name them: `mairie.nom`, `mairie.horaires`…
pub fn variables(config: &Config) -> Variables {
    let mut variables: Variables =
        config.mairie.values.iter().map(|(key, value)| (format!("mairie.{key}"), value.clone())).collect();
    if let Ok(Some(hours)) = hours(config) {
        variables.entry("mairie.horaires".to_owned()).or_insert_with(|| hours.week_in_words());
        // Filled in when it is said.
        variables.insert("mairie.ouverture".to_owned(), switchboard::OPENING.to_owned());
    }
    variables
}

/// The town hall's hours; none when no day of the week is given.
pub fn hours(config: &Config) -> anyhow::Result<Option<Hours>> {
    let mut week: [Vec<Range>; 7] = Default::default();
    for days in &config.week {
        for day in &days.days {
            week[*day as usize].clone_from(&days.open);
        }
    }
    if week.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let exceptions = config.exceptions.iter().filter_map(|exception| {
        let from = exception.from?;
        let (to, reason) = (exception.to.unwrap_or(from), exception.reason.clone());
        Some(hours::Exception { from, to, open: exception.open.clone(), reason })
    });
    Ok(Some(Hours {
        zone: zone(config)?,
        week,
        holidays: match config.hours.holidays {
            config::PublicHolidays::Ignored => Holidays::Ignored,
            config::PublicHolidays::France => Holidays::France,
            config::PublicHolidays::AlsaceMoselle => Holidays::AlsaceMoselle,
        },
        exceptions: exceptions.collect(),
    }))
}

/// The clock of the town's people.
pub fn zone(config: &Config) -> anyhow::Result<TimeZone> {
    TimeZone::get(&config.observe.time_zone).context("[observe] time_zone")
}

/// The day on the town's calendar.
pub fn today(config: &Config) -> anyhow::Result<Date> {
    Ok(jiff::Timestamp::now().to_zoned(zone(config)?).date())
}

pub fn handover_url(config: &Config) -> String {
    config.handover.summary_url.clone().unwrap_or_else(|| format!("http://{}", config.observe.listen))
}

/// When the line rings the human itself.
pub fn bridging(config: &Config) -> Bridging {
    match config.handover.bridge {
        config::Bridge::IfRefused => Bridging::IfRefused,
        config::Bridge::Always => Bridging::Always,
        config::Bridge::Never => Bridging::Never,
    }
}

/// What each mistake costs.
pub fn policy(config: &Config) -> dialogue::policy::Settings {
    dialogue::policy::Settings {
        wrong_answer: config.decision.wrong_answer,
        question: config.decision.question,
        choice: config.decision.choice,
        missed_question: config.decision.missed_question,
        handover: config.decision.handover,
        missed_distress: config.decision.missed_distress,
    }
}

/// What hides personal data before a transcript is kept; none when the configuration keeps it whole.
///
/// # Errors
/// The list of names is missing or wrong.
pub fn redactor(config: &Config) -> anyhow::Result<Option<Redactor>> {
    if !config.keep.redact {
        return Ok(None);
    }
    let path = config.dialogue.grammars.join(Redactor::FILE);
    Ok(Some(Redactor::parse(&read(&path)?).map_err(|fault| anyhow::anyhow!("{} : {fault}", path.display()))?))
}

fn read(path: &std::path::Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} : fichier illisible", path.display()))
}

/// The line as every call has it: times, sentences, commands.
pub fn line(config: &Config) -> anyhow::Result<Line> {
    let prompts_file = &config.dialogue.prompts;
    let prompts = Prompts::parse(&read(prompts_file)?).map_err(|faults| {
        let list: Vec<_> = faults.iter().map(|fault| format!("{}, {fault}", prompts_file.display())).collect();
        anyhow::anyhow!("les phrases de la ligne ne sont pas utilisables :\n{}", list.join("\n"))
    })?;
    let commands_file = &config.dialogue.commands;
    let grammar = Grammar::parse(&read(commands_file)?)
        .map_err(|fault| anyhow::anyhow!("{}, {fault}", commands_file.display()))?;
    let folder = &config.dialogue.grammars;
    let ear_file = folder.join(Ear::FILE);
    let grammar = if ear_file.exists() {
        let ear = Ear::parse(&read(&ear_file)?).map_err(|fault| anyhow::anyhow!("{}, {fault}", ear_file.display()))?;
        grammar.with_ear(ear)
    } else {
        grammar
    };
    let sources = Exact::FILES.into_iter().map(|file| anyhow::Ok((file, read(&folder.join(file))?)));
    let exact = Exact::parse(&sources.collect::<anyhow::Result<_>>()?)
        .map_err(|fault| anyhow::anyhow!("{}", folder.join(fault.to_string()).display()))?;
    let kept = match (config.keep.transcripts_days, config.keep.audio) {
        (0, _) => Kept::Nothing,
        (days, false) => Kept::Text { days },
        (days, true) => Kept::Audio { days, audio_days: config.keep.audio_days },
    };
    let destinations = config
        .destinations
        .iter()
        .map(|d| Destination {
            department: (!d.department.is_empty()).then(|| d.department.clone()),
            uri: d.uri.clone(),
            name: d.name.clone(),
            always: d.always,
        })
        .collect();
    let settings = call::Settings {
        policy: policy(config),
        silence: seconds(config.dialogue.silence_s),
        checking: millis(config.dialogue.checking_after_ms),
        resume: millis(config.dialogue.resume_ms),
        message_end: millis(config.dialogue.message_end_ms),
        engine_limit: millis(config.hearing.time_limit_ms) + Duration::from_secs(1),
        max_duration: seconds(config.calls.max_duration_s),
        ring_timeout: seconds(config.handover.ring_timeout_s),
        bridge_max: seconds(config.handover.bridge_max_minutes * 60),
        accept_messages: config.handover.accept_messages,
        hours: hours(config)?,
        outside_hours: config.handover.outside_hours,
        messages_days: config.keep.messages_days,
        speed: config.speaking.speed,
        slow_speed: config.speaking.slow_speed,
        kept,
        destinations,
        mairie: of_town(config.mairie.name()),
        ..call::Settings::default()
    };
    Ok(Line { settings, prompts, grammar, exact })
}

/// « la mairie de Lyon », « la mairie d'Orléans », « la mairie du Havre », « la mairie des Ulis ».
fn of_town(name: &str) -> String {
    let name = name.trim();
    if let Some(rest) = name.strip_prefix("Le ") {
        format!("la mairie du {rest}")
    } else if let Some(rest) = name.strip_prefix("Les ") {
        format!("la mairie des {rest}")
    } else if name.to_lowercase().starts_with(['a', 'e', 'é', 'è', 'ê', 'i', 'î', 'o', 'u', 'y', 'h', 'â', 'œ']) {
        format!("la mairie d'{name}")
    } else {
        format!("la mairie de {name}")
    }
}
