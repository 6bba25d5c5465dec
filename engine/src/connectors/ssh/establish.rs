//! From a route to a session, in time or not at all.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use russh::client::{Config, connect_stream};
use russh::keys::{Algorithm, EcdsaCurve, HashAlg};
use russh::{Preferred, SshId, cipher};
use tokio::sync::watch;

use super::auth::authenticate;
use super::host_key::Expected;
use super::route::Route;
use super::session::{Events, Failure, Link, describe, printable};
use super::transport::{DialError, Phase, Progress, Stream, Watched, dial, run_proxy};
use super::{Shared, channel};
use crate::connectors::process::ConnectError;

/// How often a host that refuses for being busy is tried.
const BUSY_TRIES: u32 = 6;
/// The first pause between two such tries; it doubles each time.
const BUSY_PAUSE: Duration = Duration::from_millis(250);
/// The pause between the tries of `ConnectionAttempts`, as in OpenSSH.
const UNREACHABLE_PAUSE: Duration = Duration::from_secs(1);
/// What OpenSSH says instead of its banner when it wants no more logins for now.
const REFUSALS: [&str; 2] = ["Exceeded MaxStartups", "Not allowed at this time"];
/// What a host may send on one channel before it has to wait for us, in bytes.
const WINDOW: u32 = 2 * 1024 * 1024;

/// Ciphers, the cheapest for both sides first: AES-GCM costs about half of `ChaCha20` where the
/// processor helps with AES, which is nearly everywhere.
const CIPHERS: &[cipher::Name] = &[
    cipher::AES_128_GCM,
    cipher::CHACHA20_POLY1305,
    cipher::AES_256_GCM,
    cipher::AES_256_CTR,
    cipher::AES_192_CTR,
    cipher::AES_128_CTR,
];

/// Kinds of host key, the best first.
const HOST_KEYS: [Algorithm; 6] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
    Algorithm::Rsa { hash: Some(HashAlg::Sha512) },
    Algorithm::Rsa { hash: Some(HashAlg::Sha256) },
];

/// Why one try has failed, and whether another makes sense.
struct Fault {
    error: ConnectError,
    again: Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Never,
    /// The host hung up before it said anything, as OpenSSH does with more than `MaxStartups`
    /// logins under way.
    Busy,
    /// Nothing answers there.
    Unreachable,
}

/// Connects and logs in, directly or over `via`.
///
/// The time limit covers everything from the name to the login, all tries together; it stands
/// still while the user is asked something.
pub(super) async fn establish(
    shared: &Arc<Shared>,
    route: &Route,
    via: Option<Arc<Link>>,
) -> Result<Link, ConnectError> {
    let expected = Arc::new(Expected::of(route, shared));
    let attempt = Attempt {
        shared,
        route,
        via,
        config: Arc::new(config(route, &expected)),
        expected,
        progress: Mutex::default(),
        last_fault: Mutex::default(),
    };
    match within(shared, route.timeout, attempt.tries()).await {
        Some(result) => result,
        None => Err(attempt.timed_out()),
    }
}

struct Attempt<'a> {
    shared: &'a Arc<Shared>,
    route: &'a Route,
    via: Option<Arc<Link>>,
    config: Arc<Config>,
    expected: Arc<Expected>,
    /// That of the latest try.
    progress: Mutex<Arc<Progress>>,
    last_fault: Mutex<Option<ConnectError>>,
}

