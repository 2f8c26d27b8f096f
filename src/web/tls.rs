//! The server's own TLS, where no reverse proxy speaks it. The files are read again when they change, for certificates
//! are renewed every few weeks by programs that restart nothing.

use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, crypto};
use tokio_rustls::TlsAcceptor;

use super::settings::{Error, Tls};

/// The certificate in use.
#[derive(Debug)]
pub struct Certificate {
    files: Tls,
    current: RwLock<(Arc<CertifiedKey>, Stamp)>,
}

/// When both files were last written.
type Stamp = (Option<SystemTime>, Option<SystemTime>);

impl Certificate {
    pub fn read(files: &Tls) -> Result<Arc<Self>, Error> {
        let current = RwLock::new((read(files)?, stamp(files)));
        Ok(Arc::new(Self { files: files.clone(), current }))
    }

    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, Error> {
        let provider = Arc::new(crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong("web.certificate", &self.files.certificate, error, "signalez cette erreur"))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Reads the files again if they have changed; a pair that does not work, for instance half-written, leaves the one in
    /// use. Called at each connection: looking at two files costs microseconds.
    pub fn renew(&self) {
        let seen = stamp(&self.files);
        if self.current.read().unwrap_or_else(PoisonError::into_inner).1 == seen {
            return;
        }
        let read = read(&self.files);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Told once a change.
        current.1 = seen;
        match read {
            Ok(key) => {
                current.0 = key;
                tracing::info!("the certificate has been renewed");
            }
            Err(error) => tracing::warn!(%error, "the certificate has changed and cannot be used"),
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).0))
    }
}

fn read(files: &Tls) -> Result<Arc<CertifiedKey>, Error> {
    const KEY: &str = "web.private_key";
    const CHAIN: &str = "web.certificate";
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(CHAIN, &files.certificate, error, "donnez la chaîne entière, au format PEM"))?;
    if chain.is_empty() {
        return Err(wrong(CHAIN, &files.certificate, "aucun certificat", "donnez la chaîne entière, au format PEM"));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| wrong(KEY, &files.key, error, "donnez la clé du certificat, au format PEM"))?;
    let key = CertifiedKey::from_der(chain, key, &crypto::ring::default_provider())
        .map_err(|error| wrong(KEY, &files.key, error, "donnez la clé de ce certificat"))?;
    Ok(Arc::new(key))
}

fn stamp(files: &Tls) -> Stamp {
    let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    (written(&files.certificate), written(&files.key))
}

fn wrong(key: &'static str, path: &Path, why: impl ToString, remedy: &'static str) -> Error {
    Error::Tls { key, path: path.to_owned(), why: why.to_string(), remedy }
}
