//! The citizen's browser: the web server, who may embed it, and how a browser's sound comes through.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::calls::Calls;
use super::media::Media;
use super::schema::{Reader, section};
use super::value::{Network, Secret};

section! {
    /// Widget, browser calls and written conversations.
    Web "web" {
        enabled: bool = true;
        /// This machine alone by default: a reverse proxy stands before it.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8090));
        /// How citizens' browsers reach it, for instance `https://accueil.ville.fr`; none: made from `listen`.
        public_url: Option<String> = None;
        /// Web sites that may embed the widget, for instance `https://www.ville.fr`.
        allowed_origins: Vec<String> = Vec::new();
        /// Reverse proxies, whose word on the citizen's address is believed.
        proxies: Vec<Network> = Vec::new();
        /// PEM; with `private_key`, the server speaks TLS itself.
        certificate: Option<PathBuf> = None;
        private_key: Option<PathBuf> = None;
        /// Browser calls at once, out of `calls.max_calls`; none: half of them. 0: written only.
        max_calls: Option<usize> = None;
        /// Written conversations at once.
        max_written: usize = 50, in 0 to 1_000;
        /// Calls and conversations that one address may begin.
        calls_per_minute: u32 = 6, in 1 to 600;
        /// Messages that one address may write.
        messages_per_minute: u32 = 30, in 1 to 600;
        /// A written conversation without a word is closed after this; it is announced half-way.
        idle_s: u32 = 600, in 30 to 7_200;
        /// Addresses of this machine for the sound of browser calls; empty: all of them but loopback.
        udp_listen: Vec<IpAddr> = Vec::new();
        /// UDP ports of browser calls, one a call.
        udp_port_min: u16 = 21_000, in 1024 to 65_534;
        udp_port_max: u16 = 21_499, in 1025 to 65_535;
        /// The address told to browsers, behind a translation of addresses; none: those of the network cards.
        announced_address: Option<IpAddr> = None;
    }
    check |web, table| {
        if web.public_url.as_deref().is_some_and(|url| !is_origin(url)) {
            table.problem(
                "public_url",
                "ce n'est pas l'adresse d'un site (http:// ou https://, un nom, et un port s'il le faut ; rien après)",
                "Remède : écrivez par exemple public_url = \"https://accueil.ville.fr\"",
            );
        }
        for origin in web.allowed_origins.iter().filter(|origin| !is_origin(origin)) {
            table.problem(
                "allowed_origins",
                format!("« {origin} » n'est pas l'adresse d'un site (http:// ou https://, un nom, et un port s'il le faut ; rien après)"),
                "Remède : écrivez par exemple allowed_origins = [\"https://www.ville.fr\"]",
            );
        }
        match (&web.certificate, &web.private_key) {
            (Some(_), None) => table.problem("certificate", "le certificat est donné sans sa clé", "Remède : donnez aussi private_key"),
            (None, Some(_)) => table.problem("private_key", "la clé est donnée sans son certificat", "Remède : donnez aussi certificate"),
            _ => {}
        }
        if web.udp_port_max < web.udp_port_min {
            table.problem(
                "udp_port_max",
                format!("udp_port_max ({}) est plus petit que udp_port_min ({})", web.udp_port_max, web.udp_port_min),
                "Remède : comptez un port par appel, par exemple de 21000 à 21499",
            );
        }
    }
}

section! {
    /// Servers that help a browser's sound through firewalls; none of a third party by default.
    Turn "web.turn" {
        /// For instance `stun:turn.ville.fr:3478`.
        stun: Vec<String> = Vec::new();
        /// For instance `turn:turn.ville.fr:3478?transport=udp`, `turns:turn.ville.fr:443?transport=tcp`.
        turn: Vec<String> = Vec::new();
        /// Shared with the TURN server (coturn: `use-auth-secret`), from which each browser gets credentials of its own.
        secret: Option<Secret> = None;
        /// A file that holds the secret alone.
        secret_file: Option<PathBuf> = None;
        /// Life of such credentials: longer than a call.
        lifetime_s: u32 = 3_600, in 300 to 86_400;
    }
    check |turn, table| {
        let wrong = |urls: &[String], schemes: &[&str]| {
            urls.iter().find(|url| !schemes.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))).cloned()
        };
        if let Some(url) = wrong(&turn.stun, &["stun:", "stuns:"]) {
            table.problem("stun", format!("« {url} » n'est pas une adresse STUN"), "Remède : écrivez par exemple stun = [\"stun:turn.ville.fr:3478\"]");
        }
        if let Some(url) = wrong(&turn.turn, &["turn:", "turns:"]) {
            table.problem("turn", format!("« {url} » n'est pas une adresse TURN"), "Remède : écrivez par exemple turn = [\"turn:turn.ville.fr:3478?transport=udp\"]");
        }
        if !turn.turn.is_empty() && turn.secret.is_none() && turn.secret_file.is_none() {
            table.problem("turn", "le secret partagé avec le serveur TURN manque", "Remède : donnez secret_file, ou la variable STANDARDISTE_WEB__TURN__SECRET");
        }
    }
}

impl Web {
    /// Browser calls at once.
    pub fn calls(&self, calls: &Calls) -> usize {
        self.max_calls.unwrap_or(calls.max_calls / 2)
    }
}

/// What only several sections together tell.
pub(super) fn check(web: &Web, calls: &Calls, media: &Media, reader: &mut Reader) {
    if !web.enabled {
        return;
    }
    let mut table = reader.table("web");
    if web.calls(calls) >= calls.max_calls {
        table.problem(
            "max_calls",
            format!(
                "{} appels de navigateurs sur {} en tout : le téléphone n'aurait plus de place",
                web.calls(calls),
                calls.max_calls
            ),
            format!(
                "Remède : {} au plus, ou augmentez [calls] max_calls ; 0 pour l'écrit seul",
                calls.max_calls.saturating_sub(1)
            ),
        );
    }
    if web.udp_port_min <= media.port_max && media.port_min <= web.udp_port_max {
        table.problem(
            "udp_port_min",
            format!("les ports {} à {} sont aussi ceux de [media]", web.udp_port_min, web.udp_port_max),
            "Remède : prenez d'autres ports, par exemple udp_port_min = 21000 et udp_port_max = 21499",
        );
    }
}

/// Scheme, host and port, as a browser's `Origin` says it (RFC 6454 §6.1).
pub(super) fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let ends = rest.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ']');
    ends && rest.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
}
