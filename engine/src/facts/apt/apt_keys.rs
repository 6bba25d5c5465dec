use std::sync::Arc;

use crate::facts::gpg::{GpgKeyrings, Keys};
use crate::{Args, Ask, Host, Result};

/// The keys that apt's sources can be signed with, by id. Empty where there are none.
///
/// ```rhai
/// if "8D81803C0EBFCD88" in host.fact("apt.apt_keys") { host.log("docker's key is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("apt.apt_keys")]
pub struct AptKeys {
    /// Where to look. Default: `/etc/apt/trusted.gpg.d`, `/etc/apt/keyrings`, `/usr/share/keyrings`.
    pub directories: Option<Vec<String>>,
}

/// Where apt's keys are.
pub const KEYRING_DIRECTORIES: [&str; 3] =
    ["/etc/apt/trusted.gpg.d", "/etc/apt/keyrings", "/usr/share/keyrings"];

impl Ask for AptKeys {
    type Output = Keys;

    fn find(&self, host: &Host<'_>) -> Result<Arc<Keys>> {
        let rings = match &self.directories {
            Some(directories) => GpgKeyrings::in_directories(directories.iter().cloned()),
            None => GpgKeyrings::in_directories(KEYRING_DIRECTORIES),
        };
        let keyrings = host.fact(&rings)?;
        let keys = keyrings.values().flat_map(|ring| ring.keys.clone());
        Ok(Arc::new(keys.collect()))
    }
}
