//! Measures `infra`. What the programs are for, and what they showed, is in BENCHMARKS.md.
//!
//! ```text
//! infra-bench scale INFRA [HOSTS…]         a simulated fleet: time, CPU and memory by the number of hosts
//! infra-bench trips HOST:PORT PORT CMD…    exact round trips of a command that connects to 127.0.0.1:PORT
//! infra-bench start INFRA                  start-up, and three commands on this machine
//! infra-bench fleet                        only the simulated fleet; prints its port
//! ```

mod fleet;
mod measure;
mod scale;
mod start;
mod trips;

use std::error::Error;
use std::process::ExitCode;

const USAGE: &str =
    "usage: infra-bench scale INFRA [HOSTS…] | trips HOST:PORT PORT CMD… | start INFRA | fleet";

/// What a measurement comes to: lines on standard output, or why it could not be made.
type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["scale", infra, hosts @ ..] => scale::run(infra, hosts),
        ["trips", target, port, command @ ..] if !command.is_empty() => {
            trips::run(target, port, command)
        }
        ["start", infra] => start::run(infra),
        ["fleet"] => fleet::run(),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            measure::say_error(&format!("infra-bench: {error}"));
            ExitCode::FAILURE
        }
    }
}
