//! Numbers as a caller says them and as the recognizer writes them: in words, in digits, or half and half.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One piece of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Lower case, without accents.
    Word(String),
    Digits(String),
    /// A pause: a number does not go on across it.
    Break,
}

/// Lower case without accents.
pub(super) fn plain(text: &str) -> String {
    text.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)).collect::<String>().replace('œ', "oe")
}

/// Lower-case words without accents, strings of digits, and pauses. A hyphened « quatre-vingt » is one word, since
/// it can only be 80, where « vingt quatre vingt » can be cut in two ways.
pub(super) fn tokens(said: &str) -> Vec<Token> {
    let plain = plain(said).replace("quatre-vingts", "huitante").replace("quatre-vingt", "huitante");
    let mut tokens = Vec::new();
    let mut current = String::new();
    let flush = |current: &mut String, tokens: &mut Vec<Token>| {
        if !current.is_empty() {
            let token = std::mem::take(current);
            let digits = token.bytes().all(|b| b.is_ascii_digit());
            tokens.push(if digits { Token::Digits(token) } else { Token::Word(token) });
        }
    };
    for c in plain.chars() {
        let joins = match current.chars().last() {
            None => c.is_alphanumeric(),
            Some(last) => c.is_alphanumeric() && (last.is_ascii_digit() == c.is_ascii_digit() || c.is_alphabetic()),
        };
        if !joins {
            flush(&mut current, &mut tokens);
        }
        match c {
            c if c.is_alphanumeric() => current.push(c),
            '+' => tokens.push(Token::Word("plus".to_owned())),
            ',' | ';' | '!' | '?' | ':' if !matches!(tokens.last(), Some(Token::Break) | None) => {
                tokens.push(Token::Break)
            }
            _ => {}
        }
    }
    flush(&mut current, &mut tokens);
    tokens
}

enum Atom {
    /// 1 to 16, or a ten: 20 to 90.
    Small(u64),
    Hundred,
    Scale(u64),
    And,
}

fn atom(word: &str) -> Option<Atom> {
    let small = match word {
        "un" | "une" => 1,
        "deux" => 2,
        "trois" => 3,
        "quatre" => 4,
        "cinq" => 5,
        "six" => 6,
        "sept" => 7,
        "huit" => 8,
        "neuf" => 9,
        "dix" => 10,
        "onze" => 11,
        "douze" => 12,
        "treize" => 13,
        "quatorze" => 14,
        "quinze" => 15,
        "seize" => 16,
        "vingt" | "vingts" => 20,
        "trente" => 30,
        "quarante" => 40,
        "cinquante" => 50,
        "soixante" => 60,
        "septante" => 70,
        "huitante" | "octante" => 80,
        "nonante" => 90,
        "cent" | "cents" => return Some(Atom::Hundred),
        "mille" | "milles" => return Some(Atom::Scale(1_000)),
        "million" | "millions" => return Some(Atom::Scale(1_000_000)),
        "milliard" | "milliards" => return Some(Atom::Scale(1_000_000_000)),
        "billion" | "billions" => return Some(Atom::Scale(1_000_000_000_000)),
        "billiard" | "billiards" => return Some(Atom::Scale(1_000_000_000_000_000)),
        "trillion" | "trillions" => return Some(Atom::Scale(1_000_000_000_000_000_000)),
        "et" => return Some(Atom::And),
        _ => return None,
    };
    Some(Atom::Small(small))
}

