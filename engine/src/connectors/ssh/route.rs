//! Everything that is decided about reaching one host, before anything is sent.

use std::path::PathBuf;
use std::time::Duration;

use super::config::Surroundings;
use super::config::settings::Settings;
use super::config::tokens::Tokens;
use super::jump::Hop;
use super::{Target, expand_home};
use crate::connectors::process::ConnectError;

/// How long a connection may take to come up when nothing says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
/// After how much silence a host is asked whether it is still there, and how often.
const DEFAULT_ALIVE: (Duration, usize) = (Duration::from_secs(15), 3);
/// Keys that are tried when nothing names one, in OpenSSH's order; those with hardware behind them
/// only work through an agent.
const DEFAULT_KEYS: [&str; 5] =
    ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"];
/// The known hosts of the account and those of the machine, when nothing names others.
const USER_KNOWN_HOSTS: [&str; 2] = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
const GLOBAL_KNOWN_HOSTS: [&str; 2] = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];

/// What happens to host keys that are not known, and to those that have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Unknown keys are refused.
    Yes,
    /// Unknown keys are shown to the user, refused when there is none.
    Ask,
    /// Unknown keys are written down, changed ones refused.
    AcceptNew,
    /// Everything is accepted but revoked keys.
    Off,
}

/// How one host is reached.
#[derive(Clone)]
pub(super) struct Route {
    /// How errors name the host: `web1 (10.0.0.1:22)`.
    pub(super) label: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    /// The keys that were named, in order.
    pub(super) keys: Vec<PathBuf>,
    /// The keys that are tried because of their usual names.
    pub(super) default_keys: Vec<PathBuf>,
    pub(super) certificates: Vec<PathBuf>,
    pub(super) identities_only: bool,
    pub(super) agent: Option<PathBuf>,
    pub(super) forward_agent: Option<PathBuf>,
    pub(super) key_password: Option<String>,
    pub(super) password: Option<String>,
    pub(super) may_ask: bool,
    pub(super) methods: Vec<&'static str>,
    pub(super) hops: Vec<Hop>,
    pub(super) proxy_command: Option<String>,
    pub(super) user_known_hosts: Vec<PathBuf>,
    pub(super) global_known_hosts: Vec<PathBuf>,
    pub(super) key_alias: Option<String>,
    pub(super) hash_known_hosts: bool,
    pub(super) strictness: Strictness,
    pub(super) timeout: Duration,
    pub(super) attempts: u32,
    /// Nothing when the host is never asked whether it is still there.
    pub(super) alive_interval: Option<Duration>,
    pub(super) alive_count_max: usize,
    pub(super) environment: Vec<(String, String)>,
    pub(super) family: Family,
}

/// The addresses that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Any,
    Four,
    Six,
}

impl Route {
    /// Puts data, configuration and defaults together.
    pub(super) fn new(
        target: &Target,
        settings: &Settings,
        surroundings: &Surroundings,
    ) -> Result<Self, ConnectError> {
        let host = settings.hostname.clone().unwrap_or_else(|| target.name.clone());
        let host = unbracketed(&host);
        let port = settings.port.unwrap_or(22);
        let user = settings.user.clone().unwrap_or_else(|| surroundings.user.clone());
        let jump = jump_text(target, settings);
        let tokens = Tokens {
            surroundings,
            original: &target.name,
            host: &host,
            port,
            user: &user,
            key_alias: settings.host_key_alias.as_deref().unwrap_or(&host),
            jump: jump.as_deref().unwrap_or_default(),
        };
        check_user(&target.name, &user)?;
        let files = Files { tokens: &tokens, surroundings };
        let proxy = settings.proxy_command.as_deref().filter(|text| *text != "none");
        let proxy = proxy.filter(|_| target.jump.is_none());
        let hops = match &jump {
            Some(text) if proxy.is_none() => Hop::list(&tokens.percents(text)?)?,
            _ => Vec::new(),
        };
        let keys = files.named_keys(target, settings)?;
        let unnamed = target.keys.is_empty() && settings.identity_files.is_empty();
        let agent = files.agent(settings.identity_agent.as_deref())?;
        Ok(Self {
            label: label(&target.name, &host, port),
            keys,
            default_keys: if unnamed { files.default_keys() } else { Vec::new() },
            certificates: files.all(&settings.certificate_files)?,
            identities_only: settings.identities_only.unwrap_or(false),
            forward_agent: forwarded(target, settings, &files, agent.as_ref())?,
            agent,
            key_password: target.key_password.clone(),
            password: target.password.clone(),
            may_ask: !settings.batch_mode.unwrap_or(false),
            methods: methods(settings),
            hops,
            proxy_command: proxy.map(|text| tokens.percents(text)).transpose()?,
            user_known_hosts: match &target.known_hosts_file {
                Some(path) => vec![expand_home(&path.to_string_lossy(), &surroundings.home)],
                None => files.known_hosts(settings.user_known_hosts.as_ref(), &USER_KNOWN_HOSTS)?,
            },
            global_known_hosts: files
                .known_hosts(settings.global_known_hosts.as_ref(), &GLOBAL_KNOWN_HOSTS)?,
            key_alias: settings.host_key_alias.clone(),
            hash_known_hosts: settings.hash_known_hosts.unwrap_or(false),
            strictness: strictness(target, settings)?,
            timeout: timeout(target, settings),
            attempts: settings.connection_attempts.unwrap_or(1).max(1),
            alive_interval: alive_interval(settings),
            alive_count_max: settings.alive_count_max.unwrap_or(DEFAULT_ALIVE.1),
            environment: environment(settings),
            family: family(settings),
            host,
            port,
            user,
        })
    }
}

