//! The official feed's files as one tree, whether they came as XML or as the JSON made of it.
//!
//! JSON as the public packages of the feed have it: `{"type": "element", "name", "attributes", "children"}` and
//! `{"type": "text", "text"}`, under a root that holds `children`.

use serde_json::Value;

use crate::answers::problem::Problem;

/// Deeper files are no fiches; the readers of the tree call themselves for each level.
const DEEPEST: usize = 100;

/// An element of a fiche.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// With its prefix as the feed writes it: `dc:title`.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// All the words inside, on one line.
    pub fn words(&self) -> String {
        fn gather(element: &Element, words: &mut String) {
            for node in &element.children {
                match node {
                    Node::Text(text) => words.push_str(text),
                    Node::Element(inner) => {
                        // Paragraphs of one title or cell are not to run into each other.
                        let apart = matches!(inner.name.as_str(), "Paragraphe" | "Titre" | "Item" | "Cellule");
                        words.push_str(if apart { " " } else { "" });
                        gather(inner, words);
                        words.push_str(if apart { " " } else { "" });
                    }
                }
            }
        }
        let mut words = String::new();
        gather(self, &mut words);
        super::text::one_line(&words)
    }
}

/// Reads an XML file; the tree is its `Publication`.
pub(super) fn xml(file: &str, bytes: &[u8]) -> Result<Element, Vec<Problem>> {
    let fault = |line: usize, message: String, remedy: &str| vec![Problem::new(file, Some(line), "", message, remedy)];
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        fault(line, "le texte n'est pas en UTF-8.".to_owned(), "Reprenez le fichier tel qu'il a été publié.")
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).map_err(|error| {
        let place = error.pos();
        let message = format!("le XML est incorrect, colonne {} ({error}).", place.col);
        fault(place.row as usize, message, "Reprenez le fichier tel qu'il a été publié.")
    })?;
    element(&document, document.root_element(), 0)
        .map_err(|line| fault(line, "les éléments sont trop imbriqués.".to_owned(), "Ce n'est pas une fiche."))
}

/// Gives the line of what is too deep.
fn element(document: &roxmltree::Document<'_>, node: roxmltree::Node<'_, '_>, depth: usize) -> Result<Element, usize> {
    if depth > DEEPEST {
        return Err(document.text_pos_at(node.range().start).row as usize);
    }
    let tag = node.tag_name();
    let prefix = tag.namespace().and_then(|namespace| node.lookup_prefix(namespace));
    let name = prefix.map_or_else(|| tag.name().to_owned(), |prefix| format!("{prefix}:{}", tag.name()));
    let attributes = node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned())).collect();
    let mut children = Vec::new();
    for child in node.children() {
        if child.is_element() {
            children.push(Node::Element(element(document, child, depth + 1)?));
        } else if let Some(text) = child.text().filter(|_| child.is_text()) {
            children.push(Node::Text(text.to_owned()));
        }
    }
    Ok(Element { name, attributes, children })
}

/// Reads a JSON file; the tree is its `Publication`.
pub(super) fn json(file: &str, bytes: &[u8]) -> Result<Element, Vec<Problem>> {
    let fault = |line, message: String| {
        vec![Problem::new(file, Some(line), "", message, "Reprenez le fichier tel qu'il a été publié.")]
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("le JSON est incorrect, colonne {} ({error}).", error.column());
        fault(error.line().max(1), message)
    })?;
    // The root of the package's files, or the publication itself.
    let publication = match value.get("name") {
        Some(_) => Some(&value),
        None => value.get("children").and_then(Value::as_array).and_then(|children| {
            children.iter().find(|child| child.get("name").and_then(Value::as_str) == Some("Publication"))
        }),
    };
    let Some(publication) = publication else {
        return Err(fault(1, "aucune « Publication » dans ce JSON : ce n'est pas une fiche.".to_owned()));
    };
    tree(publication, "Publication", 0).map_err(|place| fault(1, format!("« {place} » n'est pas un élément de fiche.")))
}

/// Gives the place of what is wrong.
fn tree(value: &Value, place: &str, depth: usize) -> Result<Element, String> {
    let wrong = || place.to_owned();
    let name = value.get("name").and_then(Value::as_str).filter(|_| depth <= DEEPEST).ok_or_else(wrong)?;
    let attributes = match value.get("attributes") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(attributes)) => attributes
            .iter()
            .map(|(key, value)| Ok((key.clone(), value.as_str().ok_or_else(wrong)?.to_owned())))
            .collect::<Result<_, String>>()?,
        Some(_) => return Err(wrong()),
    };
    let mut children = Vec::new();
    match value.get("children") {
        None | Some(Value::Null) => {}
        Some(Value::Array(list)) => {
            for (rank, child) in list.iter().enumerate() {
                let place = || format!("{place}, enfant {}", rank + 1);
                match child.get("type").and_then(Value::as_str) {
                    Some("text") => {
                        let text = child.get("text").and_then(Value::as_str).ok_or_else(place)?;
                        children.push(Node::Text(text.to_owned()));
                    }
                    Some("element") => {
                        let name = child.get("name").and_then(Value::as_str).ok_or_else(place)?;
                        children.push(Node::Element(tree(child, &format!("{} ({name})", place()), depth + 1)?));
                    }
                    // Comments and processing instructions of the XML it was made from.
                    Some(_) => {}
                    None => return Err(place()),
                }
            }
        }
        Some(_) => return Err(wrong()),
    }
    Ok(Element { name: name.to_owned(), attributes, children })
}
