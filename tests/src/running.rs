//! A run of the program that goes on while its test does something else.

use std::process::{Child, ChildStdin, Command, Stdio};

use crate::{Outcome, Project, Shown};

/// A run of the program.
#[derive(Debug)]
pub struct Running(Child);

impl Project {
    /// Starts the program in the project's folder.
    pub fn start<S: AsRef<std::ffi::OsStr>>(
        &self,
        words: impl IntoIterator<Item = S>,
    ) -> Outcome<Running> {
        Running::of(&mut self.command(words))
    }
}

impl Running {
    /// Starts a command, and keeps what it shows.
    pub fn of(command: &mut Command) -> Outcome<Self> {
        let started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        started.map(Self).map_err(|error| error.to_string())
    }

    /// What is written to it; for a command whose input is a pipe.
    pub fn input(&mut self) -> Outcome<ChildStdin> {
        self.0.stdin.take().ok_or_else(|| "its input is no pipe".to_owned())
    }

    /// Sends it a signal: `INT`.
    pub fn signal(&self, name: &str) -> Outcome {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.0.id().to_string()])
            .status()
            .map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("kill -{name}: {status}")) }
    }

    /// Waits until it ends.
    pub fn end(self) -> Outcome<Shown> {
        self.0.wait_with_output().map(|it| Shown::of(&it)).map_err(|error| error.to_string())
    }
}
