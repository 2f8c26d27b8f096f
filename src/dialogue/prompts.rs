//! The sentences of the line, from one file that a town can edit.

use std::collections::BTreeMap;

use thiserror::Error;

/// Every sentence the line can say: its key in the prompts file and the variables it may hold.
///
/// The list is closed so that a missing or misspelled key is found when the file is read, not during a call.
pub const KEYS: &[(&str, &[&str])] = &[
    ("greeting.welcome", &["mairie"]),
    ("greeting.automatic", &[]),
    ("greeting.kept_text", &["days"]),
    ("greeting.kept_audio", &["days", "audio_days"]),
    ("greeting.kept_nothing", &[]),
    ("greeting.human", &[]),
    ("greeting.question", &[]),
    ("after_answer.another", &[]),
    ("after_answer.again", &[]),
    ("after_answer.listening", &[]),
    ("confirm.ask", &["label"]),
    ("confirm.again", &["label"]),
    ("confirm.no", &[]),
    ("clarify.two", &["label", "label2"]),
    ("clarify.three", &["label", "label2", "label3"]),
    ("clarify.own", &["question"]),
    ("clarify.again", &["label", "label2"]),
    ("clarify.again_three", &["label", "label2", "label3"]),
    ("not_heard.first", &[]),
    ("not_heard.second", &[]),
    ("not_understood.first", &[]),
    ("silence.first", &[]),
    ("silence.help", &[]),
    ("wait.checking", &[]),
    ("handover.requested", &[]),
    ("handover.low_confidence", &[]),
    ("handover.repeated", &[]),
    ("handover.private", &[]),
    ("handover.elsewhere", &[]),
    ("handover.distress", &[]),
    ("distress.suicide", &[]),
    ("distress.medical", &[]),
    ("distress.fire", &[]),
    ("distress.violence", &[]),
    ("distress.child", &[]),
    ("distress.other", &[]),
    ("handover.fault", &[]),
    ("handover.silence", &[]),
    ("handover.too_long", &[]),
    ("handover.shutdown", &[]),
    ("handover.next", &[]),
    ("handover.failed", &[]),
    ("handover.none", &[]),
    ("handover.closed", &["day", "time"]),
    ("hours.open", &["time"]),
    ("hours.closed", &["day", "time"]),
    ("hours.closed_day", &["reason", "day", "time"]),
    ("hours.closed_long", &[]),
    ("hours.coming_closed", &["days", "reason"]),
    ("hours.coming_open", &["days", "reason", "hours"]),
    ("message.offer", &[]),
    ("message.ask", &["messages_days"]),
    ("message.subject_check", &["subject"]),
    ("message.subject_again", &[]),
    ("message.name", &[]),
    ("message.name_check", &["name"]),
    ("message.name_spelled", &["name", "letters"]),
    ("message.name_again", &[]),
    ("message.shown", &["end"]),
    ("message.number", &[]),
    ("message.number_check", &["number"]),
    ("message.number_again", &[]),
    ("message.again", &[]),
    ("message.kept", &[]),
    ("message.thanks", &[]),
    ("message.none", &[]),
    ("repeat.nothing", &[]),
    ("slower.ok", &[]),
    ("slower.slowest", &[]),
    ("help.what", &[]),
    ("goodbye", &[]),
    ("closing.nothing_more", &[]),
    ("shutdown", &[]),
    ("no_current", &[]),
    ("no_facet", &["label"]),
    ("written.notice", &["mairie"]),
    ("written.greeting.welcome", &["mairie"]),
    ("written.greeting.automatic", &[]),
    ("written.greeting.kept_text", &["days"]),
    ("written.greeting.kept_audio", &["days", "audio_days"]),
    ("written.greeting.kept_nothing", &[]),
    ("written.greeting.human", &[]),
    ("written.after_answer.listening", &[]),
    ("written.confirm.again", &["label"]),
    ("written.confirm.no", &[]),
    ("written.clarify.two", &["label", "label2"]),
    ("written.clarify.three", &["label", "label2", "label3"]),
    ("written.clarify.again", &["label", "label2"]),
    ("written.clarify.again_three", &["label", "label2", "label3"]),
    ("written.not_heard.first", &[]),
    ("written.not_heard.second", &[]),
    ("written.not_understood.first", &[]),
    ("written.handover.requested", &[]),
    ("written.handover.low_confidence", &[]),
    ("written.handover.repeated", &[]),
    ("written.handover.private", &[]),
    ("written.handover.distress", &[]),
    ("written.handover.fault", &[]),
    ("written.handover.too_long", &[]),
    ("written.distress.suicide", &[]),
    ("written.distress.medical", &[]),
    ("written.distress.fire", &[]),
    ("written.distress.violence", &[]),
    ("written.distress.child", &[]),
    ("written.message.offer", &[]),
    ("written.message.ask", &["messages_days"]),
    ("written.message.subject_check", &["subject"]),
    ("written.message.name", &[]),
    ("written.message.number", &[]),
    ("written.message.number_again", &[]),
    ("written.message.thanks", &[]),
    ("written.message.none", &[]),
    ("written.repeat.nothing", &[]),
    ("written.slower.ok", &[]),
    ("written.slower.slowest", &[]),
    ("written.help.what", &[]),
    ("written.goodbye", &[]),
    ("written.closing.nothing_more", &[]),
    ("written.shutdown", &[]),
    ("written.stopping", &["left"]),
    ("written.no_facet", &["label"]),
    ("written.no_messages", &[]),
    ("written.idle.soon", &["left"]),
    ("written.idle.closed", &[]),
    ("written.message.review", &["subject", "name", "contact", "messages_days"]),
    ("written.message.no_contact", &[]),
    ("written.facet.pieces", &[]),
    ("written.facet.cout", &[]),
    ("written.facet.delai", &[]),
    ("written.facet.ou", &[]),
    ("written.facet.en-ligne", &[]),
    ("written.facet.pour-qui", &[]),
    ("written.button.yes", &[]),
    ("written.button.no", &[]),
    ("written.button.other", &[]),
    ("written.button.agent", &[]),
    ("written.button.done", &[]),
    ("written.button.message", &[]),
    ("written.button.no_message", &[]),
    ("written.button.subject", &[]),
    ("written.button.rewrite", &[]),
    ("written.button.send", &[]),
    ("written.button.fix_subject", &[]),
    ("written.button.fix_name", &[]),
    ("written.button.fix_contact", &[]),
];

