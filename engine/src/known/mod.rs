//! What is known of one host: what it has answered, and what the operations so far will have changed of it.

mod aliases;
mod overlay;
mod store;

pub(crate) use overlay::{Overlay, Predicted, until};
pub(crate) use store::FactStore;
