//! Start-up: what a command takes that does next to nothing.

use std::fs;
use std::process::Command;

use crate::Outcome;
use crate::measure::{median, say, take};

/// How often each is run; the one in the middle counts.
const RUNS: usize = 21;

pub(crate) fn run(infra: &str) -> Outcome {
    let folder = std::env::temp_dir().join(format!("infra-start-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let script = folder.join("three.rhai");
    fs::write(&script, "server.shell(\"true\");\n".repeat(3))?;
    let script = script.to_string_lossy();
    let outcome = [&["--version"][..], &["doc"], &["-y", "@local", &script]]
        .into_iter()
        .try_for_each(|arguments| one(infra, arguments));
    fs::remove_dir_all(&folder)?;
    outcome
}

fn one(infra: &str, arguments: &[&str]) -> Outcome {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut command = Command::new(infra);
        command.args(arguments);
        let taken = take(command)?;
        if !taken.success {
            return Err(format!("infra {} failed: {}", arguments.join(" "), taken.said).into());
        }
        wall.push(taken.wall * 1000.0);
        cpu.push(taken.cpu * 1000.0);
    }
    let arguments = arguments.join(" ");
    say(&format!("{:6.1} ms wall {:6.1} ms CPU  infra {arguments}", median(wall), median(cpu)));
    Ok(())
}
