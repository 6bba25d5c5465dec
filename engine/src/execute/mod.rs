//! Live evaluation: hosts kept in step, and each host's script with effect.

pub(crate) mod live;
pub(crate) mod lockstep;
