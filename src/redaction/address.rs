//! Where somebody lives: « quarante-sept boulevard Gambetta, bâtiment C ». The town stays: it says nothing of who it is.

use std::ops::Range;

use super::numerals::{numeric, run};
use super::text::Text;

/// Never anything else than a way, after a number.
const WAYS: &[&str] = words! {
    rue avenue boulevard bd bld bvd av ave impasse allee allees chemin route place quai cours square venelle
    passage ruelle sente sentier esplanade promenade montee traverse chaussee faubourg rond mail villa cite clos
    hameau lotissement residence parvis voie cour galerie domaine lieu ferme cote r
};
/// These too, without a number, when somebody lives there.
const PLACES: &[&str] = words! {
    rue avenue boulevard bd impasse allee chemin route quai cours square venelle passage ruelle residence hameau
    lotissement ferme lieu cite villa domaine place clos faubourg sentier montee
};
const LIVES: &[&str] = words! {
    habite habitons habitais habitait habitent habiter habitez adresse demeure demeurant domicilie domiciliee
    domicilies reside residons residant loge logeons vis vit vivons demenage etais etait envoyer envoyez domicile
    installe installee chez suis voisin voisine logement appartement maison est heberge hebergee loue achete
};
const LINKS: &[&str] =
    &["de", "du", "des", "la", "le", "les", "l", "d", "aux", "au", "saint", "sainte", "st", "ste", "en", "sous"];
/// Whose address is nobody's home: « la mairie est rue … », « votre adresse ».
const OFFICES: &[&str] = words! {
    mairie ecole bureau guichet piscine poste annexe prefecture commissariat tribunal service votre vos
};
/// The same of a street that is named without a number.
const PUBLIC_PLACES: &[&str] = words! { hopital eglise salle travaux barree };
/// Inside a building.
const WITHIN: &[&str] = words! {
    batiment bat appartement appt apt app escalier esc etage porte hall entree bloc tour boite bp lot chambre
};
/// A name of a way has ended.
const STOPS: &[&str] = words! {
    a depuis et mais je j c mon ma mes numero bonjour merci pour dans chez y qui que s il elle on ou est avec pas
    ca donc alors voila tel mail par telephone ne nee euh apres avant pres vous nous n sont au en quand car
    comment quel quelle parce maintenant toujours madame monsieur oui non code postal pardon enfin tout si hein
    faut juste
};

pub fn find(text: &Text<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let Some(range) = at(text, i) else {
            i += 1;
            continue;
        };
        let range = within(text, range);
        i = range.end.max(i + 1);
        match found.last_mut() {
            // « résidence Les Glycines, 2 rue Pasteur »
            Some(last) if range.start == last.end && !text.breaks(range.start) => last.end = range.end,
            _ => found.push(range),
        }
    }
    // « … au numéro 19 »
    if let Some(last) = found.last().cloned() {
        for i in last.end..text.len().min(last.end + 4) {
            if text.at(i) == "numero" && text.is(i.wrapping_sub(1), &["au", "le", "c"]) && numeric(text, i + 1) {
                found.push(i + 1..i + 2);
                break;
            }
        }
    }
    found
}

/// An address that begins at a word.
fn at(text: &Text<'_>, i: usize) -> Option<Range<usize>> {
    let article = text.is(i, &["un", "une"]);
    if let Some(number) =
        run(text, i).filter(|run| (1..=5).contains(&run.digits().len()) && !(article && run.words.len() == 1))
    {
        let mut way = number.words.end;
        if text.is(way, &["bis", "ter", "quater", "b", "t"])
            || (text.words.get(way).is_some_and(|w| w.letter()) && text.gap(way).len() <= 1)
        {
            way += 1;
        }
        // « au 12 de la rue des Lilas »
        if text.says(way, &["de", "la"]) && text.is(way + 2, PLACES) {
            way += 2;
        } else if text.is(way, &["de", "du"]) && text.is(way + 1, PLACES) {
            way += 1;
        }
        let joined = (number.words.end..=way).all(|i| !text.breaks(i));
        // « deux places », « 12 route » : a name must follow.
        if joined && text.is(way, WAYS) && !common(text, way) {
            let end = name(text, way + 1, true)?;
            return Some(i..end);
        }
        return None;
    }
    if text.words[i].mixed
        && text.is(i + 1, WAYS)
        && !text.pauses(i + 1)
        && text.at(i).starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(i..name(text, i + 2, true)?);
    }
    if !text.is(i, PLACES)
        || common(text, i)
        || (text.at(i) == "lieu" && text.at(i + 1) != "dit")
        || !(text.says(i, &["lieu", "dit"]) || lived_in(text, i))
    {
        return None;
    }
    let end = name(text, i + 1, false)?;
    Some(i..end)
}

