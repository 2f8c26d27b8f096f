//! The generation of the base that calls begin with.

use std::sync::{Arc, PoisonError, RwLock};

use crate::answers::Index;

/// The generation in service. Clones share it; a call takes the current one at its start and keeps it to its end.
#[derive(Clone)]
pub struct Generations(Arc<RwLock<Arc<Index>>>);

impl Generations {
    pub fn new(index: Arc<Index>) -> Self {
        Self(Arc::new(RwLock::new(index)))
    }

    /// What a call beginning now works with.
    pub fn current(&self) -> Arc<Index> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another in service for the calls to come. The old one goes with the last call that holds it.
    pub fn swap(&self, index: Arc<Index>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = index;
    }
}
