//! A fiche of the official feed as a draft: all that it says, cut into the answer and its follow-ups, to be shortened.
//!
//! A fiche branches: `ListeSituations` and `BlocCas` say one thing to some and another to others, a `Condition` keeps a
//! part for those a questionnaire has found out. What stands in a branch is only ever written under the whole chain of
//! its conditions, between marks that keep the entry from being published: nothing said to a few becomes said to all.

use jiff::civil::Date;

use super::feed::{Element, Node};
use super::text::{one_line, plain};
use super::{CASE, CASE_END, Draft, PART, Settings, identifier};
use crate::answers::entry::{Entry, EntryFacet, Source, Status};
use crate::answers::problem::Problem;

/// What the fiche says lives in these children of the publication; the others lead elsewhere.
const BODY: [&str; 6] = ["Introduction", "Texte", "ListeSituations", "Conclusion", "ServiceEnLigne", "OuSAdresser"];
/// Elements that stand inside a sentence.
const INLINE: [&str; 12] = [
    "LienInterne",
    "LienExterne",
    "LienIntra",
    "LienExterneCommente",
    "Valeur",
    "MiseEnEvidence",
    "Exposant",
    "Indice",
    "Expression",
    "Citation",
    "TermeEtranger",
    "Variable",
];
/// Chapters' titles that restrict nothing.
const TELLS_NOTHING: [&str; 10] = [
    "pieces a fournir",
    "pieces justificatives",
    "cout",
    "prix",
    "tarif",
    "delai",
    "delais",
    "ou s'adresser",
    "ou faire la demande",
    "qui peut faire la demande",
];
/// Where a fiche is read when it does not say so.
const ADDRESS: &str = "https://www.service-public.gouv.fr/particuliers/vosdroits/";

/// The draft of a publication.
///
/// # Errors
/// What makes it no fiche: another kind of publication, no number, no title, no text.
pub(super) fn draft(file: &str, publication: &Element, settings: &Settings) -> Result<Draft, Vec<Problem>> {
    let fault = |message: String| {
        let remedy = "Donnez une fiche pratique ou une question-réponse du flux « vos droits et démarches ».";
        Err(vec![Problem::new(file, Some(1), "", message, remedy)])
    };
    if publication.name != "Publication" {
        return fault(format!("l'élément « {} » n'est pas une publication du flux.", publication.name));
    }
    let kind = publication.attribute("type").unwrap_or_default();
    if !kind.is_empty() && !kind.starts_with("Fiche") {
        return fault(format!("cette publication est de type « {kind} », ce n'est pas une fiche."));
    }
    let Some(number) = publication.attribute("ID").filter(|id| is_fiche(id)) else {
        return fault("la publication n'a pas de numéro de fiche (attribut « ID », comme F1427).".to_owned());
    };
    let Some(title) = publication.child("dc:title").map(Element::words).filter(|title| !title.is_empty()) else {
        return fault("la publication n'a pas de titre (« dc:title »).".to_owned());
    };
    let mut walk = Walk::default();
    for element in publication.elements().filter(|element| BODY.contains(&element.name.as_str())) {
        walk.block(element);
    }
    let (answer, facets) = walk.finish();
    if answer.is_empty() && facets.is_empty() {
        return fault(format!("la fiche {number} n'a pas de texte."));
    }
    let state = publication.child("dc:date").map(Element::words).and_then(|words| date(&words));
    let address = publication.attribute("spUrl").map_or_else(|| format!("{ADDRESS}{number}"), str::to_owned);
    let theme = publication.child("Theme").map(Element::words).unwrap_or_default();
    // A question-and-answer fiche is titled as people ask; the others name a form.
    let asked = kind.contains("Question-réponse").then(|| title.clone());
    let entry = Entry {
        id: identifier(&title),
        theme: identifier(&theme),
        department: settings.department.clone(),
        status: Status::Draft,
        label: String::new(),
        service_public: vec![number.to_owned()],
        sources: vec![Source { fiche: Some(number.to_owned()), address, checked: settings.today, state }],
        questions: asked.into_iter().collect(),
        keywords: Vec::new(),
        facets,
        distinguish: Vec::new(),
        human: None,
        author: "Fiche service-public, à relire".to_owned(),
        approver: None,
        valid_from: None,
        valid_until: None,
        review: settings.today,
        answer,
        title,
    };
    let notes = notes(publication, &entry);
    Ok(Draft { entry, notes, file: file.to_owned(), line: 1 })
}

