//! `standardiste check`: what works, what does not, and how to mend it; a line each.

use std::path::Path;

use super::faults;
use crate::app;
use crate::asr::Pool;
use crate::config::Config;
use crate::dialogue::Expectation;
use crate::store::Store;
use crate::tts::Voice;

/// Says one line a part; gives whether all is well.
struct Report(bool);

impl Report {
    fn line<T>(&mut self, what: &str, result: anyhow::Result<T>, told: impl FnOnce(&T) -> String) -> Option<T> {
        match result {
            Ok(value) => {
                printed!("bon     {what} : {}", told(&value));
                Some(value)
            }
            Err(error) => {
                self.0 = false;
                printed!("MAUVAIS {what} : {}", faults::told(&error));
                None
            }
        }
    }
}

pub async fn run(path: Option<&Path>) -> anyhow::Result<bool> {
    let mut report = Report(true);
    let loaded = Config::load(path, std::env::vars_os()).map_err(anyhow::Error::from);
    let Some(config) = report.line("configuration", loaded, |config| config.file.display().to_string()) else {
        return Ok(false);
    };
    for warning in &config.warnings {
        printed!("à voir  configuration : {warning}");
    }
    hearing(&config, &mut report).await;
    voice(&config, &mut report).await;
    ports(&config, &mut report).await;
    let store = Store::open(&config.storage.database).await.map_err(anyhow::Error::from);
    report.line("base de données", store, |_| config.storage.database.display().to_string());
    let base = app::base(&config).await;
    report.line("réponses", base, |base| format!("{} publiées", base.index.topics().count()));
    report.line("phrases et commandes", app::line(&config), |_| config.dialogue.prompts.display().to_string());
    let thresholds = app::policy(&config).thresholds();
    printed!(
        "bon     décision : réponse à partir de {:.2}, question à partir de {:.2}, agent au-dessous ; une autre démarche \
         est nommée à partir de {:.2}",
        thresholds.answer,
        thresholds.ask,
        thresholds.choice
    );
    if config.destinations.is_empty() {
        printed!(
            "à voir  agents : aucun poste dans [[handover.destination]] ; la ligne ne pourra que prendre des messages"
        );
    }
    printed!("{}", if report.0 { "Tout est bon." } else { "Des points sont à corriger." });
    Ok(report.0)
}

async fn hearing(config: &Config, report: &mut Report) {
    let settings = app::hearing(config);
    let model = settings.model.display().to_string();
    let started = tokio::task::spawn_blocking(move || Pool::start(settings)).await;
    let started = started.map_err(anyhow::Error::from).and_then(|pool| pool.map_err(anyhow::Error::from));
    if let Some(pool) = report.line("écoute", started, |_| model) {
        let silence = vec![0; crate::audio::SAMPLE_RATE as usize];
        let heard = pool.hear(silence, Expectation::default()).await.map_err(anyhow::Error::from);
        report.line("écoute, essai sur une seconde de silence", heard, |heard| format!("{} ms", heard.asr_ms));
    }
}

async fn voice(config: &Config, report: &mut Report) {
    let settings = app::speaking(config);
    let manifest = settings.manifest.display().to_string();
    let started = tokio::task::spawn_blocking(move || Voice::start(settings)).await;
    let started = started.map_err(anyhow::Error::from).and_then(|voice| voice.map_err(anyhow::Error::from));
    if let Some(voice) = report.line("voix", started, |voice| format!("{} ({manifest})", voice.name())) {
        let spoken = voice.sentence("Bonjour.", config.speaking.speed).await.map_err(anyhow::Error::from);
        report.line("voix, essai", spoken, |spoken| {
            format!("« Bonjour. » en {:.1} s de son", spoken.duration().as_secs_f32())
        });
    }
}

async fn ports(config: &Config, report: &mut Report) {
    if let Some(address) = config.sip.listen_udp {
        let bound = std::net::UdpSocket::bind(address).map_err(|error| port(error, "sip.listen_udp"));
        report.line("port SIP (UDP)", bound, |_| address.to_string());
    }
    if let Some(address) = config.sip.listen_tcp {
        let bound = std::net::TcpListener::bind(address).map_err(|error| port(error, "sip.listen_tcp"));
        report.line("port SIP (TCP)", bound, |_| address.to_string());
    }
    let observe = config.observe.listen;
    let bound = std::net::TcpListener::bind(observe).map_err(|error| port(error, "observe.listen"));
    report.line("port santé et mesures", bound, |_| observe.to_string());
    if config.web.enabled {
        let address = config.web.listen;
        let bound = std::net::TcpListener::bind(address).map_err(|error| port(error, "web.listen"));
        report.line("port des navigateurs", bound, |_| address.to_string());
    }
    if config.console.enabled {
        let address = config.console.listen;
        let bound = std::net::TcpListener::bind(address).map_err(|error| port(error, "console.listen"));
        report.line("port de la console", bound, |_| address.to_string());
    }
}

fn port(error: std::io::Error, key: &str) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        anyhow::anyhow!("port déjà pris (le service tourne peut-être) ; arrêtez l'autre programme ou changez {key}")
    } else {
        anyhow::anyhow!("impossible d'écouter ({error}) ; corrigez {key}")
    }
}
