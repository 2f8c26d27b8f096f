//! `standardiste serve`: the line, until it is told to stop.

use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use crate::app::{self, Service};
use crate::config::Config;

pub async fn run(config: Config) -> anyhow::Result<bool> {
    app::log(&config)?;
    app::install_crypto();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let service = Service::start(&config).await?;
    printed!("Standardiste répond : sip:etat-civil@{}", service.sip_address());
    printed!("Santé et mesures : http://{}/health/ready, http://{}/metrics", service.observed_at, service.observed_at);
    if let Some(address) = service.browsed_at {
        printed!("Pour les navigateurs : http://{address}/ (page d'essai)");
    }
    if let Some(address) = service.consoled_at {
        printed!("Console des agents : http://{address}/ (premier compte : standardiste console invite)");
    }
    printed!("Pour arrêter : Ctrl-C. Les appels en cours se terminent ; un second Ctrl-C coupe tout.");
    tokio::select! {
        _ = terminate.recv() => info!("terminate signal"),
        _ = interrupt.recv() => info!("interrupt signal"),
    }
    tokio::select! {
        stopped = service.stop() => Ok(stopped.cut == 0),
        _ = interrupt.recv() => Ok(false),
        _ = terminate.recv() => Ok(false),
    }
}
