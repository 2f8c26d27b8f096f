//! The password: given in the file, in a variable, or in a file of its own.

use std::fs;
use std::path::Path;

use super::problem::Origin;
use super::schema::Reader;
use super::sip::Register;
use super::value::Secret;

/// Puts the password file's content in its place. Gives warnings, in French.
pub fn fill(register: &mut Register, reader: &mut Reader) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut table = reader.table("sip.register");
    let of_environment = |origin: Option<&Origin>| matches!(origin, Some(Origin::Environment(_)));
    let by_hand = of_environment(table.origin_of("password"));
    let by_file = of_environment(table.origin_of("password_file"));
    let in_configuration = register.password.is_some() && !by_hand;
    if let Some(path) = register.password_file.clone() {
        match (register.password.is_some(), by_hand, by_file) {
            // What the environment says goes before what the file says.
            (true, true, false) => return warnings,
            (true, false, true) | (false, ..) => {}
            (true, ..) => {
                table.problem(
                    "password_file",
                    "password et password_file sont donnés tous les deux",
                    "Remède : gardez-en un seul",
                );
                return warnings;
            }
        }
        match fs::read_to_string(&path) {
            Ok(text) => {
                let secret = text.trim_end_matches(['\r', '\n']);
                if secret.is_empty() {
                    table.problem(
                        "password_file",
                        format!("le fichier {} est vide", path.display()),
                        "Remède : écrivez-y le mot de passe, seul",
                    );
                }
                register.password = Some(Secret::new(secret.to_owned()));
            }
            Err(error) => table.problem(
                "password_file",
                format!("le fichier {} ne se lit pas ({error})", path.display()),
                "Remède : vérifiez le chemin, et que le service a le droit de le lire",
            ),
        }
        warnings.extend(others_may_read(&path));
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
