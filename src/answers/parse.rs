//! One file of the base: TOML between two `+++` lines, then the spoken answer.

use std::ops::Range;

use super::drafts::unsorted;
use super::entry::{Distinguish, Entry, EntryFacet, FACET_KINDS, Source, Status};
use super::problem::{Problem, nearest};
use super::reader::{Reader, Table, label};
use super::variables::{VariableError, Variables, fill};
use crate::dialogue::Human;

const FENCE: &str = "+++";
const FIELDS: [&str; 18] = [
    "id",
    "title",
    "theme",
    "department",
    "status",
    "label",
    "service_public",
    "questions",
    "keywords",
    "handover",
    "author",
    "approver",
    "valid_from",
    "valid_until",
    "review",
    "source",
    "facet",
    "distinguish",
];
const DATES: [&str; 5] = ["valid_from", "valid_until", "review", "checked", "state"];

/// What a file gave.
pub(super) struct Parsed {
    /// The identifier and its line, known even when something else is wrong.
    pub id: Option<(String, usize)>,
    /// The entry, or every fault of the file with its line.
    pub entry: Result<Entry, Vec<Problem>>,
}

/// Reads one file.
pub(super) fn parse(file: &str, bytes: &[u8], variables: &Variables) -> Parsed {
    let mut id = None;
    let entry = read(file, bytes, variables, &mut id);
    Parsed { id, entry }
}

fn read(
    file: &str,
    bytes: &[u8],
    variables: &Variables,
    placed_id: &mut Option<(String, usize)>,
) -> Result<Entry, Vec<Problem>> {
    let text = utf8(file, bytes)?;
    let (front, front_line, body, body_line) = split(file, text)?;
    let mut reader = Reader::new(file, front, front_line);
    let Some(fields) = reader.parse(&DATES) else { return Err(reader.problems) };
    let top = Table { fields: &fields, name: "", line: 1 };
    reader.refuse_unknown(&top, &FIELDS);

    let id = reader.text(&top, "id", Some("Écrivez id = \"…\", le nom du fichier sans « .md »."));
    if let Some((id, span)) = &id {
        let line = reader.line(span);
        check_id(&mut reader, id, line);
        *placed_id = Some((id.clone(), line));
    }
    let title = reader.text(&top, "title", Some("Écrivez title = \"…\", le titre de la démarche."));
    let status = status(&mut reader, &top);
    let draft = status == Some(Status::Draft);
    // What an import cannot know, a draft may still lack.
    let unless_draft = |remedy| (!draft).then_some(remedy);
    let theme = reader.text(&top, "theme", unless_draft("Écrivez theme = \"…\", par exemple « actes »."));
    let department = unless_draft("Écrivez department = \"…\", une destination de la configuration.");
    let department = reader.text(&top, "department", department);
    let line_label = unless_draft("Écrivez label = \"…\", avec l'article : « un acte de naissance ».");
    let line_label = reader.text(&top, "label", line_label);
    let service_public = reader.texts(&top, "service_public", None);
    for (fiche, span) in &service_public {
        if !is_fiche(fiche) {
            let line = reader.line(span);
            let message = format!("« {fiche} » n'est pas un numéro de fiche.");
            reader.problem(Some(line), "service_public", &message, "Il s'écrit comme « F1427 ».");
        }
    }
    let questions = questions(&mut reader, &top, draft);
    let keywords = reader.texts(&top, "keywords", None);
    let human = human(&mut reader, &top);
    let author = unless_draft("Écrivez author = \"…\", le nom ou le service qui l'a écrite.");
    let author = reader.text(&top, "author", author);
    let published = status == Some(Status::Published);
    let approver_remedy = published.then_some("Une réponse publiée a été approuvée : écrivez approver = \"…\".");
    let approver = reader.text(&top, "approver", approver_remedy);
    let valid_from = reader.date(&top, "valid_from", None);
    let valid_until = reader.date(&top, "valid_until", None);
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until < from
    {
        reader.problem(
            Some(1),
            "valid_until",
            "la fin de validité précède son début.",
            "Corrigez l'une des deux dates.",
        );
    }
    let review = reader.date(&top, "review", Some("Écrivez review = 2027-01-31, la date à laquelle la relire."));
    let sources = sources(&mut reader, &top);
    let facets = facets(&mut reader, &top, variables, draft);
    let distinguish = distinguish(&mut reader, &top);
    let silent = human.is_some_and(|human| !human.speaks());
    if silent && !body.trim().is_empty() {
        let remedy = "Retirez-le : ces appels vont à un agent, avec les phrases de prompts.toml.";
        reader.problem(Some(body_line), "", "ce texte ne serait jamais dit.", remedy);
    }
    let answer = answer(&mut reader, body, body_line, variables, draft || silent);

    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let first = |field: Option<(String, Range<usize>)>| field.map(|(text, _)| text).unwrap_or_default();
    let (Some(status), Some(review)) = (status, review) else { return Err(reader.problems) };
    Ok(Entry {
        id: first(id),
        title: first(title),
        theme: first(theme),
        department: first(department),
        status,
        label: first(line_label),
        service_public: plain(service_public),
        sources,
        questions,
        keywords: plain(keywords),
        facets,
        distinguish,
        human,
        author: first(author),
        approver: approver.map(|(name, _)| name),
        valid_from,
        valid_until,
        review,
        answer,
    })
}