/// Before a key, its wording for the eye; and what is only ever written.
const WRITTEN: &str = "written.";

/// The line's sentences, complete and checked.
#[derive(Debug, Clone)]
pub struct Prompts(BTreeMap<String, Vec<String>>);

/// One fault of a prompts file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("ligne {line} : {problem} {remedy}")]
pub struct Fault {
    /// From 1; 0 when the fault is that something is missing from the whole file.
    pub line: usize,
    pub problem: String,
    pub remedy: String,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Text {
    One(String),
    Several(Vec<String>),
}

impl Prompts {
    /// Reads the prompts file's text (TOML; `[greeting] welcome = "…"`; a list of texts is said in rotation).
    ///
    /// # Errors
    /// Every missing, unknown or empty key and every unknown variable, each with its line.
    pub fn parse(source: &str) -> Result<Self, Vec<Fault>> {
        let table: toml::Table = match source.parse() {
            Ok(table) => table,
            Err(error) => {
                return Err(vec![Fault {
                    line: error.span().map_or(0, |span| line_of(source, span.start)),
                    problem: format!("le fichier n'est pas du TOML valide : {}.", error.message()),
                    remedy: "Corrigez cette ligne.".into(),
                }]);
            }
        };
        let places = places(source);
        let mut faults = Vec::new();
        let mut texts = BTreeMap::new();
        for (key, value) in flatten(&table) {
            let line = places.get(&key).copied().unwrap_or(0);
            let Some((_, variables)) = KEYS.iter().find(|(known, _)| *known == key) else {
                faults.push(unknown_key(&key, line));
                continue;
            };
            let texts_here = match value.try_into() {
                Ok(Text::One(text)) => vec![text],
                Ok(Text::Several(several)) => several,
                Err(_) => {
                    faults.push(Fault {
                        line,
                        problem: format!("« {key} » doit être un texte ou une liste de textes."),
                        remedy: "Mettez la phrase entre guillemets.".into(),
                    });
                    continue;
                }
            };
            faults.extend(text_faults(&key, line, &texts_here, variables));
            texts.insert(key, texts_here);
        }
        for (key, _) in KEYS {
            if !texts.contains_key(*key) && !faults.iter().any(|f| f.problem.contains(&format!("« {key} »"))) {
                faults.push(Fault {
                    line: 0,
                    problem: format!("la phrase « {key} » manque."),
                    remedy: "Reprenez-la du fichier d'origine.".into(),
                });
            }
        }
        if faults.is_empty() { Ok(Self(texts)) } else { Err(faults) }
    }

