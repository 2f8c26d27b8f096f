//! What each mistake of the line costs.

use super::schema::section;

section! {
    /// The cost of each mistake, in questions asked for nothing: what is expected to cost least is done.
    Decision "decision" {
        /// An answer to another question than the caller's.
        wrong_answer: f32 = 10.0, in 0.1 to 1_000.0;
        /// A question asked for nothing: the unit.
        question: f32 = 1.0, in 0.0 to 1_000.0;
        /// One more entry named in a question.
        choice: f32 = 0.3, in 0.0 to 1_000.0;
        /// A question about entries none of which is the right one.
        missed_question: f32 = 2.0, in 0.0 to 1_000.0;
        /// A human called for what the base answers.
        handover: f32 = 4.0, in 0.1 to 1_000.0;
        /// Not telling somebody in danger whom to call.
        missed_distress: f32 = 6.0, in 0.0 to 10_000.0;
    }
    check |decision, table| {
        if decision.wrong_answer <= decision.question + decision.missed_question {
            table.problem(
                "wrong_answer",
                format!(
                    "wrong_answer ({:?}) ne dépasse pas question + missed_question ({:?}) : la ligne répondrait sans jamais demander",
                    decision.wrong_answer,
                    decision.question + decision.missed_question
                ),
                "Remède : une réponse fausse doit coûter plus qu'une question posée pour rien",
            );
        }
    }
}
