//! Telephone numbers, read as the French say them: two digits by two.

use super::numbers::{cardinal, pairs};
use super::{pattern, rewrite};

pattern!(FOREIGN, r"(?:\+|\b00 ?)(\d{1,3}) ?(?:\(0\) ?)?((?:[ .-]?\d){6,12})\b");
pattern!(GREEN, r"\b0[ .]?(8\d0|8\d5|8\d9|8\d6)[ .](\d{2})[ .]?(\d{2})[ .]?(\d{2})\b");
pattern!(FRENCH, r"\b0[1-9](?:[ .-]?\d{2}){4}\b");
pattern!(EUROPEAN, r"\b116[ .]?(\d{3})\b");
pattern!(SHORT, r"(?i)\b((?:le|au|du|numéro|composez|appelez(?: le)?|tapez le|faites le) )(3\d|1[01])[ .]?(\d{2})\b");

pub(super) fn read(text: String) -> String {
    let text = rewrite(&text, &FOREIGN, |c| {
        let country = cardinal(c[1].parse().ok()?);
        let digits: String = c[2].chars().filter(char::is_ascii_digit).collect();
        let national = if digits.len() % 2 == 1 {
            format!("{}, {}", pairs(&digits[..1], ""), pairs(&digits[1..], ", "))
        } else {
            pairs(&digits, ", ")
        };
        Some(format!("plus {country}, {national}"))
    });
    let text = rewrite(&text, &GREEN, |c| {
        Some(format!("zéro {}, {}", cardinal(c[1].parse().ok()?), pairs(&[&c[2], &c[3], &c[4]].concat(), ", ")))
    });
    let text = rewrite(&text, &FRENCH, |c| Some(pairs(&c[0], ", ")));
    let text = rewrite(&text, &EUROPEAN, |c| {
        let rest = match &c[1] {
            "000" => "zéro zéro zéro".to_owned(),
            zero if zero.starts_with('0') => pairs(&format!("0{zero}"), " "),
            rest => cardinal(rest.parse().ok()?),
        };
        Some(format!("cent seize, {rest}"))
    });
    rewrite(&text, &SHORT, |c| Some(format!("{}{}", &c[1], pairs(&[&c[2], &c[3]].concat(), " "))))
}