    /// The sentence of `key`, its variables filled in. `turn` rotates between several wordings.
    pub fn say(&self, key: &str, turn: u32, variables: &[(&str, &str)]) -> String {
        let wordings = self.0.get(key).map(Vec::as_slice).unwrap_or_default();
        let wording = match wordings.len() {
            0 => return String::new(),
            count => &wordings[turn as usize % count],
        };
        variables.iter().fold(wording.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// The sentences for whoever reads them: where there is a wording for the eye, it stands for the other.
    pub fn for_the_eye(&self) -> Self {
        let mut texts = self.0.clone();
        let written = self.0.iter().filter_map(|(key, texts)| Some((key.strip_prefix(WRITTEN)?, texts)));
        let spoken = written.filter(|(key, _)| KEYS.iter().any(|(known, _)| known == key));
        texts.extend(spoken.map(|(key, texts)| (key.to_owned(), texts.clone())));
        Self(texts)
    }

    /// Every spoken wording that has no variable left once `variables` are filled in: what can be spoken in advance.
    pub fn known_in_advance(&self, variables: &[(&str, &str)]) -> Vec<String> {
        let spoken = self.0.iter().filter(|(key, _)| !key.starts_with(WRITTEN));
        spoken
            .flat_map(|(_, texts)| texts)
            .map(|text| {
                variables.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
            })
            .filter(|text| !text.contains('{'))
            .collect()
    }
}

fn text_faults(key: &str, line: usize, texts: &[String], variables: &[&str]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        faults.push(Fault {
            line,
            problem: format!("la phrase « {key} » est vide."),
            remedy: "Écrivez ce que la ligne doit dire.".into(),
        });
    }
    for name in texts.iter().flat_map(|text| variables_of(text)) {
        if !variables.contains(&name.as_str()) {
            let allowed = if variables.is_empty() {
                "Cette phrase n'en accepte aucune.".to_owned()
            } else {
                format!("Variables possibles : {}.", variables.join(", "))
            };
            faults.push(Fault {
                line,
                problem: format!("la phrase « {key} » contient la variable inconnue {{{name}}}."),
                remedy: allowed,
            });
        }
    }
    faults
}

fn unknown_key(key: &str, line: usize) -> Fault {
    let nearest = KEYS
        .iter()
        .map(|(known, _)| (*known, strsim::jaro_winkler(known, key)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map_or("", |(known, _)| known);
    Fault {
        line,
        problem: format!("la clé « {key} » est inconnue."),
        remedy: format!("La plus proche est « {nearest} »."),
    }
}

fn flatten(table: &toml::Table) -> Vec<(String, toml::Value)> {
    table
        .iter()
        .flat_map(|(name, value)| match value {
            toml::Value::Table(inner) => {
                flatten(inner).into_iter().map(|(key, value)| (format!("{name}.{key}"), value)).collect()
            }
            other => vec![(name.clone(), other.clone())],
        })
        .collect()
}

/// The line of each key, from 1, by reading `[section]` and `key =` lines: `toml::Table` keeps no place.
fn places(source: &str) -> BTreeMap<String, usize> {
    let mut section = String::new();
    let mut places = BTreeMap::new();
    for (index, line) in source.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = name.trim().to_owned();
        } else if let Some((key, _)) = line.split_once('=') {
            let key = key.trim();
            if key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') && !key.is_empty() {
                let full = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
                places.entry(full).or_insert(index + 1);
            }
        }
    }
    places
}

fn line_of(source: &str, offset: usize) -> usize {
    source.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

fn variables_of(text: &str) -> Vec<String> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned())).collect()
}
