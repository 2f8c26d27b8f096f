//! The whole line with real telephones: a citizen's baresip asks aloud and records the reply, which is transcribed;
//! a second baresip, registered at Kamailio, is the human who takes the call over.

use std::time::Duration;

use standardiste::app::Service;
use standardiste::config::Destination;
use standardiste::store::Store;

use crate::support::baresip::{Baresip, Phone};
use crate::support::house::{caller_says, configuration, ended_call, received};
use crate::support::kamailio::{Kamailio, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn a_question_asked_aloud_by_telephone_is_answered_aloud() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configuration(folder.path());
    let source =
        caller_says(&config, folder.path(), &["Je voudrais un acte de naissance."], Duration::from_secs(20)).await;
    let service = Service::start(&config).await.expect("the service");
    let caller = Baresip::start(&Phone {
        user: "citoyen",
        calls: Some(format!("sip:etat-civil@{}", service.sip_address())),
        source: Some(source),
        ..Phone::default()
    });
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, _) = ended_call(&store).await;
    let turns = store.turns(&start.id).await.expect("the turns");
    assert_eq!(turns[0].entry.as_deref(), Some("acte-naissance"), "{turns:?}");
    assert!(turns[0].voice_to_voice_ms.is_some());
    let words = received(&config, caller.peer.folder.path()).await;
    for key in ["bonjour", "automatique", "naissance", "mairie"] {
        assert!(words.contains(key), "«{key}» in: {words}");
    }
    drop(caller);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_for_a_human_the_call_reaches_the_one_registered_at_the_exchange() {
    let folder = tempfile::tempdir().expect("a folder");
    let pbx = Kamailio::start().await;
    let agent = Baresip::start(&Phone {
        user: "guichet",
        registrar: Some(format!("127.0.0.1:{}", pbx.port)),
        account: format!(";auth_pass={PASSWORD}"),
        ..Phone::default()
    });
    pbx.peer.prints("REGISTER guichet", Duration::from_secs(6)).await;
    let mut config = configuration(folder.path());
    config.destinations = vec![Destination {
        department: String::new(),
        uri: format!("sip:guichet@127.0.0.1:{}", pbx.port),
        name: "Guichet".into(),
        always: true,
    }];
    let source =
        caller_says(&config, folder.path(), &["Je voudrais parler à un agent."], Duration::from_secs(15)).await;
    let service = Service::start(&config).await.expect("the service");
    let caller = Baresip::start(&Phone {
        user: "citoyen",
        calls: Some(format!("sip:etat-civil@{}", service.sip_address())),
        source: Some(source),
        ..Phone::default()
    });
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, end) = ended_call(&store).await;
    assert_eq!((end.how.as_str(), end.destination.as_deref()), ("handed_over", Some("Guichet")), "{end:?}");
    agent.peer.prints("Call established", Duration::from_secs(6)).await;
    let summary = store.handover(&start.handover_token).await.expect("the store").expect("a summary");
    assert!(summary.turns.iter().any(|turn| turn.heard.to_lowercase().contains("agent")), "{:?}", summary.turns);
    drop((caller, agent));
    service.stop().await;
}
