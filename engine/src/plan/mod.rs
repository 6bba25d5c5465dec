//! Predicted evaluation: the script against facts and the effects of its own operations.

mod aliases;
mod overlay;
mod predict;
mod store;
mod ways;

pub(crate) use overlay::{Overlay, Predicted};
pub(crate) use predict::{Prediction, Round, until};
pub(crate) use store::FactStore;
pub(crate) use ways::{DECISIONS, Ended, Reversed, further, is_same};
