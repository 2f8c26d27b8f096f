//! What went wrong, in French, for the person at the keyboard: the parts speak to developers.

use crate::audio::wav::WavError;
use crate::leg::sip;
use crate::{answers, asr, tts};

/// The error and what led to it, on one line or more, in French where the part that failed says it in English.
pub fn told(error: &anyhow::Error) -> String {
    let parts: Vec<String> = error.chain().map(|cause| french(cause).unwrap_or_else(|| cause.to_string())).collect();
    let mut told: Vec<String> = Vec::new();
    for part in parts {
        // An error that already says its cause is not followed by it.
        if told.last().is_none_or(|last| !last.contains(&part)) {
            told.push(part);
        }
    }
    told.join(" : ")
}

fn french(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<asr::Error>() {
        return Some(hearing(error));
    }
    if let Some(error) = error.downcast_ref::<WavError>() {
        return Some(wav(error));
    }
    if let Some(error) = error.downcast_ref::<sip::Error>() {
        return telephone(error);
    }
    if let Some(error) = error.downcast_ref::<tts::Error>() {
        return speaking(error);
    }
    if let Some(answers::Error::Empty) = error.downcast_ref() {
        return Some(
            "aucune réponse publiée à chercher. Remède : publiez-en au moins une (standardiste answers import)".into(),
        );
    }
    None
}

fn hearing(error: &asr::Error) -> String {
    match error {
        asr::Error::Model { path, .. } if !path.exists() => format!(
            "le modèle d'écoute {} n'existe pas. Remède : lancez ./scripts/run pour l'obtenir, ou corrigez hearing.model",
            path.display()
        ),
        asr::Error::Model { path, problem } => format!(
            "le modèle d'écoute {} est tronqué, abîmé ou d'un autre format ({problem}). Remède : effacez-le et lancez \
             ./scripts/run pour l'obtenir de nouveau, ou corrigez hearing.model",
            path.display()
        ),
        asr::Error::Language(language) => format!("la langue « {language} » est inconnue de l'écoute"),
        asr::Error::Engine(problem) | asr::Error::Panicked(problem) => {
            format!("le moteur d'écoute a échoué ({problem})")
        }
        asr::Error::Busy(_) => "l'écoute est débordée. Remède : réessayez, ou augmentez hearing.workers".into(),
        asr::Error::Cancelled | asr::Error::Stopped => "l'écoute s'est arrêtée".into(),
    }
}

fn wav(error: &WavError) -> String {
    match error {
        WavError::Empty => "le fichier est vide. Remède : enregistrez-le de nouveau".into(),
        WavError::NotWav => "ce n'est pas un fichier WAV. Remède : convertissez-le en WAV".into(),
        WavError::Truncated { declared, present } => {
            format!(
                "le fichier WAV est tronqué : {present} octets de son sur {declared}. Remède : copiez-le de nouveau"
            )
        }
        WavError::NoSound => "le fichier WAV ne contient aucun son".into(),
        WavError::Damaged(detail) => format!("le fichier WAV est abîmé ({detail})"),
        WavError::Unsupported(detail) => {
            format!("cette sorte de WAV n'est pas lue ({detail}). Remède : convertissez-le en PCM 16 bits")
        }
        WavError::Write(detail) => format!("le fichier WAV ne peut pas être écrit ({detail})"),
        WavError::Io(detail) => format!("le fichier WAV ne peut pas être écrit ({detail})"),
    }
}

fn telephone(error: &sip::Error) -> Option<String> {
    Some(match error {
        sip::Error::InUse { key, transport, address } => format!(
            "{key} : le port {transport} {address} est déjà pris. Remède : arrêtez l'autre programme (le service tourne \
             peut-être déjà), ou changez {key}"
        ),
        sip::Error::Listen { key, transport, address, source } => format!(
            "{key} : impossible d'écouter sur {transport} {address} ({source}). Remède : donnez une adresse de cette machine"
        ),
        sip::Error::NoListener => {
            "sip.listen_udp et sip.listen_tcp sont vides : le téléphone n'écouterait nulle part. Remède : donnez l'une des deux".into()
        }
        sip::Error::NoWayIn => {
            "sip.trusted_peers est vide et aucune inscription n'est donnée : personne ne pourrait appeler. Remède : donnez l'un des deux".into()
        }
        _ => return None,
    })
}

fn speaking(error: &tts::Error) -> Option<String> {
    Some(match error {
        tts::Error::Engine(problem) | tts::Error::Panicked(problem) => {
            format!("la voix n'a pas pu dire cette phrase ({problem})")
        }
        tts::Error::Late(limit) => format!(
            "la voix n'a rien donné en {:.0} s. Remède : une machine moins chargée, ou speaking.time_limit_ms plus grand",
            limit.as_secs_f32()
        ),
        tts::Error::Full => "trop de phrases attendent la voix".into(),
        tts::Error::Closed => "la voix s'est arrêtée".into(),
        _ => return None,
    })
}