fn utf8<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Vec<Problem>> {
    std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}')).map_err(|error| {
        let at = error.valid_up_to();
        let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
        let column = at - bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let message = format!(
            "le texte n'est pas en UTF-8 : octet 0x{:02X} à la position {} de la ligne (octet {at} du fichier).",
            bytes.get(at).copied().unwrap_or_default(),
            column + 1,
        );
        vec![Problem::new(file, Some(line), "", message, "Enregistrez le fichier en UTF-8 depuis votre éditeur.")]
    })
}

/// The front matter and the body, each with the line it starts on.
fn split<'a>(file: &str, text: &'a str) -> Result<(&'a str, usize, &'a str, usize), Vec<Problem>> {
    let fault = |line, message: &str, remedy: &str| Err(vec![Problem::new(file, Some(line), "", message, remedy)]);
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == FENCE) else {
        return fault(1, "la première ligne doit être « +++ ».", "Commencez le fichier par une ligne « +++ ».");
    };
    let mut end = first.len();
    for (rank, line) in lines.enumerate() {
        if line.trim_end() == FENCE {
            return Ok((&text[first.len()..end], 2, &text[end + line.len()..], rank + 3));
        }
        end += line.len();
    }
    fault(1, "la fiche n'est pas fermée.", "Mettez une ligne « +++ » entre la fiche et la réponse.")
}

fn check_id(reader: &mut Reader<'_>, id: &str, line: usize) {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.chars().all(allowed) {
        let message = format!("« {id} » n'est pas un identifiant.");
        reader.problem(Some(line), "id", &message, "Minuscules sans accent, chiffres et tirets seulement.");
    }
}

fn is_fiche(text: &str) -> bool {
    let mut chars = text.chars();
    matches!(chars.next(), Some('F' | 'N' | 'R')) && text.len() > 1 && chars.all(|c| c.is_ascii_digit())
}

fn status(reader: &mut Reader<'_>, top: &Table<'_, '_>) -> Option<Status> {
    let (name, span) =
        reader.text(top, "status", Some("Écrivez status = \"draft\", le temps de la faire approuver."))?;
    let status = Status::ALL.into_iter().find(|status| status.as_str() == name);
    if status.is_none() {
        let known = Status::ALL.map(Status::as_str);
        let remedy = match nearest(&name, known) {
            Some(near) => format!("Vouliez-vous dire « {near} » ?"),
            None => format!("Les statuts sont : {}.", known.join(", ")),
        };
        let line = reader.line(&span);
        reader.problem(Some(line), "status", &format!("statut inconnu « {name} »."), &remedy);
    }
    status
}

fn questions(reader: &mut Reader<'_>, top: &Table<'_, '_>, draft: bool) -> Vec<String> {
    let remedy = "Écrivez questions = [\"…\"], au moins huit façons de demander.";
    let questions = reader.texts(top, "questions", (!draft).then_some(remedy));
    if questions.is_empty()
        && !draft
        && let Some((key, _)) = top.fields.get_key_value("questions")
    {
        let line = reader.line(&key.span());
        reader.problem(Some(line), "questions", "aucune façon de demander.", remedy);
    }
    plain(questions)
}

/// Why only a human treats the entry.
fn human(reader: &mut Reader<'_>, top: &Table<'_, '_>) -> Option<Human> {
    let (name, span) = reader.text(top, "handover", None)?;
    let human = Human::named(&name);
    if human.is_none() {
        let line = reader.line(&span);
        let message = format!("« {name} » n'est pas une raison de passer l'appel à un agent.");
        let remedy = match nearest(&name, Human::all().map(Human::name)) {
            Some(near) => format!("Vouliez-vous dire « {near} » ?"),
            None => format!("Choisissez : {}.", Human::all().map(Human::name).collect::<Vec<_>>().join(", ")),
        };
        reader.problem(Some(line), "handover", &message, &remedy);
    }
    human
}

fn sources(reader: &mut Reader<'_>, top: &Table<'_, '_>) -> Vec<Source> {
    let mut sources = Vec::new();
    for table in reader.tables(top, "source") {
        reader.refuse_unknown(&table, &["fiche", "address", "checked", "state"]);
        let fiche = reader.text(&table, "fiche", None).map(|(fiche, _)| fiche);
        let address = reader.text(&table, "address", Some("Écrivez address = \"https://…\", où le texte se lit."));
        let checked = reader.date(&table, "checked", Some("Écrivez checked = 2026-01-31, le jour de la lecture."));
        let state = reader.date(&table, "state", None);
        if let (Some((address, _)), Some(checked)) = (address, checked) {
            sources.push(Source { fiche, address, checked, state });
        }
    }
    sources
}

