//! The démarches base: entries as staff write them, their import, the index and the search.
