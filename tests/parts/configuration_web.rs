//! The browser's section: what would starve the telephone, or could not work, is refused.

use crate::configuration::{good, problems};

#[test]
fn browsers_have_half_of_the_places_unless_told() {
    let config = good("[calls]\nmax_calls = 9\n", &[]);
    assert_eq!(config.web.calls(&config.calls), 4);
    let config = good("[calls]\nmax_calls = 1\n", &[]);
    assert_eq!(config.web.calls(&config.calls), 0, "the only place is the telephone's");
    let config = good("[calls]\nmax_calls = 9\n[web]\nmax_calls = 8\n", &[]);
    assert_eq!(config.web.calls(&config.calls), 8);
}

#[test]
fn a_telephone_without_a_place_is_refused() {
    let found = problems("[calls]\nmax_calls = 4\n[web]\nmax_calls = 4\n", &[]);
    assert_eq!(
        found,
        [
            "5 : web.max_calls : 4 appels de navigateurs sur 4 en tout : le téléphone n'aurait plus de place. Remède : 3 au plus, ou \
              augmentez [calls] max_calls ; 0 pour l'écrit seul"
        ]
    );
    good("[calls]\nmax_calls = 4\n[web]\nenabled = false\nmax_calls = 4\n", &[]);
}

#[test]
fn sites_are_named_as_browsers_name_them() {
    good("[web]\nallowed_origins = [\"https://www.ville.fr\", \"http://127.0.0.1:8000\", \"https://[::1]:1\"]\n", &[]);
    for wrong in
        ["www.ville.fr", "https://www.ville.fr/", "https://www.ville.fr/page", "https://", "*", "ftp://ville.fr"]
    {
        let found = problems(&format!("[web]\nallowed_origins = [\"{wrong}\"]\n"), &[]);
        assert!(found[0].contains(&format!("« {wrong} » n'est pas l'adresse d'un site")), "{found:?}");
        let found = problems(&format!("[web]\npublic_url = \"{wrong}\"\n"), &[]);
        assert!(found[0].contains("Remède : écrivez par exemple public_url"), "{found:?}");
    }
}

#[test]
fn what_goes_together_is_given_together() {
    let found = problems("[web]\ncertificate = \"c.pem\"\n", &[]);
    assert!(found[0].contains("le certificat est donné sans sa clé"), "{found:?}");
    let found = problems("[web.turn]\nturn = [\"turn:turn.ville.fr\"]\n", &[]);
    assert!(found[0].contains("le secret partagé avec le serveur TURN manque"), "{found:?}");
    let found = problems("[web.turn]\nstun = [\"turn.ville.fr\"]\n", &[]);
    assert!(found[0].contains("n'est pas une adresse STUN"), "{found:?}");
    let secret = [("STANDARDISTE_WEB__TURN__SECRET", "tres-secret")];
    let config = good("[web.turn]\nturn = [\"turn:turn.ville.fr:3478?transport=udp\"]\n", &secret);
    assert_eq!(config.web_turn.secret.as_ref().map(|secret| secret.reveal()), Some("tres-secret"));
    assert!(!format!("{config:?}").contains("tres-secret"));
}

#[test]
fn ports_of_browsers_and_telephone_are_apart() {
    let found = problems("[web]\nudp_port_min = 20500\nudp_port_max = 20600\n", &[]);
    assert!(found[0].contains("sont aussi ceux de [media]"), "{found:?}");
}
