//! French, read aloud and understood: numbers, dates, hours, amounts, telephone numbers, acronyms.
