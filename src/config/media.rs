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
    /// RTP: ports, codecs, and how late a packet may be.
    Media "media" {
        port_min: u16 = 20_000, in 1024 to 65_534;
        port_max: u16 = 20_999, in 1025 to 65_535;
        /// Best first.
        codecs: Vec<Codec> = vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu];
        /// Smallest and largest delay of the jitter buffer.
        jitter_min_ms: u32 = 20, in 20 to 200;
        jitter_max_ms: u32 = 120, in 20 to 500;
        /// Without a packet for so long, the call is over.
        media_timeout_s: u32 = 20, in 2 to 600;
    }
    check |media, table| {
        if media.port_max <= media.port_min {
            table.problem(
                "port_max",
                format!("port_max ({}) n'est pas plus grand que port_min ({})", media.port_max, media.port_min),
                "Remède : comptez deux ports par appel, par exemple de 20000 à 20999",
            );
        }
        if media.jitter_max_ms < media.jitter_min_ms {
            table.problem(
                "jitter_max_ms",
                format!("jitter_max_ms ({}) est plus petit que jitter_min_ms ({})", media.jitter_max_ms, media.jitter_min_ms),
                "Remède : écrivez un maximum au moins égal au minimum",
            );
        }
        if media.codecs.is_empty() {
            table.problem("codecs", "la liste est vide : aucun appel ne peut aboutir", "Remède : gardez au moins \"pcma\"");
        }
    }
}
