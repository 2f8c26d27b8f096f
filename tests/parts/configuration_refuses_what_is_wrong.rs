//! Whatever is wrong in a configuration is told in French with its place and its remedy, all of it at once.

use standardiste::config::{Config, ConfigError};

use crate::configuration::{environment, file, good, load, problems};

#[test]
fn every_problem_is_told_at_once_in_the_file_s_order() {
    let found = problems(
        "[sip]\nlisten_upd = \"0.0.0.0:5060\"\nlisten_tcp = 5060\n[calls]\nmax_calls = 0\nretry_after_s = \"vite\"\n[turn]\nend_of_turn_ms = 100\n",
        &[("STANDARDISTE_CALLS__MAX_DURATION", "60")],
    );
    assert_eq!(
        found,
        [
            "3 : sip.listen_upd : cette clé n'existe pas. Remède : vouliez-vous dire « sip.listen_udp » ?",
            "4 : sip.listen_tcp : attendu une adresse IP et un port entre guillemets, par exemple \"127.0.0.1:5060\", trouvé le nombre 5060. \
         Remède : écrivez par exemple listen_tcp = \"0.0.0.0:5060\"",
            "6 : calls.max_calls : attendu un nombre entier de 1 à 500, trouvé le nombre 0. Remède : écrivez par exemple max_calls = 8",
            "7 : calls.retry_after_s : attendu un nombre entier de 1 à 3600, trouvé le texte \"vite\". Remède : écrivez par exemple \
         retry_after_s = 30",
            "9 : turn.end_of_turn_ms : attendu un nombre entier de 200 à 3000, trouvé le nombre 100. Remède : écrivez par exemple \
         end_of_turn_ms = 500",
            "variable STANDARDISTE_CALLS__MAX_DURATION : calls.max_duration : cette clé n'existe pas. Remède : vouliez-vous dire \
         STANDARDISTE_CALLS__MAX_DURATION_S ?",
        ]
    );
}

#[test]
fn an_unknown_section_is_one_problem_and_the_nearest_is_named() {
    let found = problems("[hearnig]\nmodel = \"x\"\nthreads = 2\n[nothing-like-it]\n", &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("2 : hearnig : cette clé n'existe pas. Remède : vouliez-vous dire « hearing »"),
        "{found:?}"
    );
    assert!(found[1].starts_with("5 : nothing-like-it : ") && found[1].contains("docs/configuration.md"), "{found:?}");
}

#[test]
fn a_key_in_the_wrong_section_is_told_where_it_belongs() {
    let found = problems("[calls]\ntranscripts_days = 3\n", &[]);
    assert!(found[0].ends_with("vouliez-vous dire « keep.transcripts_days » ?"), "{found:?}");
}

#[test]
fn a_key_taken_for_a_section_and_a_section_for_a_key_are_told() {
    let found = problems("sip = 5060\n[calls.max_calls]\nlimit = 3\n", &[]);
    assert!(found[0].starts_with("2 : sip : c'est une section, et non une clé"), "{found:?}");
    assert!(
        found[1].starts_with("3 : calls.max_calls") && found[1].contains("est une clé, et non une section"),
        "{found:?}"
    );
}

#[test]
fn keys_that_disagree_are_told() {
    let found = problems(
        "[media]\nport_min = 3000\nport_max = 2000\n[decision]\nwrong_answer = 2.0\n[sip]\nlisten_udp = \"\"\nlisten_tcp = \"\"\n",
        &[],
    );
    let starts = ["4 : media.port_max", "6 : decision.wrong_answer", "8 : sip.listen_udp"];
    assert_eq!(found.len(), starts.len(), "{found:?}");
    for start in starts {
        assert!(found.iter().any(|problem| problem.starts_with(start)), "{start} is not in {found:?}");
    }
}

#[test]
fn a_town_without_a_name_and_a_destination_without_an_address_are_told() {
    let wrong = file(
        "[[handover.destination]]\nname = \"Accueil\"\n\n[[handover.destination]]\nuri = \"accueil\"\nname = \"Accueil\"\n",
    );
    let text = load(&wrong.path, &[]).unwrap_err().to_string();
    assert!(text.starts_with("La configuration ne convient pas : 3 problèmes.\n"), "{text}");
    assert!(text.contains("mairie.nom : cette clé manque"), "{text}");
    assert!(text.contains(":1 : handover.destination.0.uri : cette clé manque"), "{text}");
    assert!(text.contains(":5 : handover.destination.1.uri : « accueil » n'est pas une adresse SIP"), "{text}");
}

#[test]
fn what_is_not_toml_is_told_with_every_line() {
    let found = problems("[sip]\nlisten_udp = 0.0.0.0:5060\n[calls]\nmax_calls = \n", &[]);
    assert!(found.iter().any(|problem| problem.starts_with("3 : ce n'est pas du TOML")), "{found:?}");
    assert!(found.iter().any(|problem| problem.starts_with("5 : ce n'est pas du TOML")), "{found:?}");
    let twice = problems("[calls]\nmax_calls = 1\nmax_calls = 2\n", &[]);
    assert_eq!(twice, ["4 : cette clé ou cette section est écrite deux fois. Remède : n'en gardez qu'une."]);
}

#[test]
fn a_file_in_latin_1_is_told_with_its_line() {
    let latin = file(b"[mairie]\nnom = \"Orl\xe9ans\"\n");
    let text = load(&latin.path, &[]).unwrap_err().to_string();
    assert!(text.contains("line.toml:2 : ce ne sont pas des caractères UTF-8"), "{text}");
}

#[test]
fn without_a_file_the_message_says_where_it_looked_and_what_to_do() {
    let error = Config::load(Some("/nowhere/line.toml".as_ref()), environment(&[])).unwrap_err();
    assert!(matches!(error, ConfigError::NotFound(_)), "{error:?}");
    let text = error.to_string();
    for part in ["/nowhere/line.toml", "config/standardiste.toml", "--config", "STANDARDISTE_CONFIG"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let named = Config::load(None, environment(&[("STANDARDISTE_CONFIG", "/nowhere/too.toml")])).unwrap_err();
    assert!(named.to_string().contains("/nowhere/too.toml"), "{named}");
}

#[test]
fn numbers_beyond_any_size_and_foreign_types_are_refused_quietly() {
    for value in ["99999999999999999999999", "-1", "1.5", "nan", "true", "1979-05-27", "[1, 2]", "{ a = 1 }"] {
        let found = problems(&format!("[calls]\nmax_calls = {value}\n"), &[]);
        assert!(found[0].starts_with("3 : calls.max_calls"), "{value}: {found:?}");
    }
}

#[test]
fn no_message_ever_shows_a_password() {
    let found = problems(
        "[sip.register]\npassword = 123456\nusername = 7\n",
        &[("STANDARDISTE_SIP__REGISTER__PASSWORDS", "hunter2")],
    );
    let text = found.join("\n");
    assert!(text.contains("sip.register.password : attendu un texte entre guillemets, trouvé le nombre"), "{text}");
    assert!(!text.contains("123456") && !text.contains("hunter2"), "{text}");
    let config = good("[sip.register]\npassword = \"hunter2\"\n", &[]);
    assert!(!format!("{config:?}").contains("hunter2"));
}
