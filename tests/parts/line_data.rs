//! The sentences, commands and answers that the program ships with keep their own rules.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use standardiste::french::{sentences, unpronounceable, words};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn prompts() -> BTreeMap<String, Vec<String>> {
    fn flatten(prefix: &str, value: &toml::Value, into: &mut BTreeMap<String, Vec<String>>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    flatten(&key, value, into);
                }
            }
            toml::Value::String(text) => {
                into.insert(prefix.to_owned(), vec![text.clone()]);
            }
            toml::Value::Array(texts) => {
                into.insert(prefix.to_owned(), texts.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect());
            }
            other => panic!("{prefix}: {other}"),
        }
    }
    let file: toml::Value = toml::from_str(&read("config/prompts.toml")).unwrap();
    let mut into = BTreeMap::new();
    flatten("", &file, &mut into);
    into
}

#[test]
fn every_prompt_is_short_enough_for_the_ear_and_can_be_said() {
    for (key, texts) in prompts() {
        assert!(!texts.is_empty(), "{key} is empty");
        // What is only read may be longer, and say an address as it is written.
        for text in texts.iter().filter(|_| !key.starts_with("written.")) {
            let spoken = text.replace(['{', '}'], "");
            for sentence in sentences(&spoken) {
                assert!(words(&sentence) < 20, "{key}: {} words in « {sentence} »", words(&sentence));
            }
            assert_eq!(unpronounceable(&spoken), Vec::<String>::new(), "{key}");
        }
    }
}

#[test]
fn the_greeting_says_what_the_law_wants() {
    let prompts = prompts();
    assert!(prompts["greeting.automatic"][0].contains("automatique"));
    assert!(prompts["greeting.human"][0].contains("agent") && prompts["greeting.human"][0].contains("zéro"));
    assert!(
        prompts["greeting.kept_text"][0].contains("{days}") && prompts["greeting.kept_audio"][0].contains("{days}")
    );
}

#[test]
fn every_danger_names_the_number_to_call() {
    let prompts = prompts();
    for (key, number) in
        [("suicide", "3114"), ("medical", "15"), ("fire", "18"), ("violence", "17"), ("child", "119"), ("other", "112")]
    {
        assert!(prompts[&format!("distress.{key}")][0].contains(number), "{key}");
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    variants: Vec<String>,
    /// What means the same inside a longer sentence; the grammar's own test covers it.
    #[serde(default, rename = "within")]
    _within: Vec<String>,
    #[serde(default)]
    misheard: Vec<String>,
    #[serde(default)]
    phrases: Vec<String>,
}

#[test]
fn a_command_means_one_thing_and_has_phrases_to_score() {
    let commands: BTreeMap<String, Command> = toml::from_str(&read("grammars/commands.toml")).unwrap();
    let expected = ["agent", "repeat", "slower", "goodbye", "yes", "no", "help", "another", "first", "second", "third"];
    assert!(expected.iter().all(|meaning| commands.contains_key(*meaning)));
    let mut seen: HashMap<String, &str> = HashMap::new();
    for (meaning, command) in
        commands.iter().filter(|(meaning, _)| !meaning.starts_with("distress") && *meaning != "filler")
    {
        // Nothing is done upon these two, so their sound is not worth scoring.
        let idle = matches!(meaning.as_str(), "greeting" | "backchannel");
        assert!(idle || (2..=8).contains(&command.phrases.len()), "{meaning}: {} phrases", command.phrases.len());
        for said in command.variants.iter().chain(&command.misheard) {
            if let Some(other) = seen.insert(said.to_lowercase(), meaning) {
                panic!("« {said} » means both {other} and {meaning}");
            }
        }
    }
}
