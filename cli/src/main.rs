//! `infra`: the command line of the engine.

mod args;
mod commands;
mod diagnostic;
mod engine;
mod line;
mod report;
mod saved;
mod terminal;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(commands::start(std::env::args_os().skip(1)))
}