/// « sur place », « en cours », « en route », « au lieu de », « cours de français », « carte de résidence ».
fn common(text: &Text<'_>, i: usize) -> bool {
    let before = i.checked_sub(1).map_or("", |i| text.at(i));
    match text.at(i) {
        "place" => matches!(before, "sur" | "une" | "la" | "de" | "plus" | "ma" | "sa" | "encore" | "en"),
        "cours" => matches!(before, "en" | "au" | "des" | "les" | "de"),
        "route" => before == "en",
        "residence" => {
            (before == "de" && !proper(text, i + 1))
                || matches!(before, "ma" | "sa" | "la" | "leur") && matches!(text.at(i + 1), "" | "de" | "et")
                || matches!(text.at(i + 1), "principale" | "secondaire")
        }
        "r" => text.gap(i + 1).trim() != ".",
        "lieu" => text.at(i + 1) != "dit",
        // « fermé » is another word.
        "ferme" => text.raw[text.words[i].range.clone()].ends_with('é') || !text.is(i + 1, LINKS),
        "mail" | "voie" | "cour" | "cote" => !text.is(i + 1, &["de", "du", "des", "d"]),
        _ if text.is(i + 1, &["secondaire", "principale"]) => true,
        // « dans quelle allée », « mon ancienne rue »
        "rue" | "avenue" | "allee" | "impasse" | "chemin" | "boulevard" | "quai" => {
            matches!(
                before,
                "la" | "le"
                    | "les"
                    | "l"
                    | "quelle"
                    | "quel"
                    | "une"
                    | "un"
                    | "cette"
                    | "ce"
                    | "ancienne"
                    | "ancien"
                    | "nouvelle"
                    | "notre"
                    | "ma"
                    | "sa"
                    | "leur"
                    | "meme"
                    | "aucune"
                    | "autre"
                    | "toute"
                    | "votre"
            ) && !text.is(i + 1, &["de", "du", "des", "d"])
                && !proper(text, i + 1)
        }
        _ => false,
    }
}

/// Somebody is said to live there, in the same sentence, or writes a capital after « rue » right behind a comma.
fn lived_in(text: &Text<'_>, i: usize) -> bool {
    let street = text.is(i, &["rue", "avenue", "boulevard", "bd", "impasse", "allee", "chemin"]);
    let mut named = i + 1;
    while text.is(named, LINKS) {
        named += 1;
    }
    let institution = (i.saturating_sub(8)..i).any(|j| text.is(j, OFFICES) || text.is(j, PUBLIC_PLACES));
    if street && proper(text, named) && !institution && text.words[i].range.len() > 2 {
        return true;
    }
    let mut j = i;
    while j > 0 && i - j < 9 {
        if text.breaks(j) {
            return false;
        }
        j -= 1;
        // « la mairie est rue … », « votre adresse », « l'école rue … »
        if text.is(j, OFFICES) {
            return false;
        }
        if text.is(j, LIVES) {
            return !matches!(text.at(i), "place" | "cours" | "passage" | "impasse")
                || text.is(i + 1, LINKS)
                || proper(text, i + 1);
        }
    }
    false
}

fn proper(text: &Text<'_>, i: usize) -> bool {
    text.words.get(i).is_some_and(|word| word.upper)
}

/// Where the name of the way ends; none without a name.
fn name(text: &Text<'_>, from: usize, numbered: bool) -> Option<usize> {
    let mut end = from;
    let mut i = from;
    let mut content = 0;
    // « lieu-dit », « rond-point »
    if text.is(i, &["dit", "point"]) {
        i += 1;
    }
    while i < text.len() && !text.pauses(i) {
        if let Some(date) = run(text, i) {
            // « rue du 8 mai 1945 »
            if content > 0
                && i == date.words.start
                && !text.is(i - 1, &["du", "mai", "novembre", "juin", "juillet", "aout", "mars"])
            {
                break;
            }
            i = date.words.end;
            end = i;
            content += 1;
            continue;
        }
        let link = text.is(i, LINKS)
            && (i + 1 < text.len() && !text.pauses(i + 1))
            && (text.glued(i) || !text.is(i, &["en", "au"]));
        if link {
            i += 1;
            continue;
        }
        let capital = proper(text, i);
        if text.is(i, WITHIN) && content > 0 && !text.glued(i) || text.is(i, STOPS) && !capital && !text.glued(i) {
            break;
        }
        let next_capital = capital || text.glued(i);
        if content > 0 && text.cased && !next_capital && text.words[end - 1].upper {
            break;
        }
        if content >= 4 && !next_capital {
            break;
        }
        content += 1;
        i += 1;
        end = i;
    }
    if text.is(end, &["bis"]) {
        end += 1;
    }
    (content > 0 && (numbered || end > from)).then_some(end)
}

/// Adds building, stairs, storey and door.
fn within(text: &Text<'_>, mut range: Range<usize>) -> Range<usize> {
    loop {
        let i = range.end;
        if i >= text.len() || text.gap(i).contains(['?', '!', ';']) {
            return range;
        }
        // « rue des Lilas, numéro 12 », « rue des Lilas au 14 »
        let number = if text.at(i) == "numero" {
            i + 1
        } else if text.is(i, &["au", "le"]) && text.at(i + 1) == "numero" {
            i + 2
        } else if text.at(i) == "au" {
            i + 1
        } else {
            0
        };
        if number > 0
            && !text.words[range.start].digits
            && let Some(run) = run(text, number).filter(|run| run.digits().len() <= 4 && !run.digits().starts_with('0'))
        {
            range.end = run.words.end + usize::from(text.is(run.words.end, &["bis", "ter"]));
            continue;
        }
        // « 3e étage », « troisième étage »
        let storey = text.at(i + 1) == "etage"
            && (text.words[i].mixed || text.at(i).ends_with("ieme") || text.is(i, &["premier", "second", "dernier"]));
        if storey {
            range.end = i + 2;
        } else if text.is(i, WITHIN) && i + 1 < text.len() {
            let after = run(text, i + 1).map_or(i + 2, |run| run.words.end);
            range.end = after;
        } else {
            return range;
        }
    }
}
