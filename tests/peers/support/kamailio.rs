//! Kamailio as the PBX: a registrar with digest, and a proxy that stays in the path.

use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::{Peer, free_port};

/// The only password of every extension.
pub const PASSWORD: &str = "zéro-secret";

pub struct Kamailio {
    pub port: u16,
    pub peer: Peer,
}

/// What the exchange does besides registering and passing on.
#[derive(Default)]
pub struct Habits {
    /// Answers REFER with this instead of passing it on.
    pub refuses_refer: Option<u16>,
    /// Asks this extension for its password at each call of its own.
    pub challenges: Option<&'static str>,
}

impl Kamailio {
    pub async fn start() -> Self {
        Self::with(Habits::default()).await
    }

    pub async fn with(habits: Habits) -> Self {
        let port = free_port();
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("kamailio.cfg");
        std::fs::write(&file, habits.configuration(port)).unwrap();
        let mut command = Command::new("kamailio");
        command.args(["-DD", "-E", "-m", "32", "-M", "4", "-Y"]).arg(folder.path());
        command.arg("-P").arg(folder.path().join("kamailio.pid")).arg("-f").arg(&file);
        let peer = Peer::start_in("kamailio", folder, &mut command);
        let kamailio = Self { port, peer };
        kamailio.answers().await;
        kamailio
    }

    async fn answers(&self) {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let own = socket.local_addr().unwrap().port();
        for attempt in 0..100 {
            let ping = format!(
                "OPTIONS sip:nobody@127.0.0.1:{0} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{attempt}\r\n\
                 From: <sip:t@127.0.0.1>;tag=1\r\nTo: <sip:nobody@127.0.0.1>\r\nCall-ID: {own}-{attempt}\r\n\
                 CSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\nContent-Length: 0\r\n\r\n",
                self.port
            );
            let _ = socket.send_to(ping.as_bytes(), ("127.0.0.1", self.port)).await;
            let mut buffer = [0; 2_048];
            if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(100), socket.recv(&mut buffer)).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("kamailio never answered:\n{}", self.peer.report());
    }
}

impl Habits {
    fn configuration(&self, port: u16) -> String {
        let refer = self.refuses_refer.map_or(String::new(), |status| {
            format!("if (is_method(\"REFER\")) {{ xlog(\"L_NOTICE\", \"REFER refused\\n\"); sl_send_reply(\"{status}\", \"No\"); exit; }}")
        });
        let challenge = self.challenges.map_or(String::new(), |user| {
            format!(
                "if ($fU == \"{user}\") {{ if (!pv_proxy_authenticate(\"$fd\", \"PASSWORD\", \"0\")) \
                 {{ xlog(\"L_NOTICE\", \"INVITE challenged\\n\"); proxy_challenge(\"$fd\", \"0\"); exit; }} consume_credentials(); }}"
            )
        });
        CONFIGURATION
            .replace("REFUSES_REFER", &refer)
            .replace("CHALLENGES", &challenge)
            .replace("PORT", &port.to_string())
            .replace("PASSWORD", PASSWORD)
    }
}

const CONFIGURATION: &str = r#"#!KAMAILIO
debug=2
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:127.0.0.1:PORT
listen=tcp:127.0.0.1:PORT
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "xlog.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 1)

request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (is_method("REGISTER")) {
        if (!pv_www_authenticate("$td", "PASSWORD", "0")) { www_challenge("$td", "0"); exit; }
        xlog("L_NOTICE", "REGISTER $tU expires=$hdr(Expires) contact=$ct\n");
        save("location");
        exit;
    }
    REFUSES_REFER
    if (has_totag()) {
        if (loose_route()) { t_relay(); exit; }
        if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
        sl_send_reply("404", "Not here");
        exit;
    }
    if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
    if (is_method("INVITE")) {
        CHALLENGES
        record_route();
    }
    if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
    t_relay();
}
"#;
