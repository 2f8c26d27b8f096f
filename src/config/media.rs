//! Sound on the network.

use super::schema::section;
use super::value::choice;

choice! {
    /// What an offer of ours, or an answer, may hold.
    Codec {
        /// G.711 A-law, Europe's telephone.
        Pcma = "pcma",
        /// G.711 µ-law.
        Pcmu = "pcmu",
        /// 16 kHz in 64 kbit/s.
        G722 = "g722",
        Opus = "opus",
    }
}

section! {
    /// RTP: ports, codecs, and how long it may be missing.
    Media "media" {
        port_min: u16 = 20_000, in 1024 to 65_534;
        port_max: u16 = 20_999, in 1025 to 65_535;
        /// Best first. Opus is last: a PBX that offers it most often transcodes the telephone network's A-law into it.
        codecs: Vec<Codec> = vec![Codec::G722, Codec::Pcma, Codec::Pcmu, Codec::Opus];
        /// Without a packet for so long, the call is over: long enough for a PBX that sends nothing in silences.
        media_timeout_s: u32 = 30, in 2 to 600;
    }
    check |media, table| {
        if media.port_max <= media.port_min {
            table.problem(
                "port_max",
                format!("port_max ({}) n'est pas plus grand que port_min ({})", media.port_max, media.port_min),
                "Remède : comptez deux ports par appel, par exemple de 20000 à 20999",
            );
        }
        if media.codecs.is_empty() {
            table.problem("codecs", "la liste est vide : aucun appel ne peut aboutir", "Remède : gardez au moins \"pcma\"");
        }
    }
}
