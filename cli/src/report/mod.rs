//! Renderings of what a run tells: live display, plain lines, JSON, `JUnit`, a page for browsers.

mod block;
mod diff;
mod hosts;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod live;
mod plain;
mod plan;
pub(crate) mod profile;
mod record;
mod summary;
mod values;
pub(crate) mod written;

use std::io::{BufRead, Write};
use std::os::fd::AsFd;
use std::sync::Arc;

use infra_engine::event::{Event, Listener};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::commands::interrupt;
pub(crate) use plain::{Plain, Telling, View};
pub(crate) use record::Recorder;
pub(crate) use values::{ExecOutput, FactValues};

/// How often an open question looks whether the user wants the run to end, in milliseconds.
const LOOK: u8 = 50;

/// Where text for people goes: standard error, or the part of a terminal above a status line.
pub(crate) trait Screen: Send + Sync {
    /// Whether a line of it shows what goes on.
    fn has_status_line(&self) -> bool {
        false
    }

    /// Writes whole lines.
    fn write(&self, text: &str);

    /// Asks a question and waits for a line, shown while it is typed or not; `None` where nobody
    /// answers.
    fn ask(&self, question: &str, hidden: bool) -> Option<String>;
}

/// Writes a question and reads a line from the keyboard.
fn ask(out: &mut impl Write, question: &str, hidden: bool) -> Option<String> {
    out.write_all(question.as_bytes()).and_then(|()| out.flush()).ok()?;
    if hidden {
        return rpassword::read_password().ok();
    }
    let stdin = std::io::stdin();
    // Read only once there is a line: a read does not end when the user presses Ctrl-C.
    while !interrupt::is_wanted() {
        let mut keyboard = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        match poll(&mut keyboard, PollTimeout::from(LOOK)) {
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => {
                let mut answer = String::new();
                let bytes = stdin.lock().read_line(&mut answer).ok()?;
                return (bytes > 0).then(|| answer.trim_end_matches(['\r', '\n']).to_owned());
            }
            Err(_) => return None,
        }
    }
    None
}

/// Standard error.
#[derive(Debug)]
pub(crate) struct StandardError;

impl Screen for StandardError {
    fn write(&self, text: &str) {
        crate::commands::say(text);
    }

    fn ask(&self, question: &str, hidden: bool) -> Option<String> {
        ask(&mut std::io::stderr(), &crate::terminal::harmless(question), hidden)
    }
}

/// Puts the script's questions to the user.
pub(crate) struct Keyboard(pub(crate) Arc<dyn Screen>);

impl Listener for Keyboard {
    fn event(&self, _event: &Event) {}

    fn ask(&self, question: &str, hidden: bool) -> Option<String> {
        self.0.ask(question, hidden)
    }
}

/// Several listeners, each told in turn.
pub(crate) struct All(pub(crate) Vec<Arc<dyn Listener>>);

impl Listener for All {
    fn event(&self, event: &Event) {
        for listener in &self.0 {
            listener.event(event);
        }
    }

    fn wants_answers(&self) -> bool {
        self.0.iter().any(|listener| listener.wants_answers())
    }

    fn ask(&self, question: &str, hidden: bool) -> Option<String> {
        self.0.iter().find_map(|listener| listener.ask(question, hidden))
    }
}

/// Whether a plan has anything that may change a host.
pub(crate) use plan::has_changes;
/// A plan as text.
pub(crate) use plan::render as plan;

#[cfg(test)]
mod data_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
