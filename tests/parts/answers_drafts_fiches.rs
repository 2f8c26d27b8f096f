//! An official fiche becomes a draft that says everything it says, and nothing to all that it says to some.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use standardiste::answers::drafts::{CASE, CASE_END, Draft, PART, Settings, load_drafts, markdown};
use standardiste::answers::{Problem, Status, Variables, load_dir};

const TODAY: Date = date(2026, 11, 22);

fn settings() -> Settings {
    Settings { today: TODAY, department: "etat-civil".into() }
}

fn load(path: &Path) -> Result<Draft, Vec<Problem>> {
    let drafts = load_drafts([path], &Variables::new(), &settings()).map_err(|problems| problems.0)?;
    let [draft] = drafts.try_into().expect("one draft a fiche");
    Ok(draft)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fiches").join(name)
}

fn written(name: &str, content: impl AsRef<[u8]>) -> Result<Draft, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    load(&path)
}

fn xml(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Publication xmlns:dc=\"http://purl.org/dc/elements/1.1/\" ID=\"F1\" \
         type=\"Fiche d'information\">\n<dc:title>Titre</dc:title>\n{body}\n</Publication>"
    )
}

/// The lines that would be said to everybody.
fn said_to_all(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        inside |= line.starts_with(CASE);
        if !inside && !line.starts_with(PART) {
            lines.push(line);
        }
        inside &= line != CASE_END;
    }
    assert!(!inside, "a case is not closed: {text}");
    lines
}

/// The lines under a condition, with the condition.
fn under(text: &str, condition: &str) -> Vec<String> {
    let blocks = text.split(CASE).skip(1).filter(|block| block.lines().next().unwrap().contains(condition));
    blocks.flat_map(|block| block.lines().skip(1).take_while(|line| *line != CASE_END).map(str::to_owned)).collect()
}

#[test]
fn the_json_and_the_xml_of_a_fiche_give_the_same_draft() {
    let (from_json, from_xml) = (load(&fixture("F1342.json")).unwrap(), load(&fixture("F1342.xml")).unwrap());
    assert_eq!(from_json.entry, from_xml.entry);
    let entry = from_json.entry;
    assert_eq!(entry.status, Status::Draft);
    assert_eq!(entry.service_public, ["F1342"]);
    assert_eq!(entry.sources[0].state, Some(date(2020, 7, 21)));
    assert_eq!(entry.sources[0].checked, TODAY);
    assert!(entry.sources[0].address.ends_with("/F1342"));
    assert_eq!(entry.title, "Carte d'identité d'un mineur : première demande");
}

#[test]
fn what_a_fiche_says_in_a_situation_is_never_said_to_all() {
    // All of this fiche stands in two situations: in France, abroad.
    let entry = load(&fixture("F1342.json")).unwrap().entry;
    let texts = || entry.facets.iter().map(|facet| facet.answer.as_str()).chain([entry.answer.as_str()]);
    for text in texts() {
        let general: Vec<&str> = said_to_all(text).into_iter().filter(|line| !line.contains(" : ")).collect();
        assert!(general.is_empty(), "{general:#?}");
    }
    let pieces = &entry.facets.iter().find(|facet| facet.kind == "pieces").unwrap().answer;
    let old = under(
        pieces,
        "Demande en France ; et si : L'enfant a un passeport périmé ; et si : Passeport périmé depuis + de 5 ans",
    );
    assert!(old.iter().any(|line| line.contains("Justificatif de nationalité française")), "{old:#?}");
    assert!(!old.contains(&"- Passeport de l'enfant".to_owned()), "{old:#?}");
    let recent = under(pieces, "Passeport périmé depuis moins de 5 ans");
    assert!(recent.contains(&"- Passeport de l'enfant".to_owned()), "{recent:#?}");
    let cost = &entry.facets.iter().find(|facet| facet.kind == "cout").unwrap().answer;
    assert_eq!(under(cost, "À l'étranger"), ["La carte d'identité est gratuite."]);
}

#[test]
fn what_stands_before_the_branches_is_general_and_each_branch_of_a_branch_keeps_the_whole_chain() {
    let entry = load(&fixture("F14807.json")).unwrap().entry;
    let general = said_to_all(&entry.answer);
    assert_eq!(general.len(), 1, "{general:#?}");
    assert!(general[0].contains("moins d'un an à la date de dépôt"));
    let hotel = under(&entry.answer, "Autre situation ; et si : Vous vivez à l'hôtel");
    assert_eq!(hotel.len(), 3, "{hotel:#?}");
    assert!(hotel[1].starts_with("- Attestation du gérant"));
    assert_eq!(
        entry.questions,
        std::slice::from_ref(&entry.title),
        "a question-and-answer fiche is titled as people ask"
    );

    let address = load(&fixture("F21224.xml")).unwrap().entry;
    assert!(said_to_all(&address.answer).is_empty(), "{}", address.answer);
    assert_eq!(under(&address.answer, "Pour un mineur").len(), 4);
}

