//! Token sequences that share their beginnings.

/// A node: the token that leads to it, and what may follow.
#[derive(Debug, Default)]
pub struct Node {
    pub token: i32,
    pub children: Vec<Node>,
}

impl Node {
    /// The root of `sequences`.
    pub fn build(sequences: &[Vec<i32>]) -> Node {
        let mut root = Node::default();
        for sequence in sequences {
            let mut node = &mut root;
            for &token in sequence {
                let at = node.children.iter().position(|c| c.token == token).unwrap_or_else(|| {
                    node.children.push(Node { token, ..Node::default() });
                    node.children.len() - 1
                });
                node = &mut node.children[at];
            }
        }
        root
    }
}
