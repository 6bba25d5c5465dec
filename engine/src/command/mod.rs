//! What operations return: commands for a host, and what they touch there. Text becomes shell code
//! only as a literal; everything put into it is quoted.

mod archive;
mod commands;
mod diff;
mod output;
mod scope;
mod secret;
mod shell;
mod sql;

pub use archive::{Archive, Body, Member};
pub use commands::{Command, Commands, Content, Effect, Put};
pub use diff::Diff;
pub(crate) use diff::diff_text;
pub use output::Output;
pub(crate) use scope::tidy;
pub use scope::{Scope, touch};
pub(crate) use secret::{Scrubber, has_secrets};
pub use secret::{Secret, blank, scrub};
pub use shell::{Shell, ShellArg, quote};
pub(crate) use sql::{MySql, PostgreSql, Sql};
