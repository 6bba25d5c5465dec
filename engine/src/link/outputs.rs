//! What commands print, passed on while they run, with secrets hidden.

use std::sync::Arc;

use crate::command::Scrubber;
use crate::connectors::job::Stream;
use crate::event::{Event, Listener};

/// Passes on what the commands of one job print.
pub(crate) struct Outputs {
    host: String,
    listener: Arc<dyn Listener>,
    /// Which steps of the job are commands; what others print is nobody's business.
    commands: Vec<bool>,
    /// The step that prints.
    step: usize,
    stdout: Scrubber,
    stderr: Scrubber,
}

impl Outputs {
    /// For a job on `host` whose steps at `true` are commands.
    pub(crate) fn new(host: &str, listener: &Arc<dyn Listener>, commands: Vec<bool>) -> Self {
        Self {
            host: host.to_owned(),
            listener: Arc::clone(listener),
            commands,
            step: 0,
            stdout: Scrubber::default(),
            stderr: Scrubber::default(),
        }
    }

    /// A step printed something.
    pub(crate) fn push(&mut self, step: usize, stream: Stream, bytes: &[u8]) {
        if step != self.step {
            self.finish();
            self.step = step;
        }
        if !self.commands.get(step).copied().unwrap_or(false) {
            return;
        }
        let clean = match stream {
            Stream::Stdout => self.stdout.push(bytes),
            Stream::Stderr => self.stderr.push(bytes),
        };
        self.tell(stream == Stream::Stderr, clean);
    }

    /// The step, or the job, is over: what was held back is told.
    pub(crate) fn finish(&mut self) {
        let stdout = self.stdout.finish();
        self.tell(false, stdout);
        let stderr = self.stderr.finish();
        self.tell(true, stderr);
    }

    fn tell(&self, stderr: bool, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let host = self.host.clone();
            self.listener.event(&Event::Output { host, stderr, bytes });
        }
    }
}
