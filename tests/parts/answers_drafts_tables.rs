//! A clerk's spreadsheet becomes drafts, whatever program saved it; a wrong cell is named with its line and column.

use std::fs;

use jiff::civil::{Date, date};
use standardiste::answers::drafts::{Draft, Settings, load_drafts, markdown};
use standardiste::answers::{Problem, Status, Variables, load_dir};

const TODAY: Date = date(2026, 11, 22);
const SHEET: &str =
    "Identifiant;Titre;Thème;Service;Libellé;Fiches;Questions;Réponse;Coût;Pour qui;Source;Source lue le;Relecture
cimetiere;Concession au cimetière;deces;cimetiere;une concession;F31001;\"je voudrais une concession
combien coûte une tombe\";\"La concession se demande à la mairie de {{mairie.nom}}.
Venez avec une pièce d'identité.\";Le tarif dépend de la durée.;;https://exemple.fr/concession;15/10/2026;31/01/2027
;;;;;;une place au cimetière | acheter une tombe;;;;;;
;Vide-grenier;;;;;;;;;;;
";

fn read(content: impl AsRef<[u8]>) -> Result<Vec<Draft>, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.csv");
    fs::write(&path, content).unwrap();
    let variables = Variables::from([("mairie.nom".to_owned(), "Saint-Exemple".to_owned())]);
    let settings = Settings { today: TODAY, department: "etat-civil".into() };
    load_drafts([path.as_path()], &variables, &settings).map_err(|problems| problems.0)
}

#[test]
fn a_row_is_an_entry_and_the_rows_below_it_add_questions() {
    let drafts = read(SHEET).unwrap();
    assert_eq!(drafts.len(), 2);
    let entry = &drafts[0].entry;
    assert_eq!((entry.id.as_str(), entry.status, entry.department.as_str()), ("cimetiere", Status::Draft, "cimetiere"));
    let questions =
        ["je voudrais une concession", "combien coûte une tombe", "une place au cimetière", "acheter une tombe"];
    assert_eq!(entry.questions, questions);
    assert_eq!(entry.service_public, ["F31001"]);
    assert_eq!((entry.facets[0].kind.as_str(), entry.facets.len()), ("cout", 1));
    assert_eq!(entry.sources[0].checked, date(2026, 10, 15));
    assert_eq!((entry.review, entry.sources[0].fiche.as_deref()), (date(2027, 1, 31), Some("F31001")));
    let bare = &drafts[1].entry;
    assert_eq!((bare.id.as_str(), bare.department.as_str(), bare.review), ("vide-grenier", "etat-civil", TODAY));
    assert_eq!((drafts[0].line, drafts[1].line), (2, 6));
}

#[test]
fn every_office_program_s_way_of_saving_is_read() {
    let entries = |drafts: Vec<Draft>| drafts.into_iter().map(|draft| draft.entry).collect::<Vec<_>>();
    let read = |content: &[u8]| entries(read(content).unwrap());
    let expected = read(SHEET.as_bytes());
    let windows: Vec<u8> = SHEET.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(read(&windows), expected, "Excel, CSV");
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(SHEET.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&wide), expected, "Excel, Unicode text");
    assert_eq!(read(format!("\u{feff}{SHEET}").replace('\n', "\r\n").as_bytes()).len(), 2, "Excel, CSV UTF-8");
    assert_eq!(read(SHEET.replace(';', "\t").as_bytes()), expected, "tabs");
    assert_eq!(read(SHEET.replace(';', ",").as_bytes()), expected, "LibreOffice, commas");
    let euro = read(b"titre;questions;r\xe9ponse\nStationnement;o\xf9 payer;C'est 2 \x80 \x97 l'\x9cuvre.\n");
    assert_eq!(euro[0].answer, "C'est 2 € — l'œuvre.");
}

#[test]
fn the_files_written_read_back_as_the_drafts() {
    let drafts = read(SHEET).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for draft in &drafts {
        fs::write(folder.path().join(format!("{}.md", draft.entry.id)), markdown(draft)).unwrap();
    }
    let variables = Variables::from([("mairie.nom".to_owned(), "Saint-Exemple".to_owned())]);
    let read: Vec<_> = drafts.into_iter().map(|draft| draft.entry).collect();
    assert_eq!(load_dir(folder.path(), &variables).unwrap(), read);
}

#[track_caller]
fn refused(content: impl AsRef<[u8]>, line: usize, field: &str, message: &str) {
    let problems = read(content).unwrap_err();
    let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
    assert_eq!((problem.line, problem.field.as_str()), (Some(line), field), "{problem}");
    assert!(problem.to_string().contains(message), "{problem}");
}

#[test]
fn a_wrong_cell_is_refused_with_its_line_and_column() {
    let row =
        |row: &str| format!("identifiant;titre;questions;réponse;fiches;relecture;source;source lue le\n\n{row}\n");
    refused("", 1, "", "vide");
    refused("titre;questions;réponce\n", 1, "réponce", "Vouliez-vous dire « réponse »");
    refused("titre;questions\n", 1, "réponse", "cette colonne manque");
    refused("titre;titre;questions;réponse\n", 1, "titre", "deux fois");
    refused(row("État civil;Titre;;;;;;"), 3, "identifiant", "« État civil »");
    refused(row(";T;;;1427;;;"), 3, "fiches", "« 1427 »");
    refused(row(";T;;;;31/02/2027;;"), 3, "relecture", "« 31/02/2027 »");
    refused(row(";T;;;;;https://x.fr;"), 3, "source lue le", "date absente");
    refused(row(";T;;Appelez le {{mairie.fax}}.;;;;"), 3, "réponse", "mairie.fax");
    refused(row(";T;;;;;;;Venez"), 3, "", "entre guillemets");
    refused(row("a;T;q;r;;;;\na;;q2;autre réponse;;;;"), 4, "", "continue l'entrée");
    refused(row("a;;q;;;;;"), 3, "titre", "titre absent");
}
