//! The record of processing activities (GDPR, art. 30), from the configuration: it says what the program does.

use crate::config::Config;

/// The record as Markdown. What the program cannot know is marked « à compléter ».
pub fn markdown(config: &Config) -> String {
    let keep = &config.keep;
    let of_town = |key: &str| config.mairie.values.get(key).cloned().unwrap_or_else(|| "à compléter".to_owned());
    let days = |days: u32| match days {
        0 => "effacé dans le quart d'heure qui suit l'appel".to_owned(),
        1 => "1 jour".to_owned(),
        days => format!("{days} jours"),
    };
    let sound = keep.audio && keep.transcripts_days > 0;
    let mut text = String::new();
    let mut put = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    put("# Registre des activités de traitement : la ligne téléphonique automatique");
    put("");
    put(
        "Fait par le programme d'après sa configuration (règlement (UE) 2016/679, dit RGPD, article 30, paragraphe 1). À relire et à",
    );
    put("compléter par le responsable du traitement et son délégué à la protection des données.");
    put("");
    put("| rubrique (art. 30, § 1) | contenu |");
    put("|---|---|");
    put(&format!(
        "| a) responsable du traitement | commune de {}, {} ; téléphone {} |",
        config.mairie.name(),
        of_town("adresse"),
        of_town("telephone")
    ));
    put(&format!("| a) délégué à la protection des données | {} |", of_town("delegue_protection_donnees")));
    put(
        "| b) finalités | répondre aux questions sur les démarches d'état civil ; transmettre l'appel à un agent ; prendre un message pour rappeler ; vérifier et améliorer les réponses |",
    );
    put("| c) personnes concernées | les personnes qui appellent ou écrivent, et celles dont elles parlent |");
    let redacted = if keep.redact {
        "le texte de l'échange, où noms, numéros, adresses, dates de naissance et numéros de dossier sont remplacés par des marques avant d'être gardés, autant que le programme les reconnaît"
    } else {
        "le texte de l'échange, tel qu'il est dit : il peut contenir noms, numéros et adresses"
    };
    let voice = if sound { " ; le son de l'appel, où rien n'est caché" } else { " ; aucun son n'est gardé" };
    put(&format!(
        "| c) catégories de données | le numéro appelant, tel que le réseau le donne ; date et durée ; {redacted}{voice} ; pour un message : le nom, le numéro ou l'adresse électronique et l'objet donnés par la personne |"
    ));
    let people =
        config.destinations.iter().map(|one| one.name.clone()).filter(|name| !name.is_empty()).collect::<Vec<_>>();
    let people = if people.is_empty() {
        "les agents de la mairie".to_owned()
    } else {
        format!("les agents de la mairie ; appels transmis à : {}", people.join(", "))
    };
    put(&format!("| d) destinataires | {people} ; l'opérateur téléphonique, pour acheminer l'appel |"));
    put(
        "| e) transferts hors de l'Union européenne | aucun par l'écoute, la recherche et la voix, qui tournent sur cette machine ; à compléter pour l'opérateur téléphonique, et pour les serveurs STUN et TURN des appels par le site |",
    );
    put(&format!("| f) durées : texte des appels | {} |", days(keep.transcripts_days)));
    put(&format!("| f) durées : messages | {} |", days(keep.messages_days)));
    put(&format!(
        "| f) durées : son | {} |",
        if sound { days(keep.audio_days) } else { "aucun son n'est gardé".to_owned() }
    ));
    put(
        "| g) sécurité | base lisible du seul compte du service ; données effacées écrasées sur le fichier ; journaux sans paroles ni numéros à leur niveau habituel (`info`) ; effacement automatique, avec son compte rendu (`standardiste data report`) |",
    );
    put("");
    put(
        "Base juridique, à confirmer par le responsable du traitement : l'exécution d'une mission d'intérêt public (RGPD, article 6, paragraphe 1, e).",
    );
    put("");
    put(
        "Droits des personnes : accès (article 15, `standardiste data export`), effacement (article 17, dans ses limites, `standardiste data erase`).",
    );
    put(
        "L'annonce du début d'appel dit ce qui est gardé et combien de temps, d'après cette même configuration (article 13).",
    );
    text
}
