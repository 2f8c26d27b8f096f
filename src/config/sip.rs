//! Signalling: where calls come from.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::schema::section;
use super::value::{Network, Secret};

section! {
    /// Addresses, and the peers that may call without registration.
    Sip "sip" {
        /// None: no UDP.
        listen_udp: Option<SocketAddr> = Some(SocketAddr::from(([0, 0, 0, 0], 5060)));
        /// None: no TCP.
        listen_tcp: Option<SocketAddr> = Some(SocketAddr::from(([0, 0, 0, 0], 5060)));
        /// The address that peers see (behind a translation of addresses); none: that of the interface used.
        public_address: Option<IpAddr> = None;
        /// Peers whose calls are taken without a password: the PBX, the operator's trunk.
        trusted_peers: Vec<Network> = vec![Network { address: IpAddr::from([127, 0, 0, 0]), prefix: 8 }];
    }
    check |sip, table| {
        if sip.listen_udp.is_none() && sip.listen_tcp.is_none() {
            table.problem(
                "listen_udp",
                "ni listen_udp ni listen_tcp n'est donné : aucun appel ne peut arriver",
                "Remède : écrivez par exemple listen_udp = \"0.0.0.0:5060\"",
            );
        }
    }
}

section! {
    /// Registration at a PBX as one of its extensions. Off while `server` is absent.
    Register "sip.register" {
        /// The registrar, for instance `sip:pbx.mairie.fr` or `sip:192.0.2.5:5060;transport=tcp`.
        server: Option<String> = None;
        /// The extension.
        username: Option<String> = None;
        /// The name for the digest, when it differs from the extension.
        auth_username: Option<String> = None;
        password: Option<Secret> = None;
        /// A file that holds the password alone.
        password_file: Option<PathBuf> = None;
        /// Where to send the registration, when the server's name must not be resolved.
        proxy: Option<SocketAddr> = None;
        /// The registration is renewed before its end.
        expires_s: u32 = 300, in 60 to 86_400;
    }
    check |register, table| {
        if register.server.is_some() && register.username.is_none() {
            table.problem("username", "le poste à enregistrer manque", "Remède : écrivez par exemple username = \"120\"");
        }
        if register.server.as_ref().is_some_and(|server| !server.starts_with("sip:")) {
            table.problem(
                "server",
                "ce n'est pas une adresse SIP",
                "Remède : écrivez par exemple server = \"sip:pbx.mairie.fr\"",
            );
        }
    }
}
