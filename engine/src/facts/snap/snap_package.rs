use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// What is known of a snap: `name`, `publisher`, `snap-id`, and `channel` and `version` where it is installed;
/// empty where there is none.
///
/// snap asks its store, which may take seconds.
///
/// ```rhai
/// let lxd = host.fact("snap.snap_package", "lxd");
/// if "channel" in lxd { host.log(lxd.channel); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("snap.snap_package")]
pub struct SnapPackage {
    /// Its name.
    pub package: String,
}

impl Fact for SnapPackage {
    type Output = IndexMap<String, String>;

    fn command(&self) -> Shell {
        sh!("LC_ALL=C.UTF-8 snap info {self.package} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut found = IndexMap::new();
        for line in output.lines() {
            let Some((label, value)) = line.split_once(':') else { continue };
            let Some(value) = value.strip_prefix(' ').map(str::trim) else { continue };
            let (name, value) = match label {
                "name" | "publisher" | "snap-id" => (label, Some(value.to_owned())),
                "tracking" => ("channel", channel(value)),
                "installed" => ("version", version(value)),
                _ => continue,
            };
            if let Some(value) = value {
                found.insert(name.to_owned(), value);
            }
        }
        Ok(found)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("snap")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}

/// `4.0/stable` of `4.0/stable/ubuntu-20.04`.
pub(super) fn channel(tracking: &str) -> Option<String> {
    let mut parts = tracking.split('/');
    let (track, risk) = (parts.next()?, parts.next()?);
    (!track.is_empty() && !risk.is_empty()).then(|| format!("{track}/{risk}"))
}

/// `4.0.9-8e2046b` of `4.0.9-8e2046b (22753) 71MB -`.
fn version(installed: &str) -> Option<String> {
    let is_part = |it: char| it.is_alphanumeric() || "_.-".contains(it);
    let version = installed.split(|it| !is_part(it)).next()?;
    (!version.is_empty()).then(|| version.to_owned())
}
