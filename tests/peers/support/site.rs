//! The whole service as browsers meet it, and the scripts that drive a browser through the widget.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use standardiste::app::{self, Service};
use tempfile::TempDir;

use super::base::{database, delivered, with_base};
use super::{Peer, free_port};

/// A service with the delivered base, on ports and in a folder of its own.
pub struct Site {
    service: Service,
    pub folder: TempDir,
}

impl Site {
    /// `keys`: of the configuration, `WEB__MAX_WRITTEN`.
    pub async fn open(keys: &[(&str, &str)]) -> Self {
        app::install_crypto();
        let folder = TempDir::new().unwrap();
        let mut own = Vec::new();
        let mut set = |key: &str, value: String| own.push((key.to_owned(), value));
        let sip = free_port();
        for key in ["SIP__LISTEN_UDP", "SIP__LISTEN_TCP"] {
            set(key, format!("127.0.0.1:{sip}"));
        }
        set("OBSERVE__LISTEN", format!("127.0.0.1:{}", free_port()));
        set("WEB__LISTEN", "127.0.0.1:0".to_owned());
        set("CONSOLE__LISTEN", "127.0.0.1:0".to_owned());
        set("WEB__UDP_LISTEN", "127.0.0.1".to_owned());
        // A busy machine hears late; what is proven is what it hears.
        set("HEARING__TIME_LIMIT_MS", "20000".to_owned());
        set("STORAGE__DATABASE", with_base(folder.path()).display().to_string());
        // Tests run on Sundays too.
        set("HANDOVER__OUTSIDE_HOURS", "true".to_owned());
        for (key, value) in keys {
            set(key, (*value).to_owned());
        }
        let config = delivered(own);
        let service = Service::start(&config).await.expect("a service");
        Self { service, folder }
    }

    pub fn address(&self) -> SocketAddr {
        self.service.browsed_at.expect("the web server is on")
    }

    /// Runs scenarios of `tests/peers/browser/widget.mjs`; gives what they print.
    pub async fn visited(&self, scenarios: &[&str], environment: &[(&str, String)], limit: Duration) -> String {
        let mut visitor = self.visitor(scenarios, environment);
        visitor.succeeds(limit).await;
        visitor.output()
    }

    /// Begins scenarios of `tests/peers/browser/widget.mjs`.
    pub fn visitor(&self, scenarios: &[&str], environment: &[(&str, String)]) -> Peer {
        let mut command = Command::new("node");
        command
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/browser/widget.mjs"))
            .arg(super::browser::modules())
            .arg(format!("http://{}", self.address()))
            .args(scenarios)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        Peer::start("node widget.mjs", command)
    }

    /// Stops the service; gives its database.
    pub async fn close(self) -> (TempDir, PathBuf) {
        self.service.stop().await;
        let path = database(self.folder.path());
        (self.folder, path)
    }
}
