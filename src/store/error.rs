//! Why something is not kept, in French: the one who reads it administers the line.

use std::path::{Path, PathBuf};

/// `Clone`, because one failed write answers all that waited for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error(
        "La base {} vient d'une version plus récente de standardiste (schéma {found}, celui-ci connaît {known}). Elle n'a pas été \
         touchée. Remède : installez la version récente, ou rendez la sauvegarde faite avant la mise à jour ; sinon, gardez ce \
         fichier ailleurs et le service en fera un neuf.", .path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "{} est une base SQLite, mais pas celle de standardiste. Elle n'a pas été touchée. Remède : donnez un autre fichier à \
         storage.database.", .path.display()
    )]
    Foreign { path: PathBuf },
    #[error(
        "La base {} est abîmée ({detail}). Remède : arrêtez le service, mettez le fichier de côté, essayez « sqlite3 {} .recover », \
         sinon rendez la dernière sauvegarde.", .path.display(), .path.display()
    )]
    Corrupted { path: PathBuf, detail: String },
    #[error(
        "Plus de place sur le disque de la base {}. Remède : libérez de la place (cache des phrases, journaux) ; l'écriture \
         reprend d'elle-même.", .path.display()
    )]
    DiskFull { path: PathBuf },
    #[error(
        "La base {} est en lecture seule. Remède : donnez au compte du service le droit d'écrire le fichier et son dossier.",
        .path.display()
    )]
    ReadOnly { path: PathBuf },
    #[error(
        "La base {} est tenue par un autre programme. Remède : cherchez lequel (un second service, un outil SQLite ouvert) et \
         fermez-le.", .path.display()
    )]
    Locked { path: PathBuf },
    #[error(
        "La base {} ne s'ouvre pas ({detail}). Remède : vérifiez storage.database, et les droits du compte du service sur le dossier.",
        .path.display()
    )]
    CannotOpen { path: PathBuf, detail: String },
    #[error(
        "Le disque de la base {} refuse de lire ou d'écrire ({detail}). Remède : vérifiez le disque et les limites du compte du \
         service ; l'écriture reprend d'elle-même.", .path.display()
    )]
    Disk { path: PathBuf, detail: String },
    #[error("La base {} refuse un enregistrement ({detail}).", .path.display())]
    Refused { path: PathBuf, detail: String },
    #[error("La base {} : {detail}.", .path.display())]
    Other { path: PathBuf, detail: String },
    #[error("La base {} est fermée : le service s'arrête.", .path.display())]
    Closed { path: PathBuf },
    #[error("La fiche « {entry} » n'est pas du JSON ({detail}) ; rien n'a été publié.")]
    Document { entry: String, detail: String },
    #[error("La fiche « {entry} » est donnée deux fois ; rien n'a été publié. Remède : gardez-en une.")]
    TwiceTheSame { entry: String },
    #[error(
        "La réponse « {entry} » est déjà dans la base (« {status} ») : un brouillon ne la remplace pas, rien n'a changé. Remède : \
         donnez au brouillon un autre identifiant."
    )]
    InUse { entry: String, status: String },
}

/// SQLite's primary result codes (sqlite.org/rescode.html).
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const TOOBIG: i32 = 18;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;
const NOTADB: i32 = 26;

impl Error {
    pub(super) fn of(path: &Path, error: &sqlx::Error) -> Self {
        let path = path.to_owned();
        let detail = error.to_string();
        let code = match error {
            // The extended code keeps the primary one in its low byte.
            sqlx::Error::Database(inner) => {
                inner.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff)
            }
            sqlx::Error::Io(_) => Some(IOERR),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => return Self::Closed { path },
            sqlx::Error::Encode(_) => return Self::Refused { path, detail },
            _ => None,
        };
        match code {
            Some(BUSY | LOCKED) => Self::Locked { path },
            Some(READONLY | PERM) => Self::ReadOnly { path },
            Some(FULL) => Self::DiskFull { path },
            Some(CORRUPT | NOTADB) => Self::Corrupted { path, detail },
            Some(CANTOPEN) => Self::CannotOpen { path, detail },
            Some(CONSTRAINT | MISMATCH | TOOBIG) => Self::Refused { path, detail },
            Some(IOERR) => Self::Disk { path, detail },
            _ => Self::Other { path, detail },
        }
    }

    /// Whether the same write may succeed later, once somebody has mended the cause. Only what the record itself is at
    /// fault for never will.
    pub(super) fn passing(&self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::Document { .. } | Self::TwiceTheSame { .. } | Self::InUse { .. })
    }
}
