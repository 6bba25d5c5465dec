//! Commands on the controller itself: `local.shell`, dynamic inventories.

use std::process::{Command, Stdio};

use crate::command::Output;
use crate::error::{Error, Result};

/// Runs a shell command on the controller and waits for it.
pub(crate) fn shell(command: &str) -> Result<Output> {
    let mut sh = Command::new("sh");
    if crate::command::scrub(command) == command {
        sh.args(["-c", command]);
    } else {
        // Arguments can be read by every account.
        sh.args(["-c", "script=$INFRA_SCRIPT; unset INFRA_SCRIPT; eval \"$script\""]);
        sh.env("INFRA_SCRIPT", command);
    }
    finish(&mut sh, command)
}

/// Runs a program on the controller and waits for it.
pub(crate) fn program(path: &std::path::Path, arguments: &[&str]) -> Result<Output> {
    finish(Command::new(path).args(arguments), &path.display().to_string())
}

fn finish(command: &mut Command, shown: &str) -> Result<Output> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        Error::usage(format!("cannot run `{}` here: {error}", crate::command::scrub(shown)))
    })?;
    let code = output.status.code().unwrap_or(-1);
    Ok(Output { stdout: output.stdout, stderr: output.stderr, code })
}