/// The value of a run of tokens that is one well-formed number from end to end: « six douze » is none.
pub(super) fn number(run: &[Token]) -> Option<u64> {
    match run {
        [] => return None,
        [Token::Word(word)] if word == "zero" => return Some(0),
        [Token::Digits(digits)] => return digits.parse().ok(),
        _ => {}
    }
    let (mut total, mut hundreds, mut below) = (0u64, 0u64, 0u64);
    // The last atom added below a hundred, 0 for none, and the smallest scale used so far.
    let (mut last, mut scale, mut and) = (0u64, u64::MAX, false);
    for token in run {
        let atom = match token {
            Token::Word(word) => atom(word)?,
            Token::Digits(digits) if !digits.starts_with('0') && last == 0 && hundreds == 0 => {
                Atom::Small(digits.parse().ok().filter(|n| *n < 1000)?)
            }
            _ => return None,
        };
        let needs_small = std::mem::replace(&mut and, false);
        match atom {
            Atom::Small(n) => {
                let fits = match (last, n) {
                    (0, _) => !needs_small,
                    (20..=90, 1..=9) if last % 10 == 0 => true,
                    (60 | 80, 10..=16) => true,
                    (10, 7..=9) => !needs_small,
                    (4, 20) if below == 4 => {
                        (below, last) = (80, 80);
                        continue;
                    }
                    _ => false,
                };
                if !fits {
                    return None;
                }
                below += n;
                last = n;
            }
            Atom::And if last >= 20 && last.is_multiple_of(10) => and = true,
            Atom::Hundred if hundreds == 0 && below < 20 && !needs_small => {
                hundreds = 100 * below.max(1);
                (below, last) = (0, 0);
            }
            Atom::Scale(value) if value < scale && !needs_small => {
                let group = hundreds + below;
                if group == 0 && value != 1_000 {
                    return None;
                }
                total = total.checked_add(group.max(1).checked_mul(value)?)?;
                (hundreds, below, last, scale) = (0, 0, 0, value);
            }
            _ => return None,
        }
    }
    (!and).then_some(total.checked_add(hundreds + below)?)
}

/// The end of the longest number that begins at `at`, and its value.
pub(super) fn longest(tokens: &[Token], at: usize) -> Option<(usize, u64)> {
    /// The longest number of `u64`, in words.
    const MOST_WORDS: usize = 48;
    let most = tokens.len().min(at + MOST_WORDS);
    (at + 1..=most).rev().find_map(|end| Some((end, number(&tokens[at..end])?)))
}

/// The first whole number in what was said, « moins » counted: « il m'en faut vingt et un » → 21.
pub fn parse_cardinal(said: &str) -> Option<i64> {
    let tokens = tokens(said);
    for at in 0..tokens.len() {
        if let Some(value) = thousands(&tokens[at..]).or_else(|| longest(&tokens, at).map(|(_, value)| value)) {
            let minus = at > 0 && tokens[at - 1] == Token::Word("moins".to_owned());
            let value = i64::try_from(value).ok()?;
            return Some(if minus { -value } else { value });
        }
    }
    None
}

/// « 1 234 567 » in groups of three.
fn thousands(tokens: &[Token]) -> Option<u64> {
    let digits = |token: &Token| if let Token::Digits(d) = token { Some(d.clone()) } else { None };
    let groups: Vec<String> = tokens.iter().map_while(digits).collect();
    let [first, rest @ ..] = groups.as_slice() else { return None };
    let grouped = !rest.is_empty() && first.len() <= 3 && !first.starts_with('0') && rest.iter().all(|g| g.len() == 3);
    grouped.then(|| groups.concat().parse().ok())?
}

/// The rank said: « la troisième » → 3, « premier » → 1, « 2e » → 2.
pub fn parse_ordinal(said: &str) -> Option<u64> {
    let tokens = tokens(said);
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let rank = match word.trim_end_matches('s') {
            "premier" | "premiere" => Some(1),
            "second" | "seconde" => Some(2),
            digits if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                let end = digits.trim_start_matches(|c: char| c.is_ascii_digit());
                let known = ["e", "er", "re", "ere", "eme", "ieme", "nd", "nde"];
                known.contains(&end).then(|| digits[..digits.len() - end.len()].parse().ok()).flatten()
            }
            word => word.strip_suffix("ieme").and_then(|stem| ranked(&tokens[..at], stem)),
        };
        if rank.is_some() {
            return rank;
        }
    }
    None
}

