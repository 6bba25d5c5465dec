//! Waiting until a host has restarted.

use std::time::{Duration, Instant};

use super::Link;
use crate::command::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::fact::Question;
use crate::facts::server::BootId;
use crate::options::SharedContext;

impl Link {
    /// Waits until the host has restarted: until it answers and its boot differs.
    pub(super) fn wait_for_restart(&mut self, wait: &Command) -> Result<()> {
        let Command::Restarted { boot, delay, interval, timeout } = wait else { return Ok(()) };
        self.close();
        let until = Instant::now() + Duration::from_secs(*timeout);
        let mut pause = *delay;
        loop {
            self.pause(Duration::from_secs(pause))?;
            pause = (*interval).max(1);
            self.down = None;
            let now = self.connect().and_then(|()| self.boot());
            match &now {
                Ok(now) if now != boot => return Ok(()),
                Err(error) if error.kind == ErrorKind::Interrupted => return Err(error.clone()),
                _ => self.close(),
            }
            if Instant::now() >= until {
                return Err(not_restarted(*timeout, now.err()));
            }
        }
    }

    /// Which start of the host this is.
    fn boot(&mut self) -> Result<String> {
        let context = SharedContext::default();
        let question = Question::new(&BootId {}, context);
        let exchange = self.exchange(&[], vec![question], false)?;
        let (_, answer) = exchange
            .answers
            .into_iter()
            .next()
            .ok_or_else(|| Error::failed("the host gave no answer"))?;
        Ok((*answer?.value::<String>()?).clone())
    }

    fn pause(&self, time: Duration) -> Result<()> {
        let interrupt = self.interrupt.clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = interrupt.stopped() => Err(Error::interrupted()),
                () = tokio::time::sleep(time) => Ok(()),
            }
        })
    }
}

/// The time is up; what kept the host from answering is what helps, where it is known.
fn not_restarted(timeout: u64, last: Option<Error>) -> Error {
    let message = format!("the host did not restart within {timeout} s");
    let longer = "give it a longer `reboot_timeout`";
    match last {
        None => Error::failed(message).hint(longer),
        Some(last) => Error::failed(format!("{message}; at last: {}", last.message))
            .hint(last.hint.unwrap_or_else(|| longer.to_owned())),
    }
}
