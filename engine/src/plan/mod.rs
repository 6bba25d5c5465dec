//! Predicted evaluation: the script against facts and the effects of its own operations.

mod aliases;
mod overlay;
mod predict;
mod store;

pub(crate) use overlay::{Overlay, Predicted};
pub(crate) use predict::{Prediction, Round, shown, until};
pub(crate) use store::FactStore;
