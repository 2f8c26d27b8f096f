//! The citizen's browser: the widget's files, its calls and its written conversations, over HTTP.
//!
//! A server of its own, apart from the operator's: it is the one part of the house that strangers reach.
//!
//! | address | answer |
//! |---|---|
//! | `GET /` | the demonstration page: an invented town's site that embeds the widget |
//! | `GET /widget.js`, `/widget.css` | the widget; cacheable, for ever with `?v=` and their version |
//! | `GET /etat` | whether one may speak or write now, what is kept, and the ICE servers |
//! | `POST /appel`, then `PATCH` and `DELETE` on its `Location` | a call, as WHIP does (`whip.rs`) |
//! | `GET /ecrit` | a written conversation, over WebSocket |
//!
//! What is refused is a JSON object `{titre, detail}` in French. Whoever has an `Origin` (a browser) is held to the
//! configured ones; calls and conversations are not begun without one. Nothing here names a citizen: an address is
//! only kept in memory, for the limits, and for a few minutes.

mod address;
mod files;
mod ice;
mod listener;
mod origin;
mod problem;
mod rates;
mod server;
mod settings;
mod state;
mod tls;
mod whip;
mod written;

pub use address::{Client, citizen};
pub use ice::{Ice, IceServer};
pub use origin::Origins;
pub use problem::Problem;
pub use rates::Rates;
pub use server::{Server, Sources, Town};
pub use settings::{Error, Settings, Tls};