struct Files<'a> {
    tokens: &'a Tokens<'a>,
    surroundings: &'a Surroundings,
}

impl Files<'_> {
    fn one(&self, name: &str) -> Result<PathBuf, ConnectError> {
        Ok(expand_home(&self.tokens.expand(name)?, &self.surroundings.home))
    }

    fn all<S: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = S>,
    ) -> Result<Vec<PathBuf>, ConnectError> {
        names.into_iter().map(|name| self.one(name.as_ref())).collect()
    }

    fn named_keys(
        &self,
        target: &Target,
        settings: &Settings,
    ) -> Result<Vec<PathBuf>, ConnectError> {
        let mut keys = self.all(target.keys.iter().map(|key| key.to_string_lossy()))?;
        keys.extend(self.all(settings.identity_files.iter().filter(|name| *name != "none"))?);
        Ok(keys)
    }

    fn default_keys(&self) -> Vec<PathBuf> {
        let folder = self.surroundings.home.join(".ssh");
        DEFAULT_KEYS.iter().map(|name| folder.join(name)).collect()
    }

    fn known_hosts(
        &self,
        configured: Option<&Vec<String>>,
        usual: &[&str],
    ) -> Result<Vec<PathBuf>, ConnectError> {
        match configured {
            Some(list) if list.iter().any(|name| name == "none") => Ok(Vec::new()),
            Some(list) => self.all(list),
            None => self.all(usual),
        }
    }

    /// `none`, `SSH_AUTH_SOCK`, `$VARIABLE` or a path; the environment's when nothing is said.
    fn agent(&self, named: Option<&str>) -> Result<Option<PathBuf>, ConnectError> {
        let from_environment = |name: &str| {
            std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
        };
        match named {
            None | Some("SSH_AUTH_SOCK") => Ok(from_environment("SSH_AUTH_SOCK")),
            Some("none") => Ok(None),
            Some(name) => match name.strip_prefix('$').filter(|name| !name.starts_with('{')) {
                Some(variable) => Ok(from_environment(variable)),
                None => self.one(name).map(Some),
            },
        }
    }
}

fn label(name: &str, host: &str, port: u16) -> String {
    let address =
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    if name == host || name.is_empty() { address } else { format!("{name} ({address})") }
}

fn unbracketed(host: &str) -> String {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host).to_owned()
}

/// A name that looks like an option is refused, as by OpenSSH.
fn check_user(host: &str, user: &str) -> Result<(), ConnectError> {
    if !user.is_empty() && !user.starts_with('-') {
        return Ok(());
    }
    Err(ConnectError::new(format!("{host}: `{user}` cannot be a user name")).hint("set ssh_user"))
}

fn jump_text(target: &Target, settings: &Settings) -> Option<String> {
    let text = target.jump.as_ref().or(settings.proxy_jump.as_ref())?;
    Some(text.clone()).filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("none"))
}

fn forwarded(
    target: &Target,
    settings: &Settings,
    files: &Files<'_>,
    agent: Option<&PathBuf>,
) -> Result<Option<PathBuf>, ConnectError> {
    let text = match target.forward_agent {
        Some(true) => "yes",
        Some(false) => "no",
        None => settings.forward_agent.as_deref().unwrap_or("no"),
    };
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(agent.cloned()),
        "no" | "false" => Ok(None),
        _ => files.agent(Some(text)),
    }
}

fn methods(settings: &Settings) -> Vec<&'static str> {
    let allowed = [
        ("publickey", settings.public_key),
        ("password", settings.password),
        ("keyboard-interactive", settings.keyboard_interactive),
    ];
    let preferred = |name: &&str| match &settings.preferred_methods {
        Some(list) => list.iter().any(|method| method == name),
        None => true,
    };
    let allowed = allowed.into_iter().filter(|(_, allowed)| allowed.unwrap_or(true));
    allowed.map(|(name, _)| name).filter(preferred).collect()
}

fn strictness(target: &Target, settings: &Settings) -> Result<Strictness, ConnectError> {
    let text = target.strict_host_key_checking.as_ref();
    let Some(text) = text.or(settings.strict_host_key_checking.as_ref()) else {
        return Ok(Strictness::AcceptNew);
    };
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(Strictness::Yes),
        "ask" => Ok(Strictness::Ask),
        "accept-new" => Ok(Strictness::AcceptNew),
        "no" | "off" | "false" => Ok(Strictness::Off),
        _ => Err(ConnectError::new(format!(
            "{}: strict host key checking cannot be `{text}`",
            target.name
        ))
        .hint("it is yes, ask, accept-new, no or off")),
    }
}

fn timeout(target: &Target, settings: &Settings) -> Duration {
    let configured = settings.connect_timeout.filter(|seconds| *seconds > 0);
    target.connect_timeout.or(configured.map(Duration::from_secs)).unwrap_or(DEFAULT_TIMEOUT)
}

fn alive_interval(settings: &Settings) -> Option<Duration> {
    match settings.alive_interval {
        None => Some(DEFAULT_ALIVE.0),
        Some(0) => None,
        Some(seconds) => Some(Duration::from_secs(seconds)),
    }
}

fn environment(settings: &Settings) -> Vec<(String, String)> {
    let pairs = settings.set_env.iter().filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn family(settings: &Settings) -> Family {
    match settings.address_family.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("inet") => Family::Four,
        Some("inet6") => Family::Six,
        _ => Family::Any,
    }
}
