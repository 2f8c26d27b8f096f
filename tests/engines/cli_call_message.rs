//! `call` when nobody takes over: a message is left by voice, part by part, and kept with its fields.

use standardiste::store::Store;

use crate::program::Program;

#[tokio::test]
async fn a_spoken_message_is_read_back_confirmed_and_kept_with_its_fields() {
    let mut program = Program::new();
    // A busy machine must change the times alone.
    program.set("HEARING__TIME_LIMIT_MS", "60000");
    program.set("SPEAKING__TIME_LIMIT_MS", "60000");
    program.set("DIALOGUE__CHECKING_AFTER_MS", "10000");
    let say = |name: &str, text: &str| program.say(name, text);
    let yes = say("oui.wav", "Oui, tout à fait.");
    let said = [
        say("agent.wav", "Je voudrais parler à un agent."),
        yes.clone(),
        say("demande.wav", "C'est pour mon livret de famille."),
        yes.clone(),
        say("nom.wav", "Je m'appelle Jean Martin."),
        yes.clone(),
        say("numero.wav", "Zéro six douze trente-quatre cinquante-six soixante-dix-huit."),
        yes,
    ];
    let mut arguments = vec!["call", "--nobody", "--json"];
    arguments.extend(said.iter().map(String::as_str));
    let ran = program.done(&arguments);
    let lines = ran.json();
    let summary = lines.last().unwrap();

    let store = Store::open(&program.path("line.sqlite")).await.unwrap();
    let messages = store.messages(summary["call"].as_str().unwrap()).await.unwrap();
    store.close().await;
    let [message] = messages.as_slice() else { panic!("one message: {messages:?}\n{}", ran.out) };
    assert!(message.text.contains("livret"), "{message:?}\n{}", ran.out);
    assert!(message.name.contains("Martin") && message.name_confirmed, "{message:?}\n{}", ran.out);
    assert_eq!((message.number.as_str(), message.number_confirmed), ("0612345678", true), "{}", ran.out);
    assert!(ran.out.contains("06 12 34 56 78"), "the number was read back: {}", ran.out);
}
