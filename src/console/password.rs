//! What makes a password strong enough: the CNIL's recommendation for a password alone (délibération n° 2022-100 du
//! 21 juillet 2022, case 1, 80 bits of entropy: 12 characters of four kinds, 14 of three, or a sentence of seven words),
//! and the ANSSI's (*Recommandations relatives à l'authentification multifacteur et aux mots de passe*, octobre 2021: length
//! first, nothing that others know of the person, no renewal at fixed times).

/// Beyond, a request would only cost time.
const LONGEST: usize = 128;

/// Words that open a list of guesses, in any case, between any digits.
const GUESSED: [&str; 16] = [
    "motdepasse",
    "password",
    "azerty",
    "qwerty",
    "123456",
    "654321",
    "administrateur",
    "mairie",
    "standardiste",
    "bonjour",
    "soleil",
    "doudou",
    "marseille",
    "jetaime",
    "iloveyou",
    "letmein",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    TooWeak,
    TooLong,
    /// The login, or a part of the name.
    OfThePerson,
    Guessed,
    /// « aaaaaaaa », « abcabcabc ».
    Repeated,
}

impl Fault {
    pub fn told(self) -> &'static str {
        match self {
            Self::TooWeak => {
                "Trop facile à deviner. Prenez 12 caractères avec majuscule, minuscule, chiffre et signe, ou 14 avec majuscule, \
                 minuscule et chiffre, ou une phrase d'au moins 7 mots."
            }
            Self::TooLong => "Trop long : 128 caractères au plus.",
            Self::OfThePerson => {
                "Il contient votre identifiant ou votre nom. Prenez des mots que personne ne relie à vous."
            }
            Self::Guessed => "Il est fait d'un mot de passe que tout le monde essaie. Prenez-en un autre.",
            Self::Repeated => "Il répète les mêmes caractères. Prenez-en de plus variés.",
        }
    }
}

/// Whether `password` will do for this person.
pub fn check(password: &str, login: &str, name: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    if length > LONGEST {
        return Err(Fault::TooLong);
    }
    let lower = password.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 2);
    let mut different: Vec<&str> = words.collect();
    let in_order = different.len();
    different.sort_unstable();
    different.dedup();
    let sentence = in_order >= 7 && different.len() >= 5;

    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    let letters_and_digits = has(char::is_lowercase) + has(char::is_uppercase) + has(char::is_numeric);
    let signs = has(|c| !c.is_alphanumeric());
    let strong = (length >= 12 && letters_and_digits + signs == 4) || (length >= 14 && letters_and_digits == 3);
    if !sentence && !strong {
        return Err(Fault::TooWeak);
    }
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    if letters.len() < 6 {
        return Err(Fault::Repeated);
    }
    let joined: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    // A sentence may name the town hall; a password of one word that is little else may not.
    let little_else = |known: &str| joined.contains(known) && length < known.chars().count() + 10;
    if !sentence && GUESSED.iter().any(|guess| little_else(guess)) {
        return Err(Fault::Guessed);
    }
    let mut of_the_person = name.split(|c: char| !c.is_alphanumeric()).chain([login]).map(str::to_lowercase);
    if !sentence && of_the_person.any(|part| part.chars().count() >= 4 && joined.contains(&part)) {
        return Err(Fault::OfThePerson);
    }
    Ok(())
}