#[test]
fn fragments_items_and_tables_with_a_condition_are_cases_too() {
    let condition = "<Condition><estVrai var=\"T1\"/></Condition>";
    let body = format!(
        "<Texte><Paragraphe>Pour <MiseEnEvidence>tous</MiseEnEvidence>.</Paragraphe>\
         <FragmentConditionne>{condition}<Paragraphe>Pour les uns.</Paragraphe></FragmentConditionne>\
         <Liste><Item><Paragraphe>Photo</Paragraphe></Item><Item>{condition}<Paragraphe>Visa</Paragraphe></Item></Liste>\
         <Chapitre>{condition}<Titre>Coût</Titre><Paragraphe>Gratuit</Paragraphe></Chapitre>\
         <Chapitre><Titre>Coût pour un mineur</Titre><Paragraphe><Valeur>17 €</Valeur></Paragraphe></Chapitre>\
         <Tableau><Titre>Tarifs</Titre><Rangée><Cellule><Paragraphe>Majeur</Paragraphe></Cellule>\
         <Cellule><Paragraphe>86 €</Paragraphe></Cellule></Rangée></Tableau></Texte>\
         <ServiceEnLigne URL=\"https://ants.example\" type=\"Téléservice\">{condition}<Titre>Pré-demande</Titre></ServiceEnLigne>"
    );
    let entry = written("F1.xml", xml(&body)).unwrap().entry;
    assert_eq!(said_to_all(&entry.answer), ["Pour tous.", "- Photo"]);
    assert_eq!(under(&entry.answer, "Tarifs"), ["Majeur ; 86 €"]);
    let facet = |kind: &str| &entry.facets.iter().find(|facet| facet.kind == kind).expect(kind).answer;
    assert_eq!(facet("cout").lines().last(), Some("17 €"));
    assert!(facet("cout").contains("### Coût pour un mineur") && !said_to_all(facet("cout")).contains(&"Gratuit"));
    assert!(said_to_all(facet("en-ligne")).is_empty());
}

#[test]
fn the_file_of_a_draft_reads_back_as_the_draft_and_cannot_be_published_as_it_is() {
    for name in ["F1342.json", "F14807.json", "F21224.xml"] {
        let draft = load(&fixture(name)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{}.md", draft.entry.id));
        let file = markdown(&draft);
        fs::write(&path, &file).unwrap();
        assert_eq!(load_dir(folder.path(), &Variables::new()).unwrap(), std::slice::from_ref(&draft.entry));

        fs::write(&path, file.replace("status = \"draft\"", "status = \"proposed\"")).unwrap();
        let problems = load_dir(folder.path(), &Variables::new()).unwrap_err().0;
        let sorted: Vec<&Problem> = problems.iter().filter(|problem| problem.message.contains("à trier")).collect();
        assert!(!sorted.is_empty(), "{problems:#?}");
        let marked = fs::read_to_string(&path).unwrap();
        for problem in sorted {
            let line = marked.lines().nth(problem.line.unwrap() - 1).unwrap();
            assert!([CASE, CASE_END, PART].iter().any(|mark| line.starts_with(mark)), "{problem}: {line}");
        }
    }
}

#[track_caller]
fn refused(name: &str, content: impl AsRef<[u8]>, line: usize, message: &str) {
    let problems = written(name, content).unwrap_err();
    let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
    assert_eq!(problem.line, Some(line), "{problem}");
    assert!(problem.message.contains(message) && problem.file.ends_with(name), "{problem}");
    assert!(!problem.remedy.is_empty());
}

#[test]
fn a_broken_fiche_is_refused_with_its_place() {
    refused("F1.xml", xml("<Texte>\n<Paragraphe>Bonjour</Texte>"), 5, "XML est incorrect");
    refused("F1.xml", b"<Publication>\n\n<a>\xe9</a></Publication>", 3, "UTF-8");
    refused("F1.xml", "", 1, "XML est incorrect");
    refused("F1.json", "{\n\"children\": [\n", 3, "JSON est incorrect");
    refused("F1.json", "{\"children\": []}", 1, "Publication");
    refused("F1.json", "[1, 2]", 1, "Publication");
    refused("F1.xml", "<rss/>", 1, "« rss »");
    refused("F1.xml", xml("").replace("Fiche d'information", "Dossier"), 1, "« Dossier »");
    refused("F1.xml", xml(""), 1, "pas de texte");
    refused("F1.xml", xml("<Texte/>").replace("ID=\"F1\"", ""), 1, "numéro");
    refused("F1.xml", xml("<Texte/>").replace("dc:title", "dc:date"), 1, "titre");
    let place = r#"{"children":[{"type":"element","name":"Publication","children":[{"type":"element","name":"Texte","children":7}]}]}"#;
    refused("F1.json", place, 1, "enfant 1 (Texte)");
}

#[test]
fn a_hostile_fiche_costs_nothing() {
    let deep = format!("<Texte>{}{}</Texte>", "<Liste>".repeat(100_000), "</Liste>".repeat(100_000));
    written("F1.xml", xml(&deep)).unwrap_err();
    let deep = format!("{}{}", "{\"name\":\"a\",\"children\":[".repeat(100_000), "]}".repeat(100_000));
    written("F1.json", deep).unwrap_err();
    let laughs = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><Publication>&b;</Publication>";
    written("F1.xml", laughs).unwrap_err();
}

#[test]
fn fiches_of_one_title_are_told_apart_by_their_numbers_and_one_fiche_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let fiche = xml("<Texte><Paragraphe>Oui.</Paragraphe></Texte>");
    let files = [("a.xml", fiche.clone()), ("b.xml", fiche.replace("F1", "F2")), ("c.xml", fiche.replace("F1", "F2"))];
    let paths = files.map(|(name, content)| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    });
    let load = |count: usize| load_drafts(paths[..count].iter().map(PathBuf::as_path), &Variables::new(), &settings());
    let ids: Vec<String> = load(2).unwrap().into_iter().map(|draft| draft.entry.id).collect();
    assert_eq!(ids, ["titre", "titre-f2"]);
    let problems = load(3).unwrap_err().0;
    assert!(problems[0].message.contains("déjà pris par") && problems[0].file.ends_with("c.xml"), "{problems:#?}");
}
