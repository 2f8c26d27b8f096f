//! The console is not put on a network in the clear.

use crate::configuration::{good, problems};

#[test]
fn an_address_that_others_reach_wants_https_before_it() {
    let told = problems("[console]\nlisten = \"0.0.0.0:8070\"\n", &[]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("en clair") && told[0].contains("public_url"), "{}", told[0]);
    let told = problems("[console]\nlisten = \"0.0.0.0:8070\"\npublic_url = \"http://console.ville.fr\"\n", &[]);
    assert_eq!(told.len(), 1, "{told:?}");

    let config = good("[console]\nlisten = \"0.0.0.0:8070\"\npublic_url = \"https://console.ville.fr\"\n", &[]);
    assert_eq!(config.console.public_url.as_deref(), Some("https://console.ville.fr"));
    good("[console]\nenabled = false\nlisten = \"0.0.0.0:8070\"\n", &[]);
    assert!(good("", &[]).console.listen.ip().is_loopback());
}

#[test]
fn a_public_address_with_a_path_is_refused() {
    let told = problems("[console]\npublic_url = \"https://ville.fr/console\"\n", &[]);
    assert!(told[0].contains("public_url") || told[0].contains("adresse d'un site"), "{told:?}");
}
