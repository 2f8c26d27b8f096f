//! Secrets: given in the file, in a variable, or in a file of their own.

use std::fs;
use std::path::Path;

use super::problem::Origin;
use super::schema::Table;
use super::value::Secret;

/// How the two keys of a secret are called, in the configuration and in French.
pub struct Named {
    key: &'static str,
    file_key: &'static str,
    french: &'static str,
}

pub const PASSWORD: Named = Named { key: "password", file_key: "password_file", french: "le mot de passe" };
pub const TURN: Named = Named { key: "secret", file_key: "secret_file", french: "le secret" };

/// Puts the secret file's content in its place. Gives warnings, in French.
pub fn fill(secret: &mut Option<Secret>, file: Option<&Path>, table: &mut Table<'_>, named: &Named) -> Vec<String> {
    let Named { key, file_key, french } = named;
    let mut warnings = Vec::new();
    let of_environment = |origin: Option<&Origin>| matches!(origin, Some(Origin::Environment(_)));
    let by_hand = of_environment(table.origin_of(key));
    let by_file = of_environment(table.origin_of(file_key));
    let in_configuration = secret.is_some() && !by_hand;
    if let Some(path) = file {
        match (secret.is_some(), by_hand, by_file) {
            // What the environment says goes before what the file says.
            (true, true, false) => return warnings,
            (true, false, true) | (false, ..) => {}
            (true, ..) => {
                table.problem(
                    file_key,
                    format!("{key} et {file_key} sont donnés tous les deux"),
                    "Remède : gardez-en un seul",
                );
                return warnings;
            }
        }
        match fs::read_to_string(path) {
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']);
                if text.is_empty() {
                    table.problem(
                        file_key,
                        format!("le fichier {} est vide", path.display()),
                        format!("Remède : écrivez-y {french}, seul"),
                    );
                }
                *secret = Some(Secret::new(text.to_owned()));
            }
            Err(error) => table.problem(
                file_key,
                format!("le fichier {} ne se lit pas ({error})", path.display()),
                "Remède : vérifiez le chemin, et que le service a le droit de le lire",
            ),
        }
        warnings.extend(others_may_read(path));
    } else if in_configuration {
        let file = table.file().to_owned();
        warnings.extend(others_may_read(&file));
    }
    warnings
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        format!(
            "{} contient un mot de passe et d'autres comptes peuvent le lire (droits {:03o}). Remède : chmod 600 {}",
            path.display(),
            mode & 0o777,
            path.display()
        )
    })
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> Option<String> {
    None
}
