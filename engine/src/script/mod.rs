//! Scripts: the only place that knows Rhai.
//!
//! A deploy script is evaluated once per host, on that host's thread ([`evaluate`]). The functions that it calls
//! find their [`Evaluation`](current::Evaluation) there; what they do is the business of its [`Driver`]: `plan/` predicts,
//! `execute/` acts.
//!
//! `engine.rs` sets Rhai up; `bind.rs` makes the operations callable, `host.rs`, `library.rs` and `reading.rs`
//! the rest. `path.rs` tells where a call stands among all calls, `problem.rs` what went wrong. `check.rs` finds the mistakes that
//! show without evaluating anything.

mod bind;
mod body;
mod callback;
mod check;
mod convert;
mod current;
mod data;
mod define;
mod driver;
mod engine;
mod evaluate;
mod host;
mod library;
mod options;
mod path;
mod pieces;
mod pointer;
mod problem;
mod reading;
mod result;
mod shared;
mod sources;
pub mod standard;
mod task;
mod text;
mod together;
mod unknown;

pub use check::{Task, check_scripts, declare, tasks};
pub(crate) use current::with;
pub(crate) use data::{DataScripts, early_messages};
pub(crate) use driver::{Call, Driver, Limits};
pub(crate) use engine::STACK;
pub(crate) use evaluate::{Program, evaluate, evaluate_definitions, evaluation};
pub(crate) use host::unknown_fact;
pub(crate) use path::CallPath;
pub(crate) use result::{OpResult, Settled};
pub(crate) use shared::Shared;
