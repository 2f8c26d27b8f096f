//! Abbreviations of administrative French.

use super::{pattern, rewrite};

/// Before a name only: « M. Dupont », « Dr Martin ».
const TITLES: &[(&str, &str)] = &[
    ("M.", "monsieur"),
    ("Mr", "monsieur"),
    ("MM.", "messieurs"),
    ("Mme", "madame"),
    ("Mmes", "mesdames"),
    ("Mlle", "mademoiselle"),
    ("Mlles", "mesdemoiselles"),
    ("Dr", "docteur"),
    ("Pr", "professeur"),
    ("Me", "maître"),
];

/// Anywhere, longest first where one begins another. A closing full stop ends the abbreviation, not the sentence.
const SHORT: &[(&str, &str)] = &[
    ("c.-à-d.", "c'est-à-dire"),
    ("p. ex.", "par exemple"),
    ("s.v.p.", "s'il vous plaît"),
    ("svp", "s'il vous plaît"),
    ("SVP", "s'il vous plaît"),
    ("stp", "s'il te plaît"),
    ("RDV", "rendez-vous"),
    ("RdV", "rendez-vous"),
    ("rdv", "rendez-vous"),
    ("r.-v.", "rendez-vous"),
    ("arrt", "arrondissement"),
    ("arr.", "arrondissement"),
    ("art.", "article"),
    ("al.", "alinéa"),
    ("av.", "avenue"),
    ("Av.", "avenue"),
    ("bd", "boulevard"),
    ("Bd", "boulevard"),
    ("bld", "boulevard"),
    ("boul.", "boulevard"),
    ("pl.", "place"),
    ("Pl.", "place"),
    ("imp.", "impasse"),
    ("all.", "allée"),
    ("fg", "faubourg"),
    ("bât.", "bâtiment"),
    ("bat.", "bâtiment"),
    ("appt", "appartement"),
    ("apt.", "appartement"),
    ("ét.", "étage"),
    ("tél.", "téléphone"),
    ("Tél.", "téléphone"),
    ("tel.", "téléphone"),
    ("port.", "portable"),
    ("env.", "environ"),
    ("max.", "maximum"),
    ("min.", "minimum"),
    ("cf.", "voir"),
    ("ex.", "exemple"),
    ("réf.", "référence"),
    ("dép.", "département"),
    ("dépt", "département"),
    ("hab.", "habitants"),
    ("chap.", "chapitre"),
    ("vol.", "volume"),
    ("etc.", "et cétéra"),
    ("approx.", "environ"),
    ("obl.", "obligatoire"),
    ("Cie", "compagnie"),
    ("Dʳ", "docteur"),
    ("Mᵐᵉ", "madame"),
    ("Mˡˡᵉ", "mademoiselle"),
    ("Mᵐᵉˢ", "mesdames"),
    ("Mᵍʳ", "monseigneur"),
    ("Mgr", "monseigneur"),
    ("lun.", "lundi"),
    ("mar.", "mardi"),
    ("mer.", "mercredi"),
    ("jeu.", "jeudi"),
    ("ven.", "vendredi"),
    ("sam.", "samedi"),
    ("dim.", "dimanche"),
];

pattern!(TITLE, r"\b(MM?\.|Mr|Mmes?|Mlles?|Dr|Pr|Me)( +)(\p{Lu}|le |la |et )");
pattern!(TITLE_AT_END, r"\b(Mme|Mlle|Mmes)\b");
pattern!(NUMBERS, r"(?i)\bn(?:°|º|ᵒ|um\.|o\.) ?s?(?P<space> ?)(\d)");
pattern!(NUMBER_SIGN, r"(?i)\bn[°ºᵒ]s?");
pattern!(SAINT, r"\b(S)(t|te)[- ](\p{Lu})");
pattern!(PAGE, r"\bp\. ?(\d)");

static SHORT_WORDS: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
    let words: Vec<_> = SHORT.iter().map(|(word, _)| regex::escape(word)).collect();
    regex::Regex::new(&format!(r"(^|[\s('-])({})($|[\s,;:!?).'-])", words.join("|"))).expect("a constant pattern")
});

pub(super) fn read(text: String) -> String {
    let text = rewrite(&text, &TITLE, |c| {
        let (_, word) = TITLES.iter().find(|(short, _)| *short == &c[1])?;
        Some(format!("{word} {}", &c[3]))
    });
    let text = rewrite(&text, &TITLE_AT_END, |c| {
        TITLES.iter().find(|(short, _)| *short == &c[1]).map(|(_, w)| (*w).to_owned())
    });
    let text = NUMBERS.replace_all(&text, "numéro $2");
    let text = NUMBER_SIGN.replace_all(&text, "numéro");
    let text = PAGE.replace_all(&text, "page $1");
    let text = rewrite(&text, &SAINT, |c| Some(format!("Saint{}-{}", if &c[2] == "te" { "e" } else { "" }, &c[3])));
    // Twice, since two abbreviations in a row share the space between them.
    let once = expand(&text);
    expand(&once)
}

fn expand(text: &str) -> String {
    rewrite(text, &SHORT_WORDS, |c| {
        let (short, word) = SHORT.iter().find(|(short, _)| *short == &c[2])?;
        let end = c.get(3)?;
        let stop = short.ends_with('.') && (end.as_str().is_empty() || begins_a_sentence(&text[end.end()..]));
        Some(format!("{}{word}{}{}", &c[1], if stop { "." } else { "" }, end.as_str()))
    })
}

fn begins_a_sentence(rest: &str) -> bool {
    let mut letters = rest.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(|c| c.is_lowercase() || c == '\'')
}
