//! A variable goes before the file, and is held to the same rules.

use standardiste::config::{Codec, LogFormat};

use crate::configuration::{environment, file, good, load, problems};

#[test]
fn variables_go_before_the_file_and_are_typed() {
    let config = good(
        "[calls]\nmax_calls = 3\n",
        &[
            ("STANDARDISTE_CALLS__MAX_CALLS", "5"),
            ("STANDARDISTE_SIP__LISTEN_UDP", "127.0.0.1:5080"),
            ("STANDARDISTE_SIP__LISTEN_TCP", ""),
            ("STANDARDISTE_SIP__TRUSTED_PEERS", "192.0.2.1, 198.51.100.0/24"),
            ("STANDARDISTE_MEDIA__CODECS", "pcma,opus"),
            ("STANDARDISTE_KEEP__AUDIO", "oui"),
            ("STANDARDISTE_SPEAKING__SPEED", "1.2"),
            ("STANDARDISTE_OBSERVE__LOG_FORMAT", "JSON"),
            ("STANDARDISTE_MAIRIE__NOM", "Le Havre"),
            ("STANDARDISTE_CACHE", "/srv/cache"),
            ("STANDARD", "none of our business"),
        ],
    );
    assert_eq!(config.calls.max_calls, 5);
    assert_eq!(config.sip.listen_udp, Some("127.0.0.1:5080".parse().unwrap()));
    assert_eq!(config.sip.listen_tcp, None, "an empty value takes an optional key away");
    let peers: Vec<String> = config.sip.trusted_peers.iter().map(ToString::to_string).collect();
    assert_eq!(peers, ["192.0.2.1", "198.51.100.0/24"]);
    assert_eq!(config.media.codecs, [Codec::Pcma, Codec::Opus]);
    assert!(config.keep.audio);
    assert_eq!(config.speaking.speed, 1.2);
    assert_eq!(config.observe.log_format, LogFormat::Json);
    assert_eq!(config.mairie.name(), "Le Havre");
    assert_eq!(config.cache.to_str(), Some("/srv/cache"));
}

#[test]
fn a_destination_can_be_changed_or_added_by_its_number() {
    let text = "[[handover.destination]]\nuri = \"sip:a@b\"\nname = \"A\"\n";
    let config = good(
        text,
        &[
            ("STANDARDISTE_HANDOVER__DESTINATION__0__URI", "sip:changed@b"),
            ("STANDARDISTE_HANDOVER__DESTINATION__1__URI", "sip:added@b"),
            ("STANDARDISTE_HANDOVER__DESTINATION__1__NAME", "B"),
        ],
    );
    let uris: Vec<&str> = config.destinations.iter().map(|destination| destination.uri.as_str()).collect();
    assert_eq!(uris, ["sip:changed@b", "sip:added@b"]);
}

#[test]
fn a_wrong_variable_is_refused_by_its_name() {
    let found =
        problems("", &[("STANDARDISTE_CALLS__MAX_CALLS", "beaucoup"), ("STANDARDISTE_SIP_LISTEN_UDP", "0.0.0.0:1")]);
    assert_eq!(
        found,
        [
            "variable STANDARDISTE_CALLS__MAX_CALLS : calls.max_calls : attendu un nombre entier de 1 à 500, trouvé le texte « beaucoup ». \
         Remède : écrivez par exemple STANDARDISTE_CALLS__MAX_CALLS=8",
            "variable STANDARDISTE_SIP_LISTEN_UDP : sip_listen_udp : cette clé n'existe pas. Remède : vouliez-vous dire \
         STANDARDISTE_SIP__LISTEN_UDP ?",
        ]
    );
}

#[test]
fn a_password_comes_from_a_file_without_its_last_newline() {
    let secret = file("s3cret\n");
    let config = good(&format!("[sip.register]\npassword_file = \"{}\"\n", secret.path.display()), &[]);
    assert_eq!(config.register.password.unwrap().reveal(), "s3cret");

    let named = secret.path.to_str().unwrap();
    let config = good("[sip.register]\npassword = \"old\"\n", &[("STANDARDISTE_SIP__REGISTER__PASSWORD_FILE", named)]);
    assert_eq!(config.register.password.unwrap().reveal(), "s3cret", "the environment goes before the file");
    let both = format!("[sip.register]\npassword_file = \"{named}\"\n");
    let config = good(&both, &[("STANDARDISTE_SIP__REGISTER__PASSWORD", "new")]);
    assert_eq!(config.register.password.unwrap().reveal(), "new");
}

#[test]
fn two_passwords_a_missing_file_and_an_empty_one_are_told() {
    let secret = file("\n");
    let path = secret.path.display();
    let found = problems(&format!("[sip.register]\npassword = \"a\"\npassword_file = \"{path}\"\n"), &[]);
    assert!(found[0].contains("donnés tous les deux"), "{found:?}");
    let found = problems("[sip.register]\npassword_file = \"nowhere\"\n", &[]);
    assert!(found[0].starts_with("3 : sip.register.password_file") && found[0].contains("ne se lit pas"), "{found:?}");
    let found = problems(&format!("[sip.register]\npassword_file = \"{path}\"\n"), &[]);
    assert!(found[0].contains("est vide"), "{found:?}");
}

#[cfg(unix)]
#[test]
fn a_password_that_others_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let secret = file("s3cret");
    let text = format!("mairie.nom = \"Lyon\"\n[sip.register]\npassword_file = \"{}\"\n", secret.path.display());
    let configuration = file(text);
    for (mode, warnings) in [(0o600, 0), (0o644, 1)] {
        std::fs::set_permissions(&secret.path, std::fs::Permissions::from_mode(mode)).unwrap();
        let config = load(&configuration.path, &[]).unwrap();
        assert_eq!(config.warnings.len(), warnings, "{:?}", config.warnings);
        assert!(config.warnings.iter().all(|warning| warning.contains("chmod 600")), "{:?}", config.warnings);
    }
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_refused() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    let configuration = file("mairie.nom = \"Lyon\"\n");
    let mut variables = environment(&[]);
    variables.push(("STANDARDISTE_MAIRIE__NOM".into(), OsString::from_vec(vec![0xff])));
    let error = standardiste::config::Config::load(Some(&configuration.path), variables).unwrap_err();
    assert!(
        error.to_string().contains("STANDARDISTE_MAIRIE__NOM : mairie.nom : la valeur n'est pas en UTF-8"),
        "{error}"
    );
}
