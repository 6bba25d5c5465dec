//! The engine behind `infra`.

extern crate self as infra_engine;

pub mod args;
pub mod bytes;
pub mod command;
pub mod connectors;
mod definition;
pub mod error;
pub mod execute;
pub mod fact;
pub mod facts;
pub mod fingerprint;
pub mod host;
pub mod inventory;
pub mod operation;
pub mod operations;
pub mod options;
mod pattern;
pub mod place;
mod plan;
pub mod project;
pub mod run;
mod script;
pub mod settings;
mod template;
pub mod value;
mod words;

pub use args::Args;
pub use command::{Commands, Scope, Secret, Shell};
pub use error::{Error, ErrorKind, Result};
pub use fact::{Ask, Fact};
pub use host::Host;
pub use infra_macros::sh;
pub use operation::Operation;
pub use script::{Task, check_scripts as check, declare, standard, tasks};
pub use value::Value;
