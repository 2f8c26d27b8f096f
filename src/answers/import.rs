//! The whole folder of the base: all of it, or nothing and the reasons.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::parse::parse;
use super::problem::{Problem, Problems};
use super::variables::Variables;

/// Reads every `*.md` of a folder, in the order of their names.
///
/// # Errors
/// All the faults of all the files: a base with one broken file is not imported, so that what is
/// published stays whole.
pub fn load_dir(folder: &Path, variables: &Variables) -> Result<Vec<Entry>, Problems> {
    let files = list(folder)?;
    let mut problems = Vec::new();
    let mut read: Vec<(String, Entry, usize)> = Vec::new();
    for path in files {
        let file = path.display().to_string();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let parsed = fs::read(&path)
            .map_err(|error| {
                vec![Problem::new(&file, None, "", format!("illisible ({error})."), "Vérifiez les droits du fichier.")]
            })
            .and_then(|bytes| parse(&file, &stem, &bytes, variables));
        match parsed {
            Ok(parsed) => read.push((file, parsed.entry, parsed.id_line)),
            Err(faults) => problems.extend(faults),
        }
    }
    problems.extend(duplicates(&read));
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    if read.is_empty() {
        let message = "aucune réponse (fichier « .md ») dans ce dossier.";
        let remedy = "Vérifiez le chemin du dossier des réponses.";
        return Err(Problems(vec![Problem::new(&folder.display().to_string(), None, "", message, remedy)]));
    }
    Ok(read.into_iter().map(|(_, entry, _)| entry).collect())
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

/// Two files with the same identifier: possible when one of them is misnamed.
fn duplicates(read: &[(String, Entry, usize)]) -> Vec<Problem> {
    let mut first: HashMap<&str, (&str, usize)> = HashMap::new();
    let mut problems = Vec::new();
    for (file, entry, line) in read {
        match first.get(entry.id.as_str()) {
            Some((other, other_line)) => {
                let message = format!("l'identifiant « {} » est déjà pris par {other}, ligne {other_line}.", entry.id);
                problems.push(Problem::new(file, Some(*line), "id", message, "Donnez-en un autre à l'un des deux."));
            }
            None => {
                first.insert(&entry.id, (file, *line));
            }
        }
    }
    problems
}
