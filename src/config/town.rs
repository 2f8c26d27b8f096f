//! The town: free words that the prompts and the answers take up as `{nom}`, `{adresse}`…

use std::collections::BTreeMap;

use super::schema::{Key, Reader};
use super::value::Value;

/// `[mairie]`: every key is a variable of the sentences; a town adds its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Town {
    pub values: BTreeMap<String, String>,
}

impl Town {
    pub const NAME: &str = "mairie";
    /// The variables that the delivered prompts and answers use; `nom` must be given.
    pub const USUAL: [&str; 7] = ["nom", "adresse", "acces", "telephone", "horaires", "site", "rendez_vous"];

    /// How the town is called, for instance « Saint-Aubin ».
    pub fn name(&self) -> &str {
        self.values.get("nom").map_or("", String::as_str)
    }
}

/// The usual variables as keys, for the reference.
pub(super) fn keys() -> Vec<Key> {
    let key = |name| Key {
        section: Town::NAME.to_owned(),
        name,
        expected: String::expected(),
        default: None,
        required: name == "nom",
    };
    Town::USUAL.into_iter().map(key).collect()
}

impl Reader {
    pub(super) fn town(&mut self) -> Town {
        let town = Town { values: self.map(Town::NAME) };
        if town.name().trim().is_empty() {
            self.table(Town::NAME).problem(
                "nom",
                "cette clé manque ; attendu le nom de la commune",
                "Remède : écrivez par exemple nom = \"Saint-Aubin\" dans la section [mairie]",
            );
        }
        town
    }
}
