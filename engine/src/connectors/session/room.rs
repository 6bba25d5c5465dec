//! Hosts that allow few channels at once (`MaxSessions` in OpenSSH's `sshd_config`): there, sessions take turns.

use std::sync::Arc;
use std::time::Duration;

use super::Session;
use super::boot::Boot;
use super::error::SessionError;
use super::outgoing::Outgoing;
use super::text::Names;
use crate::connectors::account::Account;
use crate::connectors::process::{ConnectError, Connection, Process};

/// How often, and how soon again, a channel is asked for while one before it ends.
const TRIES: usize = 40;
const PAUSE: Duration = Duration::from_millis(50);

impl Session {
    /// Starts a session where the host allows no more channels than there are: ends the sessions `of` which it takes the
    /// place.
    pub async fn open_instead(
        of: impl IntoIterator<Item = Self>,
        connection: &Arc<dyn Connection>,
        account: &Account,
    ) -> Result<Self, SessionError> {
        for mut session in of {
            session.channel.end().await;
        }
        let names = Names::random();
        let boot = Boot::session(account, &names);
        let process = open_when_free(connection, &boot.command).await?;
        Ok(Self::begun(connection, account, names, boot, process))
    }

    /// Starts a command beside this session's idle `sh`, or instead of it where there is no room. True: instead, and
    /// [`reopen`](Self::reopen) is due.
    pub(super) async fn open_beside(
        &mut self,
        command: &str,
    ) -> Result<(Process, bool), ConnectError> {
        match self.connection.open(command, false).await {
            Err(error) if error.is_full => {}
            opened => return Ok((opened?, false)),
        }
        self.channel.end().await;
        Ok((open_when_free(&self.connection, command).await?, true))
    }

    /// Starts this session's `sh` again; who could halt it still can.
    pub(super) async fn reopen(&mut self) -> Result<(), SessionError> {
        self.names = Names::random();
        let boot = Boot::session(&self.account, &self.names);
        let process = open_when_free(&self.connection, &boot.command).await?;
        self.channel.restart(process, &self.names.nonce);
        self.outgoing = Outgoing::default();
        self.outgoing.text(boot.input.into_bytes(), None);
        Ok(())
    }
}

/// The host counts a channel until it has seen its end.
async fn open_when_free(
    connection: &Arc<dyn Connection>,
    command: &str,
) -> Result<Process, ConnectError> {
    for _ in 1..TRIES {
        match connection.open(command, false).await {
            Err(error) if error.is_full => tokio::time::sleep(PAUSE).await,
            opened => return opened,
        }
    }
    connection.open(command, false).await
}