fn is_fiche(id: &str) -> bool {
    id.strip_prefix(['F', 'N', 'R']).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

/// « modified 2020-07-21 ».
fn date(words: &str) -> Option<Date> {
    words.split_whitespace().find_map(|word| word.get(..10).unwrap_or(word).parse().ok())
}

fn notes(publication: &Element, entry: &Entry) -> Vec<String> {
    let mut notes = vec![
        "BROUILLON tiré d'une fiche officielle : à raccourcir, à dire comme on parle, puis à faire approuver."
            .to_owned(),
        "« standardiste answers check » dit ce qui manque.".to_owned(),
    ];
    let cases = entry.facets.iter().map(|facet| facet.answer.as_str()).chain([entry.answer.as_str()]);
    let cases: usize = cases.map(|text| text.lines().filter(|line| line.starts_with(CASE)).count()).sum();
    if cases > 0 {
        notes.push(format!(
            "{cases} passages entre {CASE} et {CASE_END} ne valent que pour certains : ne les dites pas à tous."
        ));
        notes.push("Gardez ce qui vaut pour tous, ou faites une réponse par cas ; puis retirez ces signes.".to_owned());
    }
    for warning in publication.elements().filter(|element| element.name == "Avertissement") {
        notes.push(format!("AVERTISSEMENT de la fiche : {}", warning.words()));
    }
    notes
}

/// Where a line goes: the answer, or a follow-up of this kind.
type Place = Option<&'static str>;

/// A line of text and the conditions under which alone it holds.
struct Said {
    place: Place,
    conditions: Vec<String>,
    line: String,
}

/// Goes through the fiche in its order.
#[derive(Default)]
struct Walk {
    place: Place,
    conditions: Vec<String>,
    said: Vec<Said>,
}

impl Walk {
    fn say(&mut self, line: &str) {
        self.say_at(self.place, line);
    }

    fn say_at(&mut self, place: Place, line: &str) {
        let line = one_line(line);
        if !line.is_empty() {
            self.said.push(Said { place, conditions: self.conditions.clone(), line });
        }
    }

    /// Everything inside an element, under its own condition if it has one.
    fn block(&mut self, element: &Element) {
        let depth = self.conditions.len();
        let titled = matches!(element.name.as_str(), "Cas" | "Situation");
        if titled {
            let title = element.child("Titre").map(Element::words).filter(|title| !title.is_empty());
            self.conditions.push(title.unwrap_or_else(|| "un cas sans titre de la fiche".to_owned()));
        } else if element.child("Condition").is_some() {
            self.conditions.push("un cas que la fiche officielle reconnaît par un questionnaire".to_owned());
        }
        match element.name.as_str() {
            "Condition" | "Image" | "Illustration" | "Source" => {}
            "Chapitre" => self.chapter(element),
            "SousChapitre" => self.part(element),
            "ANoter" | "ASavoir" | "Attention" | "Rappel" => self.remark(element),
            "OuSAdresser" => self.address(element),
            "ServiceEnLigne" => self.online(element),
            "Tableau" => self.table(element),
            "Paragraphe" => self.paragraph(element),
            "Item" => self.item(element),
            _ => self.inside(element),
        }
        self.conditions.truncate(depth);
    }

    /// The blocks of an element, its title left aside; words that stand among them are a paragraph.
    fn inside(&mut self, element: &Element) {
        let mut words = String::new();
        for node in &element.children {
            match node {
                Node::Text(text) => words.push_str(text),
                Node::Element(inner) if INLINE.contains(&inner.name.as_str()) => words.push_str(&inner.words()),
                Node::Element(inner) => {
                    self.say(&std::mem::take(&mut words));
                    if inner.name != "Titre" {
                        self.block(inner);
                    }
                }
            }
        }
        self.say(&words);
    }

    fn paragraph(&mut self, element: &Element) {
        let only_words = element.elements().all(|inner| INLINE.contains(&inner.name.as_str()));
        if only_words { self.say(&element.words()) } else { self.inside(element) }
    }

    fn item(&mut self, element: &Element) {
        let first = self.said.len();
        self.inside(element);
        if let Some(said) = self.said.get_mut(first) {
            said.line.insert_str(0, "- ");
        }
    }

    fn chapter(&mut self, element: &Element) {
        let title = element.child("Titre").map(Element::words).unwrap_or_default();
        let outer = self.place;
        self.place = facet(&title, element.attribute("type")).or(outer);
        // « Coût pour un mineur » says for whom; « Coût » says no more than the follow-up it becomes.
        let plain_title = plain(title.trim_end_matches([' ', '?', ':']));
        if !(title.is_empty() || self.place != outer && TELLS_NOTHING.contains(&plain_title.as_str())) {
            self.say(&format!("{PART} {title}"));
        }
        self.inside(element);
        self.place = outer;
    }

    fn part(&mut self, element: &Element) {
        let title = element.child("Titre").map(Element::words).unwrap_or_default();
        if !title.is_empty() {
            self.say(&format!("{PART} {title}"));
        }
        self.inside(element);
    }

    /// « À noter : … ».
    fn remark(&mut self, element: &Element) {
        let first = self.said.len();
        self.inside(element);
        let title = element.child("Titre").map(Element::words).unwrap_or_default();
        if let Some(said) = self.said.get_mut(first).filter(|_| !title.is_empty()) {
            said.line.insert_str(0, &format!("{title} : "));
        }
    }

    fn address(&mut self, element: &Element) {
        let title = element.child("Titre").map(Element::words).unwrap_or_default();
        self.say_at(Some("ou"), &format!("S'adresser à : {title}"));
    }

    fn online(&mut self, element: &Element) {
        let title = element.child("Titre").map(Element::words).unwrap_or_default();
        let address = element.attribute("URL").unwrap_or_default();
        let what = element.attribute("type").unwrap_or("Service en ligne");
        self.say_at(Some("en-ligne"), &format!("{what} : {title} {address}"));
    }

    /// A table's meaning is in its columns, which words in a row would lose.
    fn table(&mut self, element: &Element) {
        let title = element.child("Titre").map(Element::words).unwrap_or_default();
        self.conditions
            .push(format!("un tableau, à lire sur la fiche : {title}").trim_end_matches([' ', ':']).to_owned());
        for row in element.elements().filter(|row| row.name == "Rangée") {
            let cells: Vec<String> = row.elements().map(Element::words).collect();
            self.say(&cells.join(" ; "));
        }
        self.conditions.pop();
    }

    /// The answer, and the follow-ups in the order they came.
    fn finish(self) -> (String, Vec<EntryFacet>) {
        let answer = written(self.said.iter().filter(|said| said.place.is_none()));
        let mut kinds: Vec<&str> = Vec::new();
        for kind in self.said.iter().filter_map(|said| said.place) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let facets = kinds.into_iter().map(|kind| EntryFacet {
            kind: kind.to_owned(),
            questions: Vec::new(),
            answer: written(self.said.iter().filter(|said| said.place == Some(kind))),
        });
        (answer, facets.collect())
    }
}

/// The lines, those of one case together between its marks; a line said twice in a row is written once.
fn written<'a>(said: impl Iterator<Item = &'a Said>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut open: &[String] = &[];
    for said in said {
        if said.conditions != open {
            if !open.is_empty() {
                lines.push(CASE_END.to_owned());
            }
            open = &said.conditions;
            if !open.is_empty() {
                lines.push(format!("{CASE} Seulement si : {}", open.join(" ; et si : ")));
            }
        }
        if lines.last() != Some(&said.line) {
            lines.push(said.line.clone());
        }
    }
    if !open.is_empty() {
        lines.push(CASE_END.to_owned());
    }
    lines.join("\n")
}

/// The follow-up that a chapter's title answers.
fn facet(title: &str, kind: Option<&str>) -> Place {
    let title = plain(title);
    let begins = |words: &[&str]| words.iter().any(|word| title.starts_with(word));
    let holds = |words: &[&str]| words.iter().any(|word| title.contains(word));
    if kind == Some("pieces") || holds(&["pieces", "justificatif", "documents a"]) {
        Some("pieces")
    } else if begins(&["cout", "prix", "tarif", "frais", "combien"]) {
        Some("cout")
    } else if begins(&["delai", "quel delai", "dans quel delai", "fabrication"]) {
        Some("delai")
    } else if begins(&["ou ", "aupres de qui", "a qui s'adresser", "lieu"]) {
        Some("ou")
    } else if holds(&["en ligne", "par internet", "sur internet"]) {
        Some("en-ligne")
    } else if begins(&["qui ", "pour qui", "personnes concernees", "beneficiaires", "conditions"]) {
        Some("pour-qui")
    } else {
        None
    }
}
