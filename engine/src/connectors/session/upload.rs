//! Content above 256 KiB, of a file or of a command's input: a channel of its own, on which it follows the command as it is.
//!
//! The same function on the host as for small content, reading exactly so many bytes and then a line that says they were
//! all; when that line does not come, the temporary file is removed. Lengths and exit codes are what is checked: SSH and
//! pipes keep bytes as they are, so a checksum would only read the file again.

use super::Session;
use super::boot::{self, Boot};
use super::channel::{Channel, Over};
use super::error::SessionError;
use super::flight::{Flight, Sink};
use super::outgoing::Outgoing;
use super::run::Run;
use super::text::{Names, trailer, upload_text};

impl Session {
    /// Does the next step, one with content, over a channel of its own.
    pub(super) async fn upload(
        &mut self,
        run: &mut Run,
        sink: Option<Sink<'_>>,
    ) -> Result<(), SessionError> {
        let steps = run.next_steps(1).to_vec();
        let Some(step) = steps.first() else { return Ok(()) };
        let Some(content) = step.content() else { return Ok(()) };
        let names = Names::random();
        let invalid = |message| SessionError::Invalid { step: run.position(), message };
        let command = upload_text(step, 1, &names).map_err(invalid)?;
        let boot = Boot::upload(&self.account, &names);
        let mut outgoing = Outgoing::default();
        outgoing.text(boot.input.into_bytes(), None);
        outgoing.text(command, None);
        outgoing.text(format!("end-{}\n", names.token).into_bytes(), None);
        outgoing.content(content);
        outgoing.text(format!("{}\n", trailer(&names)).into_bytes(), None);

        let (process, instead) = self.open_beside(&boot.command).await?;
        let mut channel = Channel::new(process, &names.nonce);
        let mut flight = Flight::new(&steps, 1, run.position(), sink);
        let asked_again = |noise: &str| boot::asked_again(noise, &names);
        let halter = &self.halter;
        let over = channel
            .exchange(&mut outgoing, &mut flight, run.deadline(), halter, &asked_again)
            .await;
        if over == Over::NeverStarted {
            return Err(boot::refusal(&mut channel, &self.account, &names).await);
        }
        if instead {
            channel.end().await;
            self.reopen().await?;
        } else {
            channel.close_stdin().await;
        }
        run.finish(flight, over)
    }
}