fn ranked(before: &[Token], stem: &str) -> Option<u64> {
    let stems = match stem {
        "cinqu" => vec!["cinq".to_owned()],
        "neuv" => vec!["neuf".to_owned()],
        stem => vec![stem.to_owned(), format!("{stem}e"), format!("{stem}s")],
    };
    stems.into_iter().find_map(|last| {
        let mut run = before.to_vec();
        run.push(Token::Word(last));
        (0..run.len()).find_map(|from| number(&run[from..]))
    })
}

/// All the digits said, in order: « zéro six, douze, soixante-dix-huit » → `061278`; `None` when there is none.
///
/// When the plain reading has not the ten digits of a French telephone number but another reading has (« soixante,
/// dix-huit » for 78), the telephone number wins: it is what this line asks for.
pub fn parse_digits(said: &str) -> Option<String> {
    let pieces = pieces(said);
    let plain: String = pieces.iter().map(|piece| piece.as_str()).collect();
    if plain.is_empty() {
        return None;
    }
    if plain.len() == 10 || plain.starts_with("33") || plain.starts_with("00") {
        return Some(plain);
    }
    // « deux douze… »: the leading zero goes without saying.
    let zero_unsaid = plain.len() == 9 && pieces.len() <= 5 && pieces[0].len() == 1 && pieces[0] != "0";
    if zero_unsaid {
        return Some(format!("0{plain}"));
    }
    Some(telephone_reading(said).unwrap_or(plain))
}

/// A French telephone number, as ten digits from `01` to `09`, or an international one with its `+`. Other numbers may
/// stand around it; two different telephone numbers are none.
pub fn parse_telephone(said: &str) -> Option<String> {
    alone(said).or_else(|| among(said))
}

fn national(digits: &str) -> bool {
    digits.len() == 10 && digits.starts_with('0') && !digits.starts_with("00")
}

/// The number that all the digits make.
fn alone(said: &str) -> Option<String> {
    let digits = parse_digits(said)?;
    if national(&digits) {
        return Some(digits);
    }
    // The recognizer leaves out a leading zero: « 612345678 ».
    if digits.len() == 9 && !digits.starts_with('0') && pieces(said).len() == 1 {
        return Some(format!("0{digits}"));
    }
    let abroad = tokens(said).contains(&Token::Word("plus".to_owned()));
    let full = digits.strip_prefix("00").or_else(|| abroad.then_some(digits.as_str()))?;
    if let Some(rest) = full.strip_prefix("33") {
        let rest = rest.strip_prefix('0').unwrap_or(rest);
        return (rest.len() == 9 && !rest.starts_with('0')).then(|| format!("0{rest}"));
    }
    (9..=15).contains(&full.len()).then(|| format!("+{full}"))
}

/// The national number that ends what was said, after other numbers: « au 12 rue… le 06 12 34 56 78 », or said twice.
fn among(said: &str) -> Option<String> {
    let pieces = pieces(said);
    let mut digits = String::new();
    let mut at = pieces.len();
    while digits.len() < 10 {
        at = at.checked_sub(1)?;
        digits.insert_str(0, &pieces[at]);
    }
    // Another number before it, and nobody knows which is meant.
    let before = pieces[..at].concat();
    let other = before.len() >= 10 && before != digits;
    (national(&digits) && !other).then_some(digits)
}

