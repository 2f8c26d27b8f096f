//! A draft as the file that staff will finish.

use std::fmt::Write;

use super::Draft;
use crate::answers::entry::Entry;

/// The file of a draft: front matter, what is left to do as comments, and the text to shorten.
pub fn markdown(draft: &Draft) -> String {
    let entry = &draft.entry;
    let mut file = Front(String::from("+++\n"));
    for note in &draft.notes {
        file.line(&format!("# {note}"));
    }
    file.text("id", &entry.id);
    file.text("title", &entry.title);
    file.or_to_write("theme", &entry.theme, "\"actes\"");
    file.or_to_write("department", &entry.department, "\"etat-civil\"");
    file.text("status", entry.status.as_str());
    file.or_to_write("label", &entry.label, "\"un acte de naissance\"");
    file.texts("service_public", &entry.service_public);
    if entry.questions.is_empty() {
        file.line("# À ÉCRIRE : questions = [\"…\"], au moins huit façons de demander, comme on parle");
    }
    file.texts("questions", &entry.questions);
    file.texts("keywords", &entry.keywords);
    file.or_to_write("author", &entry.author, "\"Service de l'état civil\"");
    file.line(&format!("review = {}", entry.review));
    tables(entry, &mut file);
    file.line("+++");
    file.line(&entry.answer);
    file.0
}

fn tables(entry: &Entry, file: &mut Front) {
    for source in &entry.sources {
        file.line("\n[[source]]");
        if let Some(fiche) = &source.fiche {
            file.text("fiche", fiche);
        }
        file.text("address", &source.address);
        if let Some(state) = source.state {
            file.line(&format!("state = {state}"));
        }
        file.line(&format!("checked = {}", source.checked));
    }
    for facet in &entry.facets {
        file.line("\n[[facet]]");
        file.text("kind", &facet.kind);
        file.texts("questions", &facet.questions);
        file.text("answer", &facet.answer);
    }
}

struct Front(String);

impl Front {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn text(&mut self, key: &str, text: &str) {
        self.line(&format!("{key} = {}", quoted(text)));
    }

    /// What is not known is left out, with a word on what to write.
    fn or_to_write(&mut self, key: &str, text: &str, example: &str) {
        if text.is_empty() {
            self.line(&format!("# À ÉCRIRE : {key} = {example}"));
        } else {
            self.text(key, text);
        }
    }

    fn texts(&mut self, key: &str, texts: &[String]) {
        match texts {
            [] => {}
            [text] => self.line(&format!("{key} = [{}]", quoted(text))),
            _ => {
                self.line(&format!("{key} = ["));
                for text in texts {
                    self.line(&format!("    {},", quoted(text)));
                }
                self.line("]");
            }
        }
    }
}

/// A TOML string; one of several lines keeps them.
fn quoted(text: &str) -> String {
    let several = text.contains('\n');
    let mut quoted = String::from(if several { "\"\"\"\n" } else { "\"" });
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push('\n'),
            '\t' => quoted.push_str("\\t"),
            // Writing to a string does not fail.
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push_str(if several { "\n\"\"\"" } else { "\"" });
    quoted
}