impl Attempt<'_> {
    async fn tries(&self) -> Result<Link, ConnectError> {
        let mut pause = BUSY_PAUSE;
        let (mut busy, mut unreachable) = (1, 1);
        loop {
            let Fault { error, again } = match self.once().await {
                Ok(link) => return Ok(link),
                Err(fault) => fault,
            };
            match again {
                Again::Busy if busy < BUSY_TRIES => {
                    busy += 1;
                    self.remember(error);
                    tokio::time::sleep(with_jitter(pause)).await;
                    pause *= 2;
                }
                Again::Unreachable if unreachable < self.route.attempts => {
                    unreachable += 1;
                    self.remember(error);
                    tokio::time::sleep(UNREACHABLE_PAUSE).await;
                }
                _ => return Err(error),
            }
        }
    }

    async fn once(&self) -> Result<Link, Fault> {
        let progress = Arc::new(Progress::default());
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&progress);
        let stream = self.stream(&progress).await?;
        progress.reached(Phase::Banner);
        let (stream, keep) = Watched::new(stream, Arc::clone(&progress));
        let (lost_sender, lost) = watch::channel(None);
        let (banner, said) = watch::channel(String::new());
        let software = Arc::new(OnceLock::new());
        let events = Events {
            expected: Arc::clone(&self.expected),
            shared: Arc::clone(self.shared),
            lost: lost_sender,
            software: Arc::clone(&software),
            agent: self.route.forward_agent.clone(),
            banner,
        };
        let handle = connect_stream(Arc::clone(&self.config), stream, events).await;
        let mut handle = match handle {
            Ok(handle) => handle,
            Err(failure) => return Err(self.handshake_fault(failure, &progress).await),
        };
        progress.reached(Phase::Authentication);
        let result = authenticate(&mut handle, self.route, self.shared, &lost, &said).await;
        result.map_err(|error| Fault { error, again: Again::Never })?;
        // From here on the session ends by itself or by our farewell, not with this call.
        let _ = keep.send(());
        Ok(Link {
            label: self.route.label.clone(),
            handle,
            lost,
            software,
            environment: self.route.environment.clone(),
            forwards_agent: self.route.forward_agent.is_some(),
            via: Mutex::new(self.via.clone()),
        })
    }

    async fn stream(&self, progress: &Arc<Progress>) -> Result<Box<dyn Stream>, Fault> {
        let (route, label) = (self.route, &self.route.label);
        if let Some(via) = &self.via {
            progress.reached(Phase::Connecting);
            let stream = channel::tunnel(via, label, &route.host, route.port).await;
            return stream.map_err(|error| Fault { error, again: Again::Never });
        }
        if let Some(command) = &route.proxy_command {
            return run_proxy(command, progress).map_err(|error| Fault {
                error: ConnectError::new(format!("{label}: cannot run its ProxyCommand: {error}")),
                again: Again::Never,
            });
        }
        let stream = dial(&route.host, route.port, route.family, progress).await;
        stream.map_err(|error| self.dial_fault(error))
    }

    fn dial_fault(&self, error: DialError) -> Fault {
        let label = &self.route.label;
        match error {
            DialError::Name(reason) => Fault {
                error: ConnectError::new(format!(
                    "{label}: the name {} does not resolve: {reason}",
                    self.route.host
                ))
                .hint("correct the name, or give the address with ssh_hostname"),
                again: Again::Never,
            },
            DialError::Io(error) => Fault {
                error: ConnectError::new(format!("{label}: {}", connect_problem(&error)))
                    .hint("check the address, the port, the firewall and that sshd runs"),
                again: match error.kind() {
                    io::ErrorKind::ConnectionReset => Again::Busy,
                    _ => Again::Unreachable,
                },
            },
        }
    }

    async fn handshake_fault(&self, failure: Failure, progress: &Progress) -> Fault {
        let label = &self.route.label;
        let error = match failure {
            Failure::Host(error) => return Fault { error, again: Again::Never },
            Failure::Ssh(error) => error,
        };
        if progress.phase() == Phase::Banner && self.route.proxy_command.is_some() {
            return self.proxy_fault(&progress.complaint().await);
        }
        if progress.phase() == Phase::Banner {
            let greeting = printable(&progress.greeting());
            let is_refusal = REFUSALS.iter().any(|refusal| greeting.starts_with(refusal));
            if was_closed(&error) && (greeting.is_empty() || is_refusal) {
                return self.hung_up(&greeting);
            }
            let message = format!("{label}: what answers there is not SSH: it says `{greeting}`");
            let error = ConnectError::new(message).hint("check the address and ssh_port");
            return Fault { error, again: Again::Never };
        }
        let message = format!("{label}: {} {}", describe(&error), progress.phase().describe());
        let reset = matches!(&error, russh::Error::IO(error) if is_reset(error));
        Fault {
            error: ConnectError::new(message),
            again: if reset { Again::Busy } else { Again::Never },
        }
    }

    fn proxy_fault(&self, complaint: &str) -> Fault {
        let reason = match complaint {
            "" => "it ended without a word".to_owned(),
            complaint => printable(complaint),
        };
        let message = format!("{}: its ProxyCommand failed: {reason}", self.route.label);
        Fault { error: ConnectError::new(message), again: Again::Never }
    }

    fn hung_up(&self, greeting: &str) -> Fault {
        let label = &self.route.label;
        let said = match greeting {
            "" => String::new(),
            greeting => format!(", saying `{greeting}`"),
        };
        Fault {
            error: ConnectError::new(format!("{label}: it hung up before its SSH banner{said}"))
                .hint(
                    "its sshd may be busy (MaxStartups) or refuse this address; lower --parallel or \
                     raise MaxStartups",
                ),
            again: Again::Busy,
        }
    }

    fn remember(&self, error: ConnectError) {
        *self.last_fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn timed_out(&self) -> ConnectError {
        let phase = self.progress.lock().unwrap_or_else(PoisonError::into_inner).phase();
        let seconds = self.route.timeout.as_secs_f64();
        let label = &self.route.label;
        let when = phase.describe();
        let last = self.last_fault.lock().unwrap_or_else(PoisonError::into_inner).take();
        match last {
            Some(error) => ConnectError {
                message: format!("{}; gave up after {seconds} s of trying", error.message),
                ..error
            },
            None => ConnectError::new(format!("{label}: timed out after {seconds} s {when}"))
                .hint("check that the host is up, or allow more time with --connect-timeout"),
        }
    }
}

