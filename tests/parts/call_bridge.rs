//! A caller and a human in conversation through the line: the call keeps out of it, and keeps who took over and how.

use std::time::Duration;

use standardiste::call::{Input, Order, Output, Progress, Reason, Settings, Way};
use standardiste::switchboard::{Bridging, Passing};
use standardiste::turn::Verdict;

use crate::support::{Phone, settings};

fn ringing(settings: Settings) -> Phone {
    let mut phone = Phone::greeted(settings);
    phone.says("Je voudrais parler à un agent.");
    phone.let_speak();
    phone
}

fn bridged(settings: Settings) -> Phone {
    let mut phone = ringing(settings);
    phone.human(Progress::Trying);
    phone.human(Progress::Bridged);
    phone.outputs.clear();
    phone
}

fn outcome(phone: &Phone) -> (String, Option<Reason>, Option<String>, Option<Way>) {
    let end = phone.end.clone().expect("the call has ended");
    (end.how, end.handed_over, end.destination, end.way)
}

fn handed_over(way: Way) -> (String, Option<Reason>, Option<String>, Option<Way>) {
    ("handed_over".into(), Some(Reason::Requested), Some("accueil".into()), Some(way))
}

#[test]
fn whoever_hangs_up_the_record_says_who_took_the_call_and_how() {
    let mut phone = bridged(settings());
    phone.tell(Input::Gone { how: "caller" });
    assert_eq!(outcome(&phone), handed_over(Way::Bridge));

    let mut phone = bridged(settings());
    phone.tell(Input::HumanGone);
    assert!(phone.hung_up);
    assert_eq!(outcome(&phone), handed_over(Way::Bridge));

    let mut phone = ringing(settings());
    phone.human(Progress::Accepted);
    phone.tell(Input::Gone { how: "us" });
    assert_eq!(outcome(&phone), handed_over(Way::Refer));
}

#[test]
fn nothing_of_the_conversation_is_heard_said_or_obeyed() {
    let mut phone = bridged(settings());
    let turns = phone.turns.len();
    for verdict in [Verdict::SpeechStarted, Verdict::BargeIn, Verdict::Paused] {
        phone.tell(Input::Voice(verdict));
    }
    phone.tell(Input::Voice(Verdict::Ended { voiced_ms: 900, silence_ms: 500 }));
    phone.tell(Input::Digit('0'));
    phone.wait(Duration::from_secs(600));
    assert_eq!((phone.outputs.as_slice(), phone.turns.len()), ([Output::ForgetUtterance].as_slice(), turns));
}

#[test]
fn a_conversation_has_its_own_longest_time() {
    let hour = Duration::from_secs(3_600);
    let mut phone = bridged(Settings { max_duration: Duration::from_secs(60), bridge_max: hour, ..settings() });
    phone.wait(hour - Duration::from_secs(1));
    assert!(!phone.hung_up);
    phone.wait(Duration::from_secs(2));
    assert!(phone.hung_up);
    assert_eq!(outcome(&phone), handed_over(Way::Bridge));
}

#[test]
fn a_stop_lets_two_people_finish_and_then_ends_them() {
    let mut phone = bridged(settings());
    phone.tell(Input::Order(Order::Shutdown));
    assert!(!phone.hung_up && phone.outputs.is_empty(), "{:?}", phone.outputs);
    phone.tell(Input::Order(Order::End));
    assert!(phone.hung_up);
    assert_eq!(outcome(&phone), handed_over(Way::Bridge));
}

#[test]
fn a_human_who_answers_after_the_line_gave_up_is_with_nobody() {
    let mut phone = ringing(settings());
    phone.human(Progress::Failed(408));
    phone.let_speak();
    phone.human(Progress::Bridged);
    assert!(!phone.call.is_with_human());
    phone.tell(Input::Gone { how: "caller" });
    assert_eq!(outcome(&phone), ("caller".into(), Some(Reason::Requested), None, None));
}

#[test]
fn a_human_lost_before_the_bridge_is_nothing_to_the_call() {
    let mut phone = Phone::greeted(settings());
    phone.tell(Input::HumanGone);
    assert!(!phone.hung_up);
}

#[test]
fn who_rings_the_human_follows_from_the_setting_and_from_what_the_caller_can() {
    use Bridging::{Always, IfRefused, Never};
    use Passing::{Dial, Nobody, Refer};
    // (setting, the caller's side refers, we have a telephone) → who rings
    let cases = [
        (IfRefused, true, true, Refer),
        (IfRefused, false, true, Dial),
        (IfRefused, false, false, Nobody),
        (Always, true, true, Dial),
        (Always, true, false, Refer),
        (Always, false, false, Nobody),
        (Never, true, true, Refer),
        (Never, false, true, Nobody),
    ];
    for (setting, refers, dials, expected) in cases {
        assert_eq!(setting.at_first(refers, dials), expected, "{setting:?}, {refers}, {dials}");
    }
}

#[test]
fn a_refused_refer_is_made_good_unless_nobody_is_left_to_pass_on() {
    for status in [401, 403, 405, 420, 501, 603] {
        assert_eq!(Bridging::IfRefused.after_refusal(status, true), Passing::Dial, "{status}");
        assert_eq!(Bridging::Never.after_refusal(status, true), Passing::Nobody, "{status}");
    }
    assert_eq!(Bridging::IfRefused.after_refusal(405, false), Passing::Nobody);
    assert_eq!(Bridging::IfRefused.after_refusal(408, true), Passing::Nobody);
    assert_eq!(Bridging::IfRefused.after_refusal(481, true), Passing::Nobody);
}
