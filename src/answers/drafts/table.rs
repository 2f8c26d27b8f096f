//! A spreadsheet as drafts: a row an entry, further ways of asking on the rows below it.
//!
//! The columns are those of [`COLUMNS`], in any order, named by the first row. Separated by semicolons, commas or tabs,
//! in UTF-8, UTF-16 or Windows-1252, as the programs of an office save them.

use jiff::civil::Date;

use super::text::{decode, plain};
use super::{Draft, Settings, identifier};
use crate::answers::entry::{Entry, EntryFacet, Source, Status};
use crate::answers::problem::{Problem, nearest};
use crate::answers::variables::{Variables, fill};

/// What a column may hold, its French heading first; headings are compared without accents or capitals.
const COLUMNS: [(Column, &[&str]); 20] = [
    (Column::Id, &["identifiant", "id"]),
    (Column::Title, &["titre", "title"]),
    (Column::Theme, &["thème"]),
    (Column::Department, &["service", "department"]),
    (Column::Label, &["libellé", "label"]),
    (Column::Fiches, &["fiches", "fiche", "service public"]),
    (Column::Questions, &["questions", "question", "façons de demander"]),
    (Column::Keywords, &["mots clés", "keywords"]),
    (Column::Answer, &["réponse", "answer"]),
    (Column::Facet("pieces"), &["pièces", "pièces à fournir"]),
    (Column::Facet("cout"), &["coût", "prix"]),
    (Column::Facet("delai"), &["délai", "délais"]),
    (Column::Facet("ou"), &["où", "lieu"]),
    (Column::Facet("en-ligne"), &["en ligne", "en-ligne"]),
    (Column::Facet("pour-qui"), &["pour qui", "pour-qui"]),
    (Column::Author, &["auteur", "author"]),
    (Column::Review, &["relecture", "à relire", "review"]),
    (Column::Source, &["source", "adresse de la source"]),
    (Column::Checked, &["source lue le", "lue le"]),
    (Column::Remark, &["remarque", "remarques"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Title,
    Theme,
    Department,
    Label,
    Fiches,
    Questions,
    Keywords,
    Answer,
    Facet(&'static str),
    Author,
    Review,
    Source,
    Checked,
    Remark,
}

pub(super) fn read(
    file: &str,
    bytes: &[u8],
    variables: &Variables,
    settings: &Settings,
) -> Result<Vec<Draft>, Vec<Problem>> {
    let text = decode(bytes);
    let mut records = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut places = Places { text: &text, byte: 0, line: 1 };
    let mut sheet = Sheet { file, variables, settings, columns: Vec::new(), drafts: Vec::new(), problems: Vec::new() };
    for record in records.records() {
        match record {
            Ok(record) => {
                let line = places.line(record.position());
                let cells: Vec<&str> = record.iter().map(str::trim).collect();
                if cells.iter().all(|cell| cell.is_empty()) {
                } else if sheet.columns.is_empty() {
                    sheet.head(&cells, line);
                } else {
                    sheet.row(&cells, line);
                }
            }
            Err(error) => {
                let line = places.line(error.position());
                sheet.problem(Some(line), "", format!("ligne illisible ({error})."), "Vérifiez ses guillemets.");
            }
        }
        // Without its columns, nothing of a table can be understood.
        if sheet.columns.is_empty() && !sheet.problems.is_empty() {
            break;
        }
    }
    if sheet.drafts.is_empty() && sheet.problems.is_empty() {
        let remedy = "La première ligne nomme les colonnes : identifiant, titre, questions, réponse…";
        sheet.problem(Some(1), "", "le tableau est vide.".to_owned(), remedy);
    }
    if sheet.problems.is_empty() { Ok(sheet.drafts) } else { Err(sheet.problems) }
}

/// The separator that the first line holds most of: a French spreadsheet's semicolon, a comma, a tab.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    [b';', b',', b'\t'].into_iter().max_by_key(|sign| head.bytes().filter(|byte| byte == sign).count()).unwrap_or(b';')
}

/// Finds the lines of records: the reader's own place of one is before the empty lines above it.
struct Places<'a> {
    text: &'a str,
    byte: usize,
    line: usize,
}

impl Places<'_> {
    /// Records are asked for in their order.
    fn line(&mut self, place: Option<&csv::Position>) -> usize {
        let start = place.and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(self.byte);
        let rest = self.text.get(start..).unwrap_or_default();
        let first = start + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let passed = self.text.get(self.byte..first).unwrap_or_default();
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.byte = first.max(self.byte);
        self.line
    }
}

