//! The whole folder of the base: all of it, or nothing and the reasons.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::filed::Filed;
use super::parse::parse;
use super::problem::{Problem, Problems};
use super::variables::Variables;

/// Reads every `*.md` of a folder, in the order of their names.
///
/// # Errors
/// All the faults of all the files: a base with one broken file is not imported, so that what is
/// published stays whole.
pub fn load_dir(folder: &Path, variables: &Variables) -> Result<Vec<Entry>, Problems> {
    Ok(load_files(folder, variables)?.into_iter().map(|filed| filed.entry).collect())
}

/// As [`load_dir`], each entry with its file.
///
/// # Errors
/// As [`load_dir`].
pub fn load_files(folder: &Path, variables: &Variables) -> Result<Vec<Filed>, Problems> {
    let files = list(folder)?;
    let mut problems = Vec::new();
    let mut entries = Vec::new();
    let mut names = Names::default();
    for path in files {
        let file = path.display().to_string();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = format!("illisible ({error}).");
                problems.push(Problem::new(&file, None, "", message, "Vérifiez les droits du fichier."));
                continue;
            }
        };
        let parsed = parse(&file, &bytes, variables);
        if let Some((id, line)) = parsed.id {
            problems.extend(names.take(&file, &stem, id, line));
        }
        match parsed.entry {
            Ok(entry) => entries.push(Filed::new(entry, file, String::from_utf8_lossy(&bytes).into_owned())),
            Err(faults) => problems.extend(faults),
        }
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    if entries.is_empty() {
        let message = "aucune réponse (fichier « .md ») dans ce dossier.";
        let remedy = "Vérifiez le chemin du dossier des réponses.";
        return Err(Problems(vec![Problem::new(&folder.display().to_string(), None, "", message, remedy)]));
    }
    Ok(entries)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Problems> {
    let unreadable = |error: std::io::Error| {
        let message = format!("dossier illisible ({error}).");
        let remedy = "Vérifiez le chemin du dossier des réponses et ses droits.";
        Problems(vec![Problem::new(&folder.display().to_string(), None, "", message, remedy)])
    };
    let mut files = Vec::new();
    for item in fs::read_dir(folder).map_err(unreadable)? {
        let path = item.map_err(unreadable)?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The identifiers seen so far, with the file and line of each.
#[derive(Default)]
struct Names(HashMap<String, (String, usize)>);

impl Names {
    /// An identifier is taken once, by the file that bears its name.
    fn take(&mut self, file: &str, stem: &str, id: String, line: usize) -> Option<Problem> {
        if let Some((other, other_line)) = self.0.get(&id) {
            let message = format!("l'identifiant « {id} » est déjà pris par {other}, ligne {other_line}.");
            let remedy = format!("Donnez-lui le sien : id = \"{stem}\", le nom du fichier.");
            return Some(Problem::new(file, Some(line), "id", message, remedy));
        }
        let misnamed = (id != stem).then(|| {
            let message = format!("l'identifiant « {id} » n'est pas le nom du fichier.");
            let remedy = format!("Écrivez id = \"{stem}\", ou renommez le fichier {id}.md.");
            Problem::new(file, Some(line), "id", message, remedy)
        });
        self.0.insert(id, (file.to_owned(), line));
        misnamed
    }
}
