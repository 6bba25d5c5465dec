//! Scheduled jobs.

#[expect(clippy::module_inception, reason = "a file is named as the fact that is in it")]
mod crontab;
mod text;

pub use crontab::{Crontab, Entry, Field, NAME_COMMENT, entry_of};
pub use text::Text;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<Crontab>(), FactDef::of::<Text>()];
