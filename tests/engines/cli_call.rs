//! `call`: a whole call on the real engines, in real time. Decisions are proven, never times.

use serde_json::Value;
use standardiste::store::Store;

use crate::program::{Program, keys, sound};

const TURN: [&str; 13] = [
    "decision",
    "entry",
    "heard",
    "hearing_confidence",
    "interrupted",
    "probability",
    "reason",
    "said",
    "service_public",
    "stages",
    "turn",
    "version",
    "voice_to_voice_ms",
];
const SUMMARY: [&str; 7] =
    ["call", "destination", "duration_s", "ended", "handed_over", "median_voice_to_voice_ms", "turns"];
const STAGES: [&str; 6] = ["asr", "asr_wait", "end_of_turn", "playout", "search", "tts"];

#[tokio::test]
async fn a_question_an_interruption_and_a_request_for_a_human_make_a_whole_call() {
    let mut program = Program::new();
    // A busy machine must change the times alone: no hearing given up, no « un instant » for the caller to speak over.
    program.set("HEARING__TIME_LIMIT_MS", "60000");
    program.set("DIALOGUE__CHECKING_AFTER_MS", "10000");
    let birth = program.say("naissance.wav", "Je voudrais un acte de naissance.");
    let wedding = program.say("mariage.wav", "Je voudrais un acte de mariage.");
    let human = program.say("agent.wav", "Je voudrais parler à un agent.");
    let record = program.path("appel.wav").display().to_string();
    let arguments = ["call", &birth, &wedding, &human, "--interrupt-after", "1500", "--json", "--record", &record];
    let ran = program.done(&arguments);
    let mut lines = ran.json();
    let summary = lines.pop().unwrap();
    for line in &lines {
        assert_eq!(keys(line), TURN, "{line}");
        assert_eq!(keys(&line["stages"]), STAGES, "{line}");
    }
    let numbers: Vec<u64> = lines.iter().map(|line| line["turn"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "{}", ran.out);
    let of = |entry: &str| {
        lines.iter().find(|line| line["entry"] == entry).unwrap_or_else(|| panic!("{entry}: {}", ran.out))
    };
    let first = of("acte-naissance");
    assert_eq!(first["decision"], "answer", "{first}");
    assert_eq!(first["interrupted"], true, "{first}");
    assert!(first["voice_to_voice_ms"].as_u64().is_some(), "{first}");
    assert_eq!(of("acte-mariage")["decision"], "answer");
    let last = lines.last().unwrap();
    assert_eq!((&last["decision"], &last["reason"]), (&"escalate".into(), &"requested".into()), "{last}");

    assert_eq!(keys(&summary), SUMMARY, "{summary}");
    assert_eq!(summary["turns"], lines.len(), "{summary}");
    assert_eq!(summary["handed_over"], "requested", "{summary}");
    assert_ne!(summary["destination"], Value::Null, "{summary}");
    assert!(sound(&record).len() > 16_000 * 10, "the recording holds the call");

    let store = Store::open(&program.path("line.sqlite")).await.unwrap();
    let call = store.call(summary["call"].as_str().unwrap()).await.unwrap().expect("the call is kept");
    assert_eq!(call.end.expect("its end is kept").handed_over, Some(standardiste::call::Reason::Requested));
    assert_eq!(store.turns(summary["call"].as_str().unwrap()).await.unwrap().len(), lines.len());
    store.close().await;
}

#[test]
fn a_file_that_cannot_be_read_is_named_before_the_call_begins() {
    let program = Program::new();
    for (name, content) in [("vide.wav", &b""[..]), ("texte.wav", b"ceci n'est pas un son")] {
        let file = program.write(name, content);
        let ran = program.run(&["call", &file, "--json"]);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""));
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}
