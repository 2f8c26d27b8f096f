//! What a caller said does not reach the logs.

use standardiste::redaction::Redacted;

#[test]
fn redacted_words_show_their_length_and_nothing_else() {
    for shown in [Redacted("Hélène Müller").to_string(), format!("{:?}", Redacted("Hélène Müller"))] {
        assert_eq!(shown, "‹13 characters›");
    }
    assert_eq!(Redacted("").to_string(), "‹nothing›");
}
