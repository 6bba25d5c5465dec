//! The engine behind `infra`: what a deploy script says becomes a plan, and the plan is applied to hosts.
//!
//! [`inventory::load`] reads which hosts there are, [`settings::Settings`] say how, [`run::Request`] says what is to be
//! done, and [`run::run`] does it. Whatever happens on the way is told to an [`event::Listener`]; the engine itself
//! prints nothing. [`check`] finds the mistakes in scripts without a host, [`operations::all`] and [`facts::all`] are
//! what scripts can call and ask.
//!
//! From below: [`args`], [`value`] and [`error`] are what everything is made of; [`command`] is what operations
//! return; [`operation`], [`fact`] and [`host`] are the traits, `operations/` and `facts/` what implements them.
//! [`connectors`] alone open processes and sockets, `link/` is the way to one host and `known/` what is known of it.
//! `script/` evaluates scripts, `plan/` predicts and `execute/` acts, each as the driver of an evaluation; [`run`] leads
//! all hosts through it. ARCHITECTURE.md has the map.

// `sh!` names the crate by its name, so that it can be used here and elsewhere.
extern crate self as infra_engine;

pub mod args;
pub mod bytes;
pub mod command;
mod conditions;
pub mod connectors;
mod definition;
pub mod earlier;
pub mod error;
pub mod event;
mod execute;
pub mod fact;
pub mod facts;
pub mod fingerprint;
mod fleet;
pub mod host;
pub mod interrupt;
pub mod inventory;
mod known;
mod link;
mod nearby;
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
