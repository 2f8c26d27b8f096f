//! The staff's console: where it is, who stands before it, how long one stays in.

use std::net::SocketAddr;

use super::schema::section;
use super::value::Network;
use super::web::is_origin;

section! {
    /// Review of the calls, messages, accounts.
    Console "console" {
        enabled: bool = true;
        /// This machine alone by default: a reverse proxy stands before it.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8070));
        /// How staff's browsers reach it, for instance `https://console.ville.fr`; none: made from `listen`.
        public_url: Option<String> = None;
        /// Reverse proxies, whose word on the person's address is believed.
        proxies: Vec<Network> = Vec::new();
        /// A session without a request ends after this.
        idle_minutes: u32 = 30, in 5 to 480;
        /// A session ends after this, whatever happens.
        session_hours: u32 = 10, in 1 to 24;
    }
    check |console, table| {
        if console.public_url.as_deref().is_some_and(|url| !is_origin(url)) {
            table.problem(
                "public_url",
                "ce n'est pas l'adresse d'un site (http:// ou https://, un nom, et un port s'il le faut ; rien après)",
                "Remède : écrivez par exemple public_url = \"https://console.ville.fr\"",
            );
        }
        let encrypted = console.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        if console.enabled && !encrypted && !console.listen.ip().is_loopback() {
            table.problem(
                "listen",
                format!("{} se joint depuis d'autres machines, et rien n'est chiffré : les mots de passe passeraient en clair", console.listen),
                "Remède : placez devant un serveur mandataire qui chiffre et donnez public_url = \"https://…\", ou écoutez sur 127.0.0.1",
            );
        }
    }
}
