//! One SSH session: the host key check while it comes up, and the end of it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use russh::client::{ChannelOpenHandle, DisconnectReason, Handle, Handler, Msg, Session};
use russh::keys::PublicKeyOrCertificate;
use russh::{Channel, Disconnect};
use tokio::net::UnixStream;
use tokio::sync::watch;

use super::Shared;
use super::host_key::Expected;
use crate::connectors::process::{BoxFuture, ConnectError};

/// How long a host is given to take note of our farewell.
const FAREWELL: Duration = Duration::from_secs(2);

/// What goes wrong inside a session.
#[derive(Debug)]
pub(super) enum Failure {
    /// The protocol or the network.
    Ssh(russh::Error),
    /// The host is not who we think.
    Host(ConnectError),
}

impl From<russh::Error> for Failure {
    fn from(error: russh::Error) -> Self {
        Self::Ssh(error)
    }
}

/// An authenticated session.
pub(super) struct Link {
    pub(super) label: String,
    pub(super) handle: Handle<Events>,
    /// Why the session has ended, once it has.
    pub(super) lost: watch::Receiver<Option<String>>,
    /// What the host says that it is.
    pub(super) software: Arc<OnceLock<String>>,
    pub(super) environment: Vec<(String, String)>,
    pub(super) forwards_agent: bool,
    /// The jump host that it runs over; it has to outlive this.
    pub(super) via: Mutex<Option<Arc<Self>>>,
}

impl Link {
    /// Whether something can still be started here.
    pub(super) fn is_alive(&self) -> bool {
        !self.handle.is_closed() && self.lost.borrow().is_none()
    }

    /// Whether the host may end what still runs when the session ends: OpenSSH 10 does, 9.2 and those before do not.
    pub(super) fn takes_along(&self) -> bool {
        self.software.get().is_none_or(|software| !is_openssh_up_to(software, (9, 2)))
    }

    /// Why the session has ended, in words.
    pub(super) fn reason(&self) -> String {
        let reason = self.lost.borrow().clone();
        reason.unwrap_or_else(|| "the connection was closed".to_owned())
    }

    /// Says goodbye, waits until it is said, and then lets go of the jump host.
    pub(super) fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let reason = Disconnect::ByApplication;
            if self.handle.disconnect(reason, "done", "").await.is_ok() {
                let mut lost = self.lost.clone();
                let ended = lost.wait_for(Option::is_some);
                // A host that does not react is left to itself.
                let _ = tokio::time::timeout(FAREWELL, ended).await;
            }
            let via = self.via.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(via) = via.and_then(Arc::into_inner) {
                via.close().await;
            }
        })
    }
}

/// Whether a host's identification is that of an OpenSSH of this version or one before: `SSH-2.0-OpenSSH_9.2p1 Debian-2`.
fn is_openssh_up_to(software: &str, last: (u32, u32)) -> bool {
    let Some((_, version)) = software.split_once("OpenSSH_") else { return false };
    let mut numbers =
        version.split(|it: char| !it.is_ascii_digit()).map_while(|it| it.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) => (major, minor) <= last,
        _ => false,
    }
}

/// What russh tells us about a session.
pub(super) struct Events {
    pub(super) expected: Arc<Expected>,
    pub(super) shared: Arc<Shared>,
    pub(super) lost: watch::Sender<Option<String>>,
    /// The agent that the host may use.
    pub(super) agent: Option<PathBuf>,
    pub(super) software: Arc<OnceLock<String>>,
    /// What the host says while we log in.
    pub(super) banner: watch::Sender<String>,
}

impl Handler for Events {
    type Error = Failure;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Failure> {
        self.expected.check(shown, &self.shared).await.map_err(Failure::Host)?;
        Ok(true)
    }

    async fn kex_done(
        &mut self,
        _: Option<&[u8]>,
        _: &russh::Names,
        session: &mut Session,
    ) -> Result<(), Failure> {
        let software = String::from_utf8_lossy(session.remote_sshid());
        // Keys are exchanged again now and then; the host stays what it is.
        let _ = self.software.set(software.into_owned());
        Ok(())
    }

    async fn auth_banner(&mut self, banner: &str, _: &mut Session) -> Result<(), Failure> {
        self.banner.send_modify(|said| {
            said.push_str(banner);
            said.push('\n');
        });
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Failure>) -> Result<(), Failure> {
        let text = match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                format!("the host ended the connection: {}", printable(&info.message))
            }
            DisconnectReason::Error(Failure::Ssh(error)) => describe(&error),
            DisconnectReason::Error(Failure::Host(error)) => error.message,
        };
        self.lost.send_replace(Some(text));
        Ok(())
    }

    async fn server_channel_open_agent_forward(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        // Dropping the reply refuses the channel.
        let Some(socket) = self.agent.clone() else { return Ok(()) };
        tokio::spawn(async move {
            let Ok(mut agent) = UnixStream::connect(socket).await else { return };
            reply.accept().await;
            let mut remote = channel.into_stream();
            // Either side may hang up whenever it likes.
            let _ = tokio::io::copy_bidirectional(&mut remote, &mut agent).await;
        });
        Ok(())
    }

    // Russh accepts what a host opens of its own accord; we have asked for none of these.

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        Ok(())
    }

    async fn server_channel_open_forwarded_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        Ok(())
    }

    async fn server_channel_open_session(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        Ok(())
    }

    async fn server_channel_open_direct_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        Ok(())
    }

    async fn server_channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        Ok(())
    }

    async fn server_channel_open_x11(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Failure> {
        Ok(())
    }
}

/// An error of russh in the words of its reader.
pub(super) fn describe(error: &russh::Error) -> String {
    match error {
        russh::Error::KeepaliveTimeout => "the host no longer answers".to_owned(),
        russh::Error::Disconnect | russh::Error::HUP => "the connection was closed".to_owned(),
        russh::Error::NoAuthMethod => "the host takes no further login attempt".to_owned(),
        russh::Error::NoCommonAlgo { kind, ours, theirs } => format!(
            "no {} in common: it offers {}, we offer {}",
            format!("{kind:?}").to_lowercase(),
            theirs.join(" "),
            ours.join(" ")
        ),
        russh::Error::IO(error) => match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "the connection was closed".to_owned(),
            _ => error.to_string().to_lowercase(),
        },
        error => error.to_string().to_lowercase(),
    }
}

/// Text from a host, without anything that could steer a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::is_openssh_up_to;

    #[test]
    fn versions_are_read_from_identifications() {
        for (software, expected) in [
            ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", true),
            ("SSH-2.0-OpenSSH_8.4", true),
            ("SSH-2.0-OpenSSH_9.3p1", false),
            ("SSH-2.0-OpenSSH_10.0p2 Debian-7", false),
            ("SSH-2.0-OpenSSH_for_Windows_9.5", false),
            ("SSH-2.0-dropbear_2022.83", false),
            ("", false),
        ] {
            assert_eq!(is_openssh_up_to(software, (9, 2)), expected, "{software}");
        }
    }
}
