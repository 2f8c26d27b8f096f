//! Commands are understood as people say them, and ordinary questions are not taken for commands.

use standardiste::dialogue::grammar::{Command, Danger, Grammar, SoundThresholds};

use crate::support::{grammar, sounded};

#[test]
fn usual_wordings_are_understood() {
    let grammar = grammar();
    for (said, command) in [
        ("Oui.", Command::Yes),
        ("oui c'est bien ça", Command::Yes),
        ("Non merci.", Command::No),
        ("Euh, répétez s'il vous plaît.", Command::Repeat),
        ("Pouvez-vous parler plus lentement ?", Command::Slower),
        ("Un agent.", Command::Agent),
        ("Bonjour, je voudrais parler à quelqu'un s'il vous plaît.", Command::Agent),
        ("Merci, au revoir.", Command::Goodbye),
        ("J'ai une autre question.", Command::Another),
        ("le deuxième", Command::Second),
        ("Bonjour.", Command::Greeting),
        ("hm hm", Command::Backchannel),
        ("il y a le feu chez moi", Command::Distress(Danger::Fire)),
    ] {
        assert_eq!(grammar.by_words(said), Some(command), "«{said}»");
    }
}

#[test]
fn a_wish_for_a_human_inside_a_longer_sentence_is_understood() {
    let said = "Bonjour, je voudrais parler à un agent pour un problème avec mon acte de naissance.";
    assert_eq!(grammar().by_words(said), Some(Command::Agent));
}

#[test]
fn ordinary_questions_are_no_commands() {
    let grammar = grammar();
    let questions = include_str!("../data/questions_dev.tsv");
    let taken: Vec<_> = questions
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            (columns[2] != "escalate").then_some(columns[3])
        })
        .filter(|text| grammar.by_words(text).is_some())
        .collect();
    assert!(taken.is_empty(), "{taken:?}");
}

#[test]
fn resembling_danger_is_not_danger() {
    for said in
        ["une déclaration de décès", "mon livret de famille a été brûlé dans un incendie", "un passeport en urgence"]
    {
        assert_eq!(grammar().by_words(said), None, "«{said}»");
    }
}

#[test]
fn the_sound_decides_only_when_it_stands_out_and_is_short() {
    let grammar = grammar();
    let thresholds = SoundThresholds::default();
    assert_eq!(grammar.by_sound(&sounded("aidee", "repeat", 9.0), &[], &thresholds), Some(Command::Repeat));
    assert_eq!(grammar.by_sound(&sounded("aidee", "repeat", 0.9), &[], &thresholds), None);
    let mut long = sounded("aidee", "repeat", 9.0);
    long.duration_ms = 6_000;
    assert_eq!(grammar.by_sound(&long, &[], &thresholds), None);
    assert_eq!(grammar.by_sound(&sounded("wui", "yes", 0.7), &[Command::Yes], &thresholds), Some(Command::Yes));
}

#[test]
fn a_human_or_the_end_of_the_call_wants_more_of_the_sound_when_the_words_were_badly_heard() {
    let (grammar, thresholds) = (grammar(), SoundThresholds::default());
    let heard = |meaning, score, confidence| {
        let mut heard = sounded("élegent", meaning, score);
        heard.confidence = confidence;
        heard
    };
    assert_eq!(grammar.by_sound(&heard("agent", 3.5, 0.2), &[], &thresholds), None);
    assert_eq!(grammar.by_sound(&heard("agent", 4.5, 0.2), &[], &thresholds), Some(Command::Agent));
    assert_eq!(grammar.by_sound(&heard("agent", 3.5, 0.5), &[], &thresholds), Some(Command::Agent));
    assert_eq!(grammar.by_sound(&heard("repeat", 3.5, 0.2), &[], &thresholds), Some(Command::Repeat));
}

#[test]
fn words_wrong_by_a_letter_or_two_are_still_the_command_and_short_ones_are_not() {
    let grammar = grammar();
    for (heard, command) in [
        ("par les plus lentement", Command::Slower),
        ("Au revoir ma dame.", Command::Goodbye),
        ("un encore une fois", Command::Repeat),
        ("Passsez-moi quelqu'un", Command::Agent),
    ] {
        assert_eq!(grammar.nearly_by_words(heard), Some(command), "«{heard}»");
    }
    let questions =
        include_str!("../data/questions_dev.tsv").lines().skip(1).filter_map(|line| line.split('\t').nth(3));
    let taken: Vec<_> =
        questions.filter(|text| grammar.by_words(text).is_none() && grammar.nearly_by_words(text).is_some()).collect();
    assert!(taken.is_empty(), "{taken:?}");
    for heard in ["un acte", "le bac", "vingt ans", "Il ne respire plu"] {
        assert_eq!(grammar.nearly_by_words(heard), None, "«{heard}»");
    }
}

#[test]
fn an_unknown_command_is_refused_with_its_line() {
    let fault = Grammar::parse("[yes]\nvariants = [\"oui\"]\n[maybe]\nvariants = [\"bof\"]\n").expect_err("unknown");
    assert!(fault.line == 3 && fault.problem.contains("maybe"), "{fault}");
}
