//! Web and mail addresses, said as one dictates them.

use super::{pattern, rewrite};

pattern!(MAIL, r"\b([\p{L}\d._+-]+)@([\p{L}\d-]+(?:\.[\p{L}\d-]+)+)");
pattern!(
    SITE,
    r"(?i)(?:https?://)?(?:www\.)?\b([\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.(?:fr|com|org|eu|net|gouv|info|bzh|paris|corsica|alsace|re|nc|pf|be|ch|lu|int|io|example))\b((?:/[\p{L}\d._~%-]*)*)([?#][^\s]*)?"
);

pub(super) fn read(text: String) -> String {
    let text = rewrite(&text, &MAIL, |c| Some(format!("{} arobase {}", spoken(&c[1]), spoken(&c[2]))));
    rewrite(&text, &SITE, |c| {
        let mut said = spoken(&c[1]);
        let mut end = "";
        let path = c[2].strip_suffix('.').inspect(|_| end = ".").unwrap_or(&c[2]);
        for part in path.split('/').filter(|part| !part.is_empty()) {
            said.push_str(" barre ");
            said.push_str(&spoken(part));
        }
        Some(said + end)
    })
}

/// « service-public.fr » → « service tiret public point F R »: the capitals are spelled later, as acronyms are.
fn spoken(address: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in address.chars().chain(['\0']) {
        let sign = match c {
            '.' => "point",
            '-' => "tiret",
            '_' => "tiret bas",
            '+' => "plus",
            '%' | '~' | '\0' => "",
            c => {
                word.push(c);
                continue;
            }
        };
        if !word.is_empty() {
            words.push(part(&std::mem::take(&mut word)));
        }
        words.push(sign.to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn part(word: &str) -> String {
    match word.to_lowercase().as_str() {
        "etat" => "état".to_owned(),
        "gouv" => "gouve".to_owned(),
        "com" => "comme".to_owned(),
        "net" => "nète".to_owned(),
        "ants" | "insee" | "caf" => word.to_uppercase(),
        short if short.len() <= 2 || !short.contains(['a', 'e', 'i', 'o', 'u', 'y', 'é', 'è', 'ê']) => {
            word.to_uppercase()
        }
        _ => word.to_owned(),
    }
}
