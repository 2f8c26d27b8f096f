//! The base as a table, for `standardiste answers list`.

use super::index::Versioned;

/// One line an entry, after a line of headings; columns aligned by spaces.
pub fn table(base: &[Versioned]) -> String {
    let mut rows = vec![
        ["Identifiant", "Version", "État", "Titre", "Fiches", "Questions", "Suites", "À relire"].map(str::to_owned),
    ];
    for Versioned { entry, version } in base {
        rows.push([
            entry.id.clone(),
            version.to_string(),
            entry.status.french().to_owned(),
            entry.title.clone(),
            if entry.service_public.is_empty() { "—".to_owned() } else { entry.service_public.join(" ") },
            entry.questions.len().to_string(),
            entry.facets.len().to_string(),
            entry.review.to_string(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..8).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
