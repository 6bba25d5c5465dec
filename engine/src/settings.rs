//! What the command line and `config.rhai` set for a run.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use crate::earlier::Earlier;
use crate::error::Error;
use crate::event::Basis;
use crate::fingerprint::Salt;
use crate::value::Map;

/// How a run is to go.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Settings {
    /// Make the plan, change nothing.
    pub dry: bool,
    /// Why no host may be asked or changed. It is the last mistake to be told: behind those of the scripts.
    pub refusal: Option<Error>,
    /// Hosts worked on at the same time; 0 means all (connections are bounded all the same).
    pub parallel: usize,
    /// One host after the other through the whole deploy.
    pub serial: bool,
    /// Hosts do not wait for each other.
    pub no_wait: bool,
    /// End the run when more than so many percent of the hosts have failed.
    pub fail_percent: Option<f64>,
    /// Tries after a failed one, for all operations.
    pub retry: u32,
    /// Between tries.
    pub retry_delay: Duration,
    /// Until a host must have answered.
    pub connect_timeout: Duration,
    /// Until a command must have ended; `None`: no limit.
    pub timeout: Option<Duration>,
    /// Global arguments for all operations, lowest priority: `_sudo` and so on.
    pub globals: Map,
    /// Data that beats all other data: `--data`, `--ssh-user` and so on.
    pub data: Map,
    /// Further folders with group data.
    pub group_data: Vec<PathBuf>,
    /// Groups or globs that hosts must match.
    pub limit: Vec<String>,
    /// Groups or globs that hosts must not match.
    pub exclude: Vec<String>,
    /// The configuration script; `config.rhai` beside the first deploy script otherwise.
    pub config: Option<PathBuf>,
    /// Whether `console` functions may ask; otherwise they take defaults.
    pub interactive: bool,
    /// How much is told: 0 to 3.
    pub verbosity: u8,
    /// How often it is told that an operation is still on.
    pub waiting: Duration,
    /// When the run counts as begun. A saved plan is applied as of the time at which it was made, so that what is
    /// named by the time is what the plan says.
    pub started: jiff::Timestamp,
    /// With what sums of facts and operations are made; none are made without it.
    pub salt: Option<Salt>,
    /// Whether the plan comes with what it was made from.
    pub keep_basis: bool,
    /// What a saved plan was made from, by host: a host where it differs now is left alone.
    pub saved: Option<Arc<IndexMap<String, Basis>>>,
    /// What an earlier try of the run has done.
    pub earlier: Arc<Earlier>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dry: false,
            refusal: None,
            parallel: 0,
            serial: false,
            no_wait: false,
            fail_percent: None,
            retry: 0,
            retry_delay: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            timeout: None,
            globals: Map::new(),
            data: Map::new(),
            group_data: Vec::new(),
            limit: Vec::new(),
            exclude: Vec::new(),
            config: None,
            interactive: false,
            verbosity: 0,
            waiting: Duration::from_secs(5),
            started: crate::project::now(),
            salt: None,
            keep_basis: false,
            saved: None,
            earlier: Arc::default(),
        }
    }
}
