//! What an answer affirms, and on whose word: a price, a delay, an age or a condition has a source.

use std::sync::LazyLock;

use regex::Regex;

use super::{Group, Notes};
use crate::answers::entry::{Entry, Source};
use crate::answers::filed::Place;

/// A number in digits or in words.
const NUMBER: &str = r"(?:\d+(?:[,.]\d+)?|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|(?:(?:vingt|trente|quarante|cinquante|soixante|septante|octante|nonante|cent)(?:[- ](?:et[- ])?\w+)*))";

static CLAIMS: LazyLock<[(&str, Regex); 4]> = LazyLock::new(|| {
    let pattern =
        |text: String| Regex::new(&format!("(?i){text}")).unwrap_or_else(|_| unreachable!("a constant of the program"));
    [
        ("un prix", pattern(format!(r"\b{NUMBER} ?(?:€|euros?\b|centimes?\b)|\bgratuit|\bpayant|\bsans frais\b"))),
        ("un âge", pattern(format!(r"\b(?:{NUMBER} ans\b|majeure?s?\b|mineure?s?\b)"))),
        ("un délai", pattern(format!(r"\b{NUMBER} (?:jours?|semaines?|mois|années?)\b"))),
        (
            "une condition",
            pattern(r"\bà condition\b|\bsous réserve\b|\binterdit|\bobligatoire|\bréservée?s? (?:à|aux)\b".into()),
        ),
    ]
});

pub(super) fn check(entry: &Entry, notes: &mut Notes<'_>) {
    for fiche in &entry.service_public {
        let cited = |source: &Source| source.fiche.as_ref() == Some(fiche);
        if !entry.sources.iter().any(cited) {
            let message = format!("la fiche {fiche} est citée sans son adresse ni la date de sa lecture.");
            let remedy = "Ajoutez une [[source]] pour elle.";
            notes.fault(Group::Unsourced, Place::Words("service_public", fiche), message, remedy);
        }
    }
    if let Some(source) = entry.sources.iter().find(|source| !source.address.starts_with("http")) {
        let message = format!("« {} » n'est pas une adresse où lire la source.", source.address);
        let remedy = "Écrivez address = \"https://…\".";
        notes.fault(Group::Unsourced, Place::Words("source", &source.address), message, remedy);
    }
    if !entry.sources.is_empty() || !entry.service_public.is_empty() {
        return;
    }
    let facets = entry.facets.iter().map(|facet| (Some(facet.kind.as_str()), facet.answer.as_str()));
    for (kind, text) in facets.chain([(None, entry.answer.as_str())]) {
        for (what, pattern) in CLAIMS.iter() {
            let Some(found) = pattern.find(text) else { continue };
            let place = kind.map_or(Place::Answer(found.as_str()), |kind| Place::Facet(kind, found.as_str()));
            let message = format!("« {} » affirme {what}, sans source.", found.as_str());
            let remedy = "Ajoutez la [[source]] de ce que vous dites, ou ne le dites pas.";
            notes.fault(Group::Unsourced, place, message, remedy);
        }
    }
}
