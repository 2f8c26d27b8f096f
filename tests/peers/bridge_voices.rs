//! Two people in conversation through the line, with real telephones: what each says is heard at the other side, and
//! nothing of it is written down.

use std::time::Duration;

use standardiste::app::{self, Service};
use standardiste::call::Way;
use standardiste::config::Bridge;
use standardiste::store::Store;
use standardiste::tts::Voice;

use crate::support::baresip::{Baresip, Phone};
use crate::support::house::{configuration, destination, ended_call, extension, received, says};
use crate::support::kamailio::{Habits, Kamailio, PASSWORD};

const SOON: Duration = Duration::from_secs(10);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_an_exchange_that_refuses_refer_caller_and_human_hear_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let pbx = Kamailio::with(Habits { refuses_refer: Some(405), challenges: Some("ligne") }).await;
    let mut config = configuration(folder.path());
    extension(&mut config, &pbx);
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", pbx.port), "Guichet")];
    let voice = Voice::start(app::speaking(&config)).expect("the voice");
    // The human speaks once they have answered; the caller, well after that, and hangs up.
    let file = folder.path().join("agent.wav");
    let agent_says =
        says(&voice, &file, seconds(3), &["Votre livret de famille sera prêt vendredi matin."], seconds(60)).await;
    let file = folder.path().join("caller.wav");
    let caller_says = {
        let sentences = ["Je voudrais parler à un agent.", "Merci beaucoup, je passerai avec mon passeport."];
        says(&voice, &file, seconds(22), &sentences, seconds(16)).await
    };
    let account = format!(";auth_pass={PASSWORD}");
    let registrar = Some(format!("127.0.0.1:{}", pbx.port));
    let agent =
        Baresip::start(&Phone { user: "guichet", registrar, account, source: Some(agent_says), ..Phone::default() });
    pbx.peer.prints("REGISTER guichet", SOON).await;
    let service = Service::start(&config).await.expect("the service");
    pbx.peer.prints("REGISTER ligne", SOON).await;
    let calls = Some(format!("sip:ligne@127.0.0.1:{}", pbx.port));
    let caller = Baresip::start(&Phone { user: "citoyen", calls, source: Some(caller_says), ..Phone::default() });
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (start, end) = ended_call(&store).await;
    let outcome = (end.how.as_str(), end.destination.as_deref(), end.way);
    assert_eq!(outcome, ("handed_over", Some("Guichet"), Some(Way::Bridge)), "{}", pbx.peer.report());
    for habit in ["REFER refused", "INVITE challenged"] {
        assert!(pbx.peer.output().contains(habit), "{habit}: {}", pbx.peer.output());
    }
    // The caller's hanging up is the human's.
    agent.peer.prints("terminated", SOON).await;
    let by_caller = received(&config, caller.peer.folder.path()).await;
    assert!(by_caller.contains("livret"), "what the human said, at the caller's: {by_caller}");
    let by_agent = received(&config, agent.peer.folder.path()).await;
    assert!(by_agent.contains("passeport"), "what the caller said, at the human's: {by_agent}");
    let written = store.turns(&start.id).await.expect("the turns");
    assert!(written.iter().all(|turn| !turn.heard.to_lowercase().contains("passeport")), "{written:?}");
    drop((caller, agent));
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_human_who_hangs_up_leaves_the_caller_hung_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(folder.path());
    config.handover.bridge = Bridge::Always;
    let voice = Voice::start(app::speaking(&config)).expect("the voice");
    let file = folder.path().join("agent.wav");
    let agent_says = says(&voice, &file, seconds(2), &["Bonjour, votre dossier est complet."], seconds(3)).await;
    let file = folder.path().join("caller.wav");
    let caller_says = says(&voice, &file, seconds(22), &["Je voudrais parler à un agent."], seconds(60)).await;
    // It hangs up when its file ends.
    let agent = Baresip::start(&Phone { user: "guichet", source: Some(agent_says), ..Phone::default() });
    config.destinations = vec![destination(format!("sip:guichet@127.0.0.1:{}", agent.port), "Guichet")];
    let service = Service::start(&config).await.expect("the service");
    let calls = Some(format!("sip:etat-civil@{}", service.sip_address()));
    let caller = Baresip::start(&Phone { user: "citoyen", calls, source: Some(caller_says), ..Phone::default() });
    let store = Store::open(&config.storage.database).await.expect("the store");
    let (_, end) = ended_call(&store).await;
    assert_eq!((end.how.as_str(), end.way), ("handed_over", Some(Way::Bridge)), "{}", agent.peer.report());
    caller.peer.prints("terminated", SOON).await;
    let by_caller = received(&config, caller.peer.folder.path()).await;
    assert!(by_caller.contains("dossier"), "{by_caller}");
    drop((caller, agent));
    service.stop().await;
}
