//! What callers are told, and the register, say what the configuration makes the program do.

use standardiste::app::{self, register};

use crate::configuration::good;

/// The greeting and the register of one `[keep]`.
fn said(keep: &str) -> (String, String) {
    let config = good(&format!("[keep]\n{keep}"), &[]);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut delivered = config.clone();
    delivered.dialogue.prompts = root.join("config/prompts.toml");
    delivered.dialogue.commands = root.join("grammars/commands.toml");
    delivered.dialogue.grammars = root.join("grammars");
    let line = app::line(&delivered).expect("the delivered sentences");
    let greeting: Vec<String> = line.greeting().into_iter().map(|(text, _)| text).collect();
    (greeting.join(" "), register::markdown(&delivered))
}

#[test]
fn durations_are_the_same_in_the_greeting_and_in_the_register() {
    let (greeting, register) = said("transcripts_days = 17\nmessages_days = 5\n");
    assert!(greeting.contains("gardé 17 jours") && greeting.contains("Votre voix n'est pas enregistrée"), "{greeting}");
    assert!(register.contains("texte des appels | 17 jours") && register.contains("messages | 5 jours"), "{register}");
    assert!(register.contains("aucun son n'est gardé"), "{register}");
}

#[test]
fn kept_sound_is_told_in_both() {
    let (greeting, register) = said("transcripts_days = 17\naudio = true\naudio_days = 3\n");
    assert!(greeting.contains("Le son est gardé 3 jours"), "{greeting}");
    assert!(
        register.contains("son | 3 jours") && register.contains("le son de l'appel, où rien n'est caché"),
        "{register}"
    );
}

#[test]
fn nothing_kept_is_told_in_both_even_with_the_sound_asked_for() {
    let (greeting, register) = said("transcripts_days = 0\naudio = true\n");
    assert!(greeting.contains("n'est pas enregistré"), "{greeting}");
    assert!(
        register.contains("son | aucun son n'est gardé") && register.contains("effacé dans le quart d'heure"),
        "{register}"
    );
}

#[test]
fn the_register_says_whether_personal_data_is_hidden() {
    assert!(said("").1.contains("sont remplacés par des marques"));
    assert!(said("redact = false\n").1.contains("tel qu'il est dit"));
}
