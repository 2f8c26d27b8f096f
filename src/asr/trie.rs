//! Token sequences that share their beginnings.

/// A node: the token that leads to it, and what may follow.
#[derive(Debug, Default)]
pub struct Node {
    pub token: i32,
    pub children: Vec<Node>,
    /// Indices of the sequences that end here.
    pub ends: Vec<usize>,
}

impl Node {
    /// The root of `sequences`; an empty sequence is left out.
    pub fn build(sequences: &[Vec<i32>]) -> Node {
        let mut root = Node::default();
        for (index, sequence) in sequences.iter().enumerate().filter(|(_, s)| !s.is_empty()) {
            let mut node = &mut root;
            for &token in sequence {
                let at = node.children.iter().position(|c| c.token == token).unwrap_or_else(|| {
                    node.children.push(Node { token, ..Node::default() });
                    node.children.len() - 1
                });
                node = &mut node.children[at];
            }
            node.ends.push(index);
        }
        root
    }

    /// Whether a sequence that ends at this node or below is wanted.
    pub fn any(&self, wanted: &dyn Fn(usize) -> bool) -> bool {
        self.ends.iter().any(|&i| wanted(i)) || self.children.iter().any(|c| c.any(wanted))
    }
}