/// The plain reading: each number as long as the words allow, each string of digits as it stands.
fn pieces(said: &str) -> Vec<String> {
    let tokens = tokens(said);
    let is_number = |token: Option<&Token>| token.is_some_and(|t| longest(std::slice::from_ref(t), 0).is_some());
    let mut pieces: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Token::Word(word) = &tokens[at] {
            let times = match word.as_str() {
                "double" => 2,
                "triple" => 3,
                _ => 1,
            };
            if times > 1
                && let Some(value) = tokens.get(at + 1).and_then(|t| number(std::slice::from_ref(t)))
            {
                pieces.push(value.to_string().repeat(times));
                at += 2;
                continue;
            }
            // « un numéro », « une minute » count nothing.
            let article = matches!(word.as_str(), "un" | "une");
            let before = at > 0 && (is_number(tokens.get(at - 1)) || tokens[at - 1] == Token::Break);
            if article && !before && !is_number(tokens.get(at + 1)) && tokens.len() > 1 {
                at += 1;
                continue;
            }
        }
        match (&tokens[at], longest(&tokens, at)) {
            (Token::Digits(digits), _) => {
                pieces.push(digits.clone());
                at += 1;
            }
            (_, Some((end, value))) => {
                pieces.push(value.to_string());
                at = end;
            }
            _ => at += 1,
        }
    }
    pieces
}

/// Another way to cut the words that makes ten digits beginning with zero.
fn telephone_reading(said: &str) -> Option<String> {
    /// Beyond this, it is no telephone number, and the search would be long.
    const MOST_TOKENS: usize = 24;
    let counts = |token: &Token| number(std::slice::from_ref(token)).is_some() || is_hundred(token);
    let mut tokens: Vec<Token> = tokens(said).into_iter().filter(|token| *token != Token::Break).collect();
    tokens.iter_mut().filter(|token| !counts(token)).for_each(|token| *token = Token::Break);
    tokens.dedup_by(|a, b| *a == Token::Break && *b == Token::Break);
    if tokens.len() > MOST_TOKENS {
        return None;
    }
    search(&tokens, String::new())
}

fn is_hundred(token: &Token) -> bool {
    matches!(token, Token::Word(word) if matches!(word.as_str(), "cent" | "cents" | "et"))
}

/// A break is a word that is no number: pairs stand around it, none across it. Pairs only, « zéro six » or ten to ninety-nine: cut anywhere, eight digits would make ten (« trente, quatre »).
fn search(tokens: &[Token], digits: String) -> Option<String> {
    if tokens.is_empty() {
        return national(&digits).then_some(digits);
    }
    if let [Token::Break, rest @ ..] = tokens {
        return search(rest, digits);
    }
    if digits.len() >= 10 {
        return None;
    }
    if let [zero, unit, rest @ ..] = tokens
        && number(std::slice::from_ref(zero)) == Some(0)
        && let Some(unit @ 0..=9) = number(std::slice::from_ref(unit))
        && let Some(found) = search(rest, format!("{digits}0{unit}"))
    {
        return Some(found);
    }
    let spoken = |end: usize| -> Option<String> {
        let value = match &tokens[..end] {
            [Token::Digits(digits)] if digits.len().is_multiple_of(2) => return Some(digits.clone()),
            [Token::Digits(tens), Token::Digits(unit)] => merged(tens.parse().ok()?, unit)?,
            [Token::Digits(four), Token::Digits(twenty), Token::Digits(unit)] if four == "4" && twenty == "20" => {
                merged(80, unit)?
            }
            [Token::Digits(tens), Token::Word(and), Token::Digits(unit)] if and == "et" => {
                let ends =
                    matches!((tens.as_str(), unit.as_str()), ("20" | "30" | "40" | "50" | "60", "1") | ("60", "11"));
                ends.then(|| merged(tens.parse().ok()?, unit)).flatten()?
            }
            run => number(run)?,
        };
        (10..100).contains(&value).then(|| value.to_string())
    };
    (1..=tokens.len().min(5)).rev().find_map(|end| {
        let said = spoken(end)?;
        search(&tokens[end..], digits.clone() + &said)
    })
}

/// What « 60 » then « 18 » may have been.
fn merged(tens: u64, unit: &str) -> Option<u64> {
    let value: u64 = unit.parse().ok()?;
    match (tens, value) {
        _ if unit.starts_with('0') => None,
        (20 | 30 | 40 | 50 | 60 | 80, 1..=9) | (60 | 80, 10..=19) | (70 | 90, 7..=9) => Some(tens + value),
        (4, 20) => Some(80),
        _ => None,
    }
}
