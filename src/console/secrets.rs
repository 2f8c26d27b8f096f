//! Tokens and hashes.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::store::TokenHash;

/// A hash takes 19 MB and some 30 ms: never more than this many at once beside the calls.
const AT_ONCE: usize = 1;

static TURN: Semaphore = Semaphore::const_new(AT_ONCE);

/// 256 bits, in 43 characters that a link may hold.
#[derive(Clone)]
pub struct Token(String);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no random bytes: {0}")]
    Random(String),
    #[error("a password could not be hashed: {0}")]
    Hash(String),
}

impl Token {
    pub fn new() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        OsRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Random(error.to_string()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// One that a browser sends; none when it cannot be ours.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// What the forms of a session bring along. It says nothing of the session's token, which scripts never see.
    pub fn of_forms(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(b"forms:").chain_update(self.0.as_bytes()).finalize())
    }
}

/// How long it takes says nothing of where they differ: their hashes are compared.
pub fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one.as_bytes()) == Sha256::digest(other.as_bytes())
}

/// argon2id with the parameters that OWASP recommends (19 MiB, 2 passes), PHC form.
pub async fn hash(password: String) -> Result<String, Error> {
    apart(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| Error::Hash(error.to_string()))
    })
    .await?
}

/// Whether `password` is the one of `hash`; without a hash it takes as long, and is never right.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Error> {
    apart(move || {
        static NOBODYS: LazyLock<String> = LazyLock::new(|| {
            Argon2::default().hash_password(b"").map(|hash: PasswordHash| hash.to_string()).unwrap_or_default()
        });
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.clone());
        let right = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && right
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _turn = TURN.acquire().await.map_err(|error| Error::Hash(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Hash(error.to_string()))
}