fn facets(reader: &mut Reader<'_>, top: &Table<'_, '_>, variables: &Variables, draft: bool) -> Vec<EntryFacet> {
    let mut facets: Vec<EntryFacet> = Vec::new();
    for table in reader.tables(top, "facet") {
        reader.refuse_unknown(&table, &["kind", "questions", "answer"]);
        let kind = reader.text(&table, "kind", Some("Écrivez kind = \"cout\", par exemple."));
        let questions = plain(reader.texts(&table, "questions", None));
        let answer = reader.text(&table, "answer", Some("Écrivez answer = \"…\", ce que la ligne dit."));
        if let Some((text, span)) = &answer {
            check_variables(reader, text, Placed::Written(span.clone()), &label(&table, "answer"), variables);
            if unsorted(text).is_some() && !draft {
                let rank = unsorted(reader.written(span)).unwrap_or(0);
                refuse_unsorted(reader, reader.line(span) + rank, &label(&table, "answer"));
            }
        }
        let Some((kind, span)) = kind else { continue };
        let line = reader.line(&span);
        if !FACET_KINDS.contains(&kind.as_str()) && questions.is_empty() {
            let remedy = match nearest(&kind, FACET_KINDS) {
                Some(near) => format!("Vouliez-vous dire « {near} » ?"),
                None => format!("Ajoutez ses questions, ou prenez : {}.", FACET_KINDS.join(", ")),
            };
            reader.problem(Some(line), "facet.kind", &format!("facette inconnue « {kind} »."), &remedy);
        }
        if facets.iter().any(|facet| facet.kind == kind) {
            let message = format!("la facette « {kind} » est déjà écrite.");
            reader.problem(Some(line), "facet.kind", &message, "Gardez-en une seule.");
        }
        if let Some((answer, _)) = answer {
            facets.push(EntryFacet { kind, questions, answer });
        }
    }
    facets
}

fn distinguish(reader: &mut Reader<'_>, top: &Table<'_, '_>) -> Vec<Distinguish> {
    let mut others = Vec::new();
    for table in reader.tables(top, "distinguish") {
        reader.refuse_unknown(&table, &["entry", "question"]);
        let entry = reader.text(&table, "entry", Some("Écrivez entry = \"…\", l'identifiant de l'autre démarche."));
        let question = reader.text(&table, "question", Some("Écrivez question = \"…\", ce qui les départage."));
        if let (Some((entry, _)), Some((question, _))) = (entry, question) {
            others.push(Distinguish { entry, question });
        }
    }
    others
}

fn answer(reader: &mut Reader<'_>, body: &str, body_line: usize, variables: &Variables, draft: bool) -> String {
    if body.trim().is_empty() && !draft {
        reader.problem(Some(body_line), "", "la réponse est vide.", "Écrivez-la après la seconde ligne « +++ ».");
    }
    if let Some(rank) = unsorted(body).filter(|_| !draft) {
        refuse_unsorted(reader, body_line + rank, "");
    }
    check_variables(reader, body, Placed::Body(body_line), "", variables);
    body.trim().to_owned()
}

/// What a fiche says to some only is not to be said to all.
fn refuse_unsorted(reader: &mut Reader<'_>, line: usize, field: &str) {
    let message = "un passage de la fiche officielle reste à trier (il ne vaut peut-être que pour certains).";
    let remedy =
        "Gardez ce qui vaut pour tous, ou faites une réponse par cas ; puis retirez les signes >>>, <<< et ###.";
    reader.problem(Some(line), field, message, remedy);
}

/// Where a text stands, to find the line of a variable in it.
enum Placed {
    /// A value of the front matter, by its span.
    Written(Range<usize>),
    /// The body, by its first line.
    Body(usize),
}

fn check_variables(reader: &mut Reader<'_>, text: &str, placed: Placed, field: &str, variables: &Variables) {
    let Err(errors) = fill(text, variables) else { return };
    for error in errors {
        let line = match &placed {
            Placed::Body(first) => first + text[..error.at()].matches('\n').count(),
            // The value may hold escapes, so its offsets are not the file's: look for the braces as written.
            Placed::Written(span) => {
                let wanted = match &error {
                    VariableError::Unknown { name, .. } => name.as_str(),
                    VariableError::Unclosed { .. } => "{{",
                };
                reader.line_at(span.start + reader.written(span).find(wanted).unwrap_or(0))
            }
        };
        let remedy = "Les variables sont les clés de la section [mairie] de la configuration.";
        reader.problem(Some(line), field, &format!("{error}."), remedy);
    }
}

fn plain(texts: Vec<(String, Range<usize>)>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text).collect()
}
