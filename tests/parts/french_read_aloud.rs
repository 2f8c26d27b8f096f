//! What staff write is put into words that the voice reads rightly.

use proptest::prelude::*;
use standardiste::french::{speakable, unpronounceable, written_out};

fn all(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(written, spoken)| {
            let got = written_out(written);
            (got != *spoken).then(|| format!("{written}\n  gave     {got}\n  expected {spoken}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn hours_and_opening_times_are_said() {
    all(&[
        ("14h30", "quatorze heures trente"),
        ("14 h", "quatorze heures"),
        ("à 14:30", "à quatorze heures trente"),
        ("9h-12h", "de neuf heures à douze heures"),
        ("9h00 - 12h00 et 13h30–17h", "de neuf heures à douze heures et de treize heures trente à dix-sept heures"),
        ("de 9 h à 12 h", "de neuf heures à douze heures"),
        ("lundi : 9-12h", "lundi : de neuf heures à douze heures"),
        ("entre 8h30-10h", "entre huit heures trente et dix heures"),
        ("à 1h du matin", "à une heure du matin"),
        ("21h01", "vingt et une heures une"),
        ("24h/24 et 7j/7", "vingt-quatre heures sur vingt-quatre et sept jours sur sept"),
        ("sous 48 heures", "sous quarante-huit heures"),
    ]);
}

#[test]
fn dates_are_said() {
    all(&[
        ("12/03/1985", "douze mars mille neuf cent quatre-vingt-cinq"),
        ("Le 1er mars", "Le premier mars"),
        ("le 1er mars 2024", "le premier mars deux mille vingt-quatre"),
        ("le 1 mai", "le premier mai"),
        ("2024-05-08", "huit mai deux mille vingt-quatre"),
        ("avant le 31/12/26.", "avant le trente et un décembre deux mille vingt-six."),
        ("le 3 sept. 2021", "le trois septembre deux mille vingt et un"),
    ]);
    assert!(!written_out("31/02/2024").contains("février"), "no calendar has this day");
}

#[test]
fn amounts_are_said() {
    all(&[
        ("17,20 €", "dix-sept euros vingt"),
        ("86 €", "quatre-vingt-six euros"),
        ("86\u{a0}€", "quatre-vingt-six euros"),
        ("1 234,50 euros", "mille deux cent trente-quatre euros cinquante"),
        ("1\u{202f}234,50\u{a0}€", "mille deux cent trente-quatre euros cinquante"),
        ("25,00 €", "vingt-cinq euros"),
        ("0,50 €", "cinquante centimes"),
        ("1 €", "un euro"),
        ("12 € 50", "douze euros cinquante"),
        ("2 000 000 €", "deux millions d'euros"),
        ("3 millions d'euros", "trois millions d'euros"),
        ("5 €/mois", "cinq euros par mois"),
        ("17€, 42€ ou 86€", "dix-sept euros, quarante-deux euros ou quatre-vingt-six euros"),
    ]);
}

#[test]
fn telephone_numbers_are_said_in_pairs() {
    all(&[
        ("01 23 45 67 89", "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf"),
        ("0612345678", "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"),
        ("06.00.05.10.71", "zéro six, zéro zéro, zéro cinq, dix, soixante et onze"),
        ("+33 1 99 00 12 34", "plus trente-trois, un, quatre-vingt-dix-neuf, zéro zéro, douze, trente-quatre"),
        ("+33 (0)6 12 34 56 78", "plus trente-trois, six, douze, trente-quatre, cinquante-six, soixante-dix-huit"),
        ("0 800 12 34 56", "zéro huit cents, douze, trente-quatre, cinquante-six"),
        ("Appelez le 3114.", "Appelez le trente et un quatorze."),
        ("le 39 39", "le trente-neuf trente-neuf"),
        ("le 15, le 112 ou le 116 006", "le quinze, le cent douze ou le cent seize, zéro zéro zéro six"),
    ]);
}

#[test]
fn ranks_and_centuries_are_said() {
    all(&[
        ("le XIXe siècle", "le dix-neuvième siècle"),
        ("au XXIᵉ siècle", "au vingt et unième siècle"),
        ("la 1re fois", "la première fois"),
        ("la 1ère demande", "la première demande"),
        ("le 2e étage", "le deuxième étage"),
        ("les 2èmes", "les deuxièmes"),
        ("la 2nde", "la seconde"),
        ("le 20e arrondissement", "le vingtième arrondissement"),
        ("Louis XIV", "Louis quatorze"),
        ("21 pièces, 1 copie", "vingt et une pièces, une copie"),
    ]);
}

#[test]
fn measures_and_shares_are_said() {
    all(&[
        ("25 %", "vingt-cinq pour cent"),
        ("2,5%", "deux virgule cinq pour cent"),
        ("35 mm x 45 mm", "trente-cinq sur quarante-cinq millimètres"),
        ("à 5 km", "à cinq kilomètres"),
        ("20 m²", "vingt mètres carrés"),
        ("50 km/h", "cinquante kilomètres par heure"),
        ("10 min", "dix minutes"),
        ("1 min", "une minute"),
        ("-3 °C", "moins trois degrés"),
        ("5 Mo", "cinq mégaoctets"),
    ]);
}

#[test]
fn addresses_of_the_web_are_dictated() {
    all(&[
        ("service-public.fr", "service tiret public point FR"),
        ("https://www.service-public.fr/particuliers", "service tiret public point FR barre particuliers"),
        ("Allez sur ants.gouv.fr.", "Allez sur ANTS point gouve point FR."),
        ("etat-civil@saint-aubin.example.fr", "état tiret civil arobase saint tiret aubin point example point FR"),
    ]);
    assert_eq!(speakable("sur service-public.fr."), "sur service tiret public point F R.");
}

#[test]
fn abbreviations_are_read_in_full() {
    all(&[
        ("M. Dupont et Mme Martin", "monsieur Dupont et madame Martin"),
        ("MM. Durand", "messieurs Durand"),
        ("Me Leroy", "maître Leroy"),
        ("3 bd Voltaire", "trois boulevard Voltaire"),
        ("12, av. de la République", "douze, avenue de la République"),
        ("n° 5", "numéro cinq"),
        ("le n°12", "le numéro douze"),
        ("les pièces n°s 3 et 4", "les pièces numéro trois et quatre"),
        ("l'art. 47", "l'article quarante-sept"),
        ("Prenez RDV, svp", "Prenez rendez-vous, s'il vous plaît"),
        ("carte, passeport, etc. Venez.", "carte, passeport, et cétéra. Venez."),
        ("cerfa n° 12100*02", "cerfa numéro douze mille cent, zéro deux"),
        ("M. et Mme Petit", "monsieur et madame Petit"),
    ]);
}

#[test]
fn what_has_no_sound_is_dropped_and_brackets_become_pauses() {
    all(&[
        ("dites « agent » ou tapez zéro", "dites, agent ou tapez zéro"),
        ("le « nom d'usage »", "le nom d'usage"),
        ("l’acte (gratuit) est prêt", "l'acte, gratuit, est prêt"),
        ("votre époux(se) né(e) ici", "votre époux né ici"),
        ("les agent·e·s", "les agent"),
        ("père/mère et/ou tuteur", "père ou mère ou tuteur"),
        ("la carte – ou le passeport – suffit", "la carte, ou le passeport, suffit"),
        ("Nom & prénom", "Nom et prénom"),
        ("- une photo\n- un justificatif", "une photo un justificatif"),
        ("Fini…", "Fini."),
        ("", ""),
    ]);
}

#[test]
fn acronyms_are_spelled_or_read_as_people_do() {
    for (written, spoken) in [
        ("la CNI", "la C N I"),
        ("l'ANTS", "l'A N T S"),
        ("un PACS", "un pax"),
        ("un Pacs", "un pax"),
        ("se pacser", "se paxer"),
        ("les pacsés", "les paxés"),
        ("un RIB de la CAF", "un rib de la caf"),
        ("l'INSEE et l'Insee", "l'inssé et l'inssé"),
        ("le TES", "le T E S"),
        ("un SMS.", "un S M S."),
        ("le formulaire CERFA", "le formulaire cerfa"),
        ("C.N.I.", "C N I"),
        ("RÉPUBLIQUE FRANÇAISE", "république française"),
        ("un QR code", "un Q R code"),
        ("le XZT", "le X Z T"),
        ("le CIDJ et le FISE", "le C I D J et le fise"),
        ("un certificat de non-Pacs", "un certificat de non-pax"),
        ("M. DUPONT", "monsieur dupont"),
    ] {
        assert_eq!(speakable(written), spoken, "{written}");
    }
}

/// espeak-ng's French sounds the t of « quatre-vingt-deux » written in words, and reads « 82 » rightly.
#[test]
fn the_eighties_are_left_in_digits_for_the_voice() {
    assert_eq!(speakable("82 euros"), "82 euros");
    assert_eq!(speakable("en 1985"), "en mille neuf cent 85");
    assert_eq!(speakable("91 ans"), "91 ans");
    assert_eq!(speakable("92 ans"), "quatre-vingt-douze ans");
    assert_eq!(speakable("80 €"), "quatre-vingts euros");
}

#[test]
fn what_no_voice_can_say_is_named() {
    assert_eq!(unpronounceable("Voir service-public.fr, 17,20 €, la CNI et l'acte n° 5."), Vec::<String>::new());
    assert!(!unpronounceable("le mot pfft").is_empty());
    assert!(!unpronounceable("Москва").is_empty());
}

proptest! {
    #[test]
    fn any_text_is_made_speakable_without_a_digit_out_of_place(text in ".{0,200}") {
        let spoken = speakable(&text);
        // Digits are left only where the voice reads them better than words.
        for number in spoken.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()) {
            let value: u64 = number.parse().unwrap();
            prop_assert!((81..=91).contains(&value), "{text:?} → {spoken:?}");
        }
    }

    #[test]
    fn what_is_read_aloud_is_read_once_for_all(text in "((?:[a-zà-ÿ]{1,6}|[0-9]{1,6}|[0-9]{1,3},[0-9]{1,2} €|[0-9]{1,2} h [0-5][0-9]|[1-9][0-9]? %|[2-9]e),? ){0,12}") {
        let once = written_out(&text);
        prop_assert_eq!(written_out(&once), once);
    }
}