struct Sheet<'a> {
    file: &'a str,
    variables: &'a Variables,
    settings: &'a Settings,
    columns: Vec<Column>,
    drafts: Vec<Draft>,
    problems: Vec<Problem>,
}

impl Sheet<'_> {
    fn problem(&mut self, line: Option<usize>, field: &str, message: String, remedy: &str) {
        self.problems.push(Problem::new(self.file, line, field, message, remedy));
    }

    fn head(&mut self, cells: &[&str], line: usize) {
        let mut columns = Vec::new();
        for cell in cells {
            let name = plain(cell).replace('_', " ");
            let known =
                COLUMNS.iter().find(|(_, names)| names.iter().any(|known| plain(known) == name)).map(|(c, _)| *c);
            match known {
                Some(column) if columns.contains(&column) => {
                    let message = "colonne donnée deux fois.".to_owned();
                    self.problem(Some(line), cell, message, "Gardez-en une seule.");
                }
                Some(column) => columns.push(column),
                // Columns left empty on the right are no columns.
                None if name.is_empty() => columns.push(Column::Remark),
                None => {
                    let names = COLUMNS.iter().map(|(_, names)| names[0]);
                    let remedy = match nearest(&name, names.clone()) {
                        Some(near) => format!("Vouliez-vous dire « {near} » ?"),
                        None => format!("Les colonnes permises sont : {}.", names.collect::<Vec<_>>().join(", ")),
                    };
                    self.problem(Some(line), cell, "colonne inconnue.".to_owned(), &remedy);
                }
            }
        }
        if !self.problems.is_empty() {
            return;
        }
        for (column, name) in [(Column::Title, "titre"), (Column::Questions, "questions"), (Column::Answer, "réponse")]
        {
            if !columns.contains(&column) {
                let remedy = "La première ligne nomme les colonnes.";
                self.problem(Some(line), name, "cette colonne manque.".to_owned(), remedy);
            }
        }
        if self.problems.is_empty() {
            self.columns = columns;
        }
    }

    fn row(&mut self, cells: &[&str], line: usize) {
        if let Some(extra) = cells.iter().skip(self.columns.len()).find(|cell| !cell.is_empty()) {
            let message = format!("« {extra} » est au-delà de la dernière colonne.");
            let remedy = "Si le texte contient le séparateur, la cellule doit être entre guillemets.";
            self.problem(Some(line), "", message, remedy);
            return;
        }
        let columns = self.columns.clone();
        let cell = |wanted: Column| {
            let at = columns.iter().position(|column| *column == wanted);
            at.and_then(|at| cells.get(at)).copied().unwrap_or_default()
        };
        let (id, title) = (cell(Column::Id), cell(Column::Title));
        let same = self.drafts.iter().rposition(|draft| draft.entry.id == id);
        let continued = if id.is_empty() && title.is_empty() { self.drafts.len().checked_sub(1) } else { same };
        let Some(at) = continued else {
            if title.is_empty() {
                self.problem(Some(line), "titre", "titre absent.".to_owned(), "Écrivez le titre de la démarche.");
            } else {
                self.entry(&cell, line);
            }
            return;
        };
        let more = [Column::Questions, Column::Keywords, Column::Id, Column::Remark];
        let other = columns.iter().zip(cells).find(|(column, cell)| !more.contains(column) && !cell.is_empty());
        if let Some((_, text)) = other {
            let message = format!("« {text} » est sur une ligne qui continue l'entrée précédente.");
            let remedy =
                "Une ligne sans identifiant ni titre n'ajoute que des questions ; sinon, donnez-lui les siens.";
            self.problem(Some(line), "", message, remedy);
            return;
        }
        let entry = &mut self.drafts[at].entry;
        entry.questions.extend(list(cell(Column::Questions)));
        entry.keywords.extend(list(cell(Column::Keywords)));
    }

    fn entry<'c>(&mut self, cell: &impl Fn(Column) -> &'c str, line: usize) {
        let title = cell(Column::Title);
        let id = match cell(Column::Id) {
            "" => identifier(title),
            id => id.to_owned(),
        };
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            let message = format!("« {id} » n'est pas un identifiant.");
            self.problem(Some(line), "identifiant", message, "Minuscules sans accent, chiffres et tirets seulement.");
        }
        let fiches: Vec<String> = words(cell(Column::Fiches));
        for fiche in &fiches {
            let number = fiche.strip_prefix(['F', 'N', 'R']).is_some_and(|rest| rest.parse::<u32>().is_ok());
            if !number {
                let message = format!("« {fiche} » n'est pas un numéro de fiche.");
                self.problem(Some(line), "fiches", message, "Il s'écrit comme « F1427 ».");
            }
        }
        let mut said = vec![("réponse", cell(Column::Answer).to_owned())];
        let mut facets = Vec::new();
        for (column, names) in COLUMNS {
            let (Column::Facet(kind), text) = (column, cell(column)) else { continue };
            if !text.is_empty() {
                said.push((names[0], text.to_owned()));
                facets.push(EntryFacet { kind: kind.to_owned(), questions: Vec::new(), answer: text.to_owned() });
            }
        }
        for (column, text) in &said {
            for error in fill(text, self.variables).err().into_iter().flatten() {
                let remedy = "Les variables sont les clés de la section [mairie] de la configuration.";
                self.problem(Some(line), column, format!("{error}."), remedy);
            }
        }
        let sources = self.source(cell(Column::Source), cell(Column::Checked), &fiches, line);
        let review = self.date(cell(Column::Review), "relecture", line).unwrap_or(self.settings.today);
        let department = match cell(Column::Department) {
            "" => self.settings.department.clone(),
            department => department.to_owned(),
        };
        let entry = Entry {
            id,
            title: title.to_owned(),
            theme: cell(Column::Theme).to_owned(),
            department,
            status: Status::Draft,
            label: cell(Column::Label).to_owned(),
            service_public: fiches,
            sources,
            questions: list(cell(Column::Questions)),
            keywords: list(cell(Column::Keywords)),
            facets,
            distinguish: Vec::new(),
            human: None,
            author: cell(Column::Author).to_owned(),
            approver: None,
            valid_from: None,
            valid_until: None,
            review,
            answer: cell(Column::Answer).to_owned(),
        };
        let mut notes = vec!["BROUILLON tiré d'un tableau : à relire, puis à faire approuver.".to_owned()];
        notes.extend(cell(Column::Remark).lines().map(|line| format!("Remarque : {line}")));
        self.drafts.push(Draft { entry, notes, file: self.file.to_owned(), line });
    }

    fn source(&mut self, address: &str, checked: &str, fiches: &[String], line: usize) -> Vec<Source> {
        let checked = self.date(checked, "source lue le", line);
        if address.is_empty() {
            return Vec::new();
        }
        let Some(checked) = checked else {
            let remedy = "Écrivez dans « source lue le » le jour où ce texte a été lu.";
            self.problem(Some(line), "source lue le", "date absente.".to_owned(), remedy);
            return Vec::new();
        };
        let fiche = if let [fiche] = fiches { Some(fiche.clone()) } else { None };
        vec![Source { fiche, address: address.to_owned(), checked, state: None }]
    }

    /// `2027-01-31`, or `31/01/2027` as a French spreadsheet writes it; none for an empty cell or a wrong one.
    fn date(&mut self, cell: &str, column: &str, line: usize) -> Option<Date> {
        if cell.is_empty() {
            return None;
        }
        let date = cell.parse().ok().or_else(|| Date::strptime("%d/%m/%Y", cell).ok());
        if date.is_none() {
            let message = format!("« {cell} » n'est pas une date.");
            self.problem(Some(line), column, message, "Écrivez 31/01/2027, ou 2027-01-31.");
        }
        date
    }
}

/// The items of a cell: one a line, or separated by bars.
fn list(cell: &str) -> Vec<String> {
    cell.split(['\n', '\r', '|']).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn words(cell: &str) -> Vec<String> {
    let signs = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
    cell.split(signs).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
