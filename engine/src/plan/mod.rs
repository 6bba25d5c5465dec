//! Predicted evaluation: the script against facts and the effects of its own operations.

mod predict;
mod ways;

pub(crate) use predict::{Prediction, Round};
pub(crate) use ways::{DECISIONS, Ended, Reversed, further, is_same};
