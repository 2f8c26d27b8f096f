//! What the widget must know before anything begins.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::ice::IceServer;
use super::problem::CLOSING;
use super::server::App;

/// `GET /etat`.
#[derive(Debug, Serialize)]
pub struct Now {
    /// Whether anything can be begun.
    ouvert: bool,
    /// Why not; empty when it can.
    motif: &'static str,
    /// A call has a place now.
    voix: bool,
    /// A written conversation has a place now.
    ecrit: bool,
    mairie: Mairie,
    /// What answers, and what is kept of it, a sentence an item.
    avis: Vec<String>,
    glace: Vec<IceServer>,
}

#[derive(Debug, Serialize)]
struct Mairie {
    nom: String,
    telephone: String,
}

pub async fn state(State(app): State<App>) -> Json<Now> {
    let sources = &app.sources;
    let closed = sources.calls.is_closed() && sources.conversations.is_closed();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let voice = sources.calls.has_room();
    let browser = uuid::Uuid::new_v4().simple().to_string();
    Json(Now {
        ouvert: !closed,
        motif: if closed { CLOSING } else { "" },
        voix: voice,
        ecrit: sources.conversations.has_room() || (!closed && app.threads.has_lost()),
        mairie: Mairie { nom: sources.town.name.clone(), telephone: sources.town.telephone.clone() },
        avis: sources.line.notice(),
        // Credentials only for whoever can use them.
        glace: if voice { app.settings.ice.servers(seconds, &browser) } else { Vec::new() },
    })
}
