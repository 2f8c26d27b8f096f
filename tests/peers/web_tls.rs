//! The web server's own TLS: a certificate that is renewed while it serves, and what cannot be used told at the start.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::site::Site;

/// A certificate for `localhost`, signed by itself.
fn certificate(folder: &Path, name: &str) -> (String, String) {
    let (chain, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", &format!("/CN={name}"), "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&chain)
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (chain.display().to_string(), key.display().to_string())
}

/// What a browser that knows `trusted` alone is answered to `GET /etat`.
async fn asked(site: &Site, trusted: &str) -> Result<String, std::io::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(trusted).expect("a certificate")).expect("a root");
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(site.address()).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET /etat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    // A server may close without a farewell.
    let _ = stream.read_to_end(&mut answer).await;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_used_at_once_and_a_bad_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (first, first_key) = certificate(folder.path(), "premier");
    let (second, second_key) = certificate(folder.path(), "second");
    let (chain, key) = (folder.path().join("chaine.pem"), folder.path().join("cle.pem"));
    std::fs::copy(&first, &chain).unwrap();
    std::fs::copy(&first_key, &key).unwrap();
    let (chain, key) = (chain.display().to_string(), key.display().to_string());
    let site = Site::open(&[("WEB__CERTIFICATE", &chain), ("WEB__PRIVATE_KEY", &key)]).await;

    let answer = asked(&site, &first).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"ouvert\":true"), "{answer}");
    assert!(answer.to_lowercase().contains("strict-transport-security: max-age="), "{answer}");
    assert!(asked(&site, &second).await.is_err(), "another certificate is not ours yet");

    // The chain alone is there: it does not go with the key.
    std::fs::copy(&second, &chain).unwrap();
    asked(&site, &first).await.expect("the first is kept");
    std::fs::copy(&second_key, &key).unwrap();
    asked(&site, &second).await.expect("the second is in use");
    assert!(asked(&site, &first).await.is_err());

    // Plain HTTP, and a line that says nothing, harm nobody.
    let mut plain = TcpStream::connect(site.address()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let _silent = TcpStream::connect(site.address()).await.unwrap();
    asked(&site, &second).await.expect("still served");
    site.close().await;
}