/// The result of `work`, unless the time is up first; waiting for the user does not count.
async fn within<T>(shared: &Shared, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let (start, paused_before) = (Instant::now(), shared.time_spent_asking());
    loop {
        let paused = shared.time_spent_asking().saturating_sub(paused_before);
        let used = start.elapsed().saturating_sub(paused);
        let left = limit.checked_sub(used).filter(|left| !left.is_zero())?;
        tokio::select! {
            result = &mut work => return Some(result),
            () = tokio::time::sleep(left) => {}
        }
    }
}

fn config(route: &Route, expected: &Expected) -> Config {
    let default = Preferred::DEFAULT;
    Config {
        client_id: SshId::Standard(concat!("SSH-2.0-infra_", env!("CARGO_PKG_VERSION")).into()),
        window_size: WINDOW,
        keepalive_interval: route.alive_interval,
        keepalive_max: route.alive_count_max,
        preferred: Preferred {
            key: expected.key_order(&HOST_KEYS).into(),
            host_key_certificates: expected.certificate_order(&HOST_KEYS).into(),
            cipher: CIPHERS.into(),
            ..default
        },
        nodelay: true,
        ..Config::default()
    }
}

fn connect_problem(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        io::ErrorKind::HostUnreachable => "there is no route to the host".to_owned(),
        io::ErrorKind::NetworkUnreachable => "its network is unreachable".to_owned(),
        io::ErrorKind::TimedOut => "it does not answer".to_owned(),
        io::ErrorKind::ConnectionReset => "the connection was reset".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}

fn was_closed(error: &russh::Error) -> bool {
    match error {
        russh::Error::Disconnect | russh::Error::HUP => true,
        russh::Error::IO(error) => is_reset(error) || error.kind() == io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

fn is_reset(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}

/// Between half of `pause` and all of it, so that hosts refused together do not come back together.
fn with_jitter(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(pause) % 512;
    let half = pause / 2;
    half + half * u32::try_from(random).unwrap_or(0) / 512
}
