//! Which web sites may use the server.

use axum::http::{HeaderMap, HeaderValue, header};
use standardiste::web::Origins;

fn origin(text: &str) -> HeaderMap {
    HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_str(text).unwrap())])
}

fn origins() -> Origins {
    let allowed = ["https://www.ville.fr".to_owned(), "https://Mairie.Ville.fr:443".to_owned()];
    Origins::new("127.0.0.1:8090".parse().unwrap(), false, Some("https://accueil.ville.fr"), &allowed)
}

#[test]
fn configured_sites_and_our_own_page_may() {
    for site in [
        "https://www.ville.fr",
        "https://mairie.ville.fr",
        "https://accueil.ville.fr",
        "http://127.0.0.1:8090",
        "http://localhost:8090",
    ] {
        assert!(origins().permit(&origin(site)) && origins().is_page(&origin(site)), "{site}");
    }
}

#[test]
fn any_other_site_may_not() {
    for site in [
        "https://ville.fr",
        "http://www.ville.fr",
        "https://www.ville.fr:8443",
        "https://www.ville.fr.evil.example",
        "https://evil.example/https://www.ville.fr",
        "http://127.0.0.1:8091",
        "null",
        "",
    ] {
        assert!(!origins().permit(&origin(site)) && !origins().is_page(&origin(site)), "{site}");
    }
}

#[test]
fn without_an_origin_one_may_look_and_begin_nothing() {
    assert!(origins().permit(&HeaderMap::new()));
    assert!(!origins().is_page(&HeaderMap::new()));
}

#[test]
fn our_own_page_loads_nothing_from_elsewhere() {
    let policy = origins().policy();
    let policy = policy.to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';") && policy.contains("script-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
}
