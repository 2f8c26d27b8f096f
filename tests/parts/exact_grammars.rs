//! The grammars of `grammars/`: what is exact is understood as people say it and as the recognizer writes it.

use std::collections::BTreeMap;

use standardiste::call::exact::{Exact, caller_number, ending, in_pairs};

use crate::support::exact;

#[test]
fn names_are_taken_out_of_what_surrounds_them() {
    let exact = exact();
    for (said, name) in [
        ("Je m'appelle Jean Martin.", "Jean Martin"),
        ("Euh, c'est Madame Le Goff.", "Madame Le Goff"),
        ("Oui bonjour, mon nom est Petit, merci.", "Petit"),
        ("Anne-Marie d'Ormesson", "Anne-Marie d'Ormesson"),
    ] {
        let found = exact.name(said).expect(said);
        assert_eq!((found.text.as_str(), found.spelled), (name, false), "«{said}»");
    }
    assert_eq!(exact.name("Euh, oui, bonjour."), None);
    assert!(exact.name.is_refused("Je préfère pas."));
}

#[test]
fn spelled_names_are_put_together() {
    let exact = exact();
    for (said, name) in [
        ("D U P O N T", "Dupont"),
        ("D-U-P-O-N-T.", "Dupont"),
        ("DUPONT, D, U, P, O, N, T", "Dupont"),
        ("dé u pé o enne té", "Dupont"),
        ("D comme Denise, U comme Ursule, P comme Pierre, O, N, T comme Thérèse", "Dupont"),
        ("B comme Denise, U, P de Pierre, O, N, T", "Dupont"),
        ("Martin, M A R T I N", "Martin"),
        ("M A deux L E T", "Mallet"),
        ("M A 2 L E T", "Mallet"),
        ("M A double L E T", "Mallet"),
        ("L E accent aigu V E accent circonflexe Q U E", "Lévêque"),
        ("J E A N trait d'union N O E tréma L", "Jean-Noël"),
        ("D apostrophe A L M E I D A", "D'Almeida"),
        ("double V A L T E R", "Walter"),
        ("i grec V O N", "Yvon"),
        ("Jean Dupond, D U P O N T", "Jean Dupont"),
        ("G comme girafe, U, Y", "Guy"),
    ] {
        let found = exact.name(said).expect(said);
        assert_eq!((found.text.as_str(), found.spelled), (name, true), "«{said}»");
    }
}

#[test]
fn a_name_is_read_back_letter_by_letter() {
    let exact = exact();
    assert_eq!(exact.letters("Dupont"), "dé, u, pé, o, enne, té");
    assert_eq!(exact.letters("Noël-Yé"), "enne, o, e tréma, elle, trait d'union, i grec, e accent aigu");
}

#[test]
fn misspelled_digits_are_put_right_where_a_number_is_meant() {
    let exact = exact();
    for said in [
        "zéro sis douze trente quatre cinquante six soixante dix wit",
        "06 12 34 56 soixante dis huit",
        "c'est le 05 12 34, non pardon, le 06 12 34 56 78",
        "le 06 12 34 56 78, oui le 06 12 34 56 78",
        "je suis au 12 rue des Lilas, mon numéro est le 06 12 34 56 78",
        "06, 12, 34, 56, 70 8",
        "zéro six douze trente-quatre cinquante-six soixante dix-huit",
        "6 12 34 56 78",
        "612345678",
    ] {
        assert_eq!(exact.telephone(said).as_deref(), Some("0612345678"), "«{said}»");
    }
    assert_eq!(exact.telephone("01 99 00 4 20 11 60 et 11").as_deref(), Some("0199009171"));
    assert_eq!(exact.telephone("le 06 12 34 56 78 ou le 07 12 34 56 78"), None, "two numbers are none");
    assert_eq!(exact.telephone("oui, c'est pour un livret"), None);
}

#[test]
fn dates_are_understood_in_numbers_and_misspelled() {
    let exact = exact();
    for said in [
        "le douze marse quatre-vingt-cinq",
        "douze, zéro trois, quatre-vingt-cinq",
        "12 03 1985",
        "12032085 non le 12 mars 1985",
        "12031985",
        "12-03-85",
        "12 mars 19 85",
        "le douze mars mille neuf cent quatre-vingt-cinq",
    ] {
        let date = exact.date(said).unwrap_or_else(|| panic!("«{said}»"));
        assert_eq!((date.day, date.month, date.year), (12, 3, Some(1985)), "«{said}»");
    }
    let date = exact.date("premier janvier deux mille quatre").expect("a date");
    assert_eq!((date.day, date.month, date.year), (1, 1, Some(2004)));
    assert_eq!(exact.date("06 12 34 56 78"), None);
    assert_eq!(exact.date("j'ai 3 enfants"), None);
}

#[test]
fn the_number_that_shows_is_read_from_the_signalling_or_not_at_all() {
    for from in [
        "0612345678",
        "sip:0612345678@pbx.example",
        "+33612345678",
        "\"x\" <x>:0612345678@pbx",
        "tel:+33-6-12-34-56-78",
    ] {
        assert_eq!(caller_number(from).as_deref(), Some("0612345678"), "{from}");
    }
    for from in ["", "anonymous", "sip:anonymous@anonymous.invalid", "appelant", "alice06", "101"] {
        assert_eq!(caller_number(from), None, "{from}");
    }
    assert_eq!((in_pairs("0612345608").as_str(), ending("0612345608").as_str()), ("06 12 34 56 08", "zéro huit"));
}

#[test]
fn a_fault_names_its_file_and_line() {
    let whole = |wrong: &'static str, text: &str| -> BTreeMap<&'static str, String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars");
        let read = |file: &'static str| std::fs::read_to_string(folder.join(file)).expect("a grammar file");
        Exact::FILES.map(|file| (file, if file == wrong { text.to_owned() } else { read(file) })).into()
    };
    for (file, text, line) in [
        ("telephone.toml", "prompt = \"\"\nrefuse = []\n", 2),
        ("digits.toml", "[misheard]\nsix = [\"sis\"\nsept = []\n", 2),
        ("spelling.toml", "links = []\ndoubled = []\n[letters]\nab = [\"abé\"]\n", 4),
    ] {
        let fault = Exact::parse(&whole(file, text)).expect_err(file);
        assert_eq!(fault.file, file);
        assert!((line - 1..=line + 1).contains(&fault.fault.line), "{fault}");
    }
}
