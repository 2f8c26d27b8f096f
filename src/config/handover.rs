//! To a human.

use super::schema::section;
use super::value::choice;

choice! {
    /// When the line rings the human itself and stays between the two.
    Bridge {
        /// When the caller's exchange refuses to, and for a browser, which cannot.
        IfRefused = "if-refused",
        Always = "always",
        Never = "never",
    }
}

section! {
    /// How a hand-over goes.
    Handover "handover" {
        /// How long one destination rings before the caller is taken back.
        ring_timeout_s: u32 = 25, in 5 to 120;
        /// When the line rings the human itself and stays between the two.
        bridge: Bridge = Bridge::IfRefused;
        /// How long such a conversation may last; no part of `calls.max_duration_s`.
        bridge_max_minutes: u32 = 60, in 1 to 480;
        /// The caller's number goes to the exchange in P-Asserted-Identity, too.
        assert_caller: bool = false;
        /// When nobody answers, a message is offered.
        accept_messages: bool = true;
        /// Humans are rung outside opening hours too.
        outside_hours: bool = false;
        /// Beginning of the summary's address as the human's browser sees it, before `/handover/…`;
        /// none: made from `observe.listen`.
        summary_url: Option<String> = None;
    }
    check |handover, table| {
        let web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if handover.summary_url.as_ref().is_some_and(|url| !web(url)) {
            table.problem(
                "summary_url",
                "ce n'est pas une adresse web",
                "Remède : écrivez par exemple summary_url = \"https://standard.mairie.fr\"",
            );
        }
    }
}

section! {
    /// `[[handover.destination]]`, in order of preference within a department.
    Destination "handover.destination" {
        /// The entries' `department` that it serves; empty: every department.
        department: String = String::new();
        /// For instance `sip:etat-civil@pbx.mairie.fr`.
        uri: String = String::new() => required;
        /// How the line names it to the caller.
        name: String = String::new() => required;
        /// Rung outside opening hours too.
        always: bool = false;
    }
    check |destination, table| {
        let uri = &destination.uri;
        if !uri.is_empty() && !["sip:", "sips:", "tel:"].iter().any(|scheme| uri.starts_with(scheme)) {
            table.problem(
                "uri",
                format!("« {uri} » n'est pas une adresse SIP"),
                "Remède : écrivez par exemple uri = \"sip:etat-civil@pbx.mairie.fr\"",
            );
        }
    }
}
