use super::{apt_get, changed_packages};
use crate::bytes::sha1_of;
use crate::facts::deb::{DebPackage, DebPackages};
use crate::operations::download;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install or remove the package of a `.deb` file.
///
/// The file is one on the host, or is downloaded by the host, once, with `curl` or `wget`. What it
/// depends on is installed too. A downloaded file tells which package it holds, so one that was never
/// downloaded cannot be removed by its address.
///
/// ```rhai
/// apt.deb("https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb");
/// apt.deb("/opt/packages/agent.deb", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("apt.deb")]
pub(crate) struct Deb {
    /// Path of the file on the host, or its address.
    src: String,

    /// Whether its package should be installed.
    #[arg(default = true)]
    present: bool,

    /// Also change packages on hold, remove essential ones, and install unsigned ones.
    #[arg(default = false)]
    force: bool,
}

impl Operation for Deb {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let path = self.path();
        let archive = DebPackage { package: path.clone() };
        host.want(&DebPackages {});
        let info = host.fact(&archive)?;
        let installed = host.fact(&DebPackages {})?;
        let named =
            info.as_ref().as_ref().and_then(|it| it.name.as_deref().zip(it.version.as_deref()));
        let is_there = named.is_some_and(|(name, version)| {
            let versions = installed.versions(name).unwrap_or_default();
            versions.iter().any(|it| it == version)
        });
        let mut todo = match (self.present, is_there, named) {
            (true, true, _) => return Ok(Commands::none(format!("{} is installed", self.src))),
            (false, true, Some((name, _))) => self.remove(name),
            (false, ..) => return Ok(Commands::none(format!("{} is not installed", self.src))),
            (true, false, None) if self.is_address() => return Ok(self.download(&path)),
            (true, false, _) => self.install(&path),
        };
        if let Some((name, version)) = named {
            let mut after = (*installed).clone();
            let before = after.versions(name).unwrap_or_default().join(", ");
            if self.present {
                after.expect(name, Some(version.to_owned()));
            } else {
                after.remove(name);
            }
            let shown = if self.present { version } else { "" };
            todo.attribute(format!("package {name}"), "version", before, shown);
            todo.then(&DebPackages {}, after);
        }
        Ok(todo)
    }
}

impl Deb {
    fn is_address(&self) -> bool {
        self.src.contains("://")
    }

    /// The file on the host. A download stays where apt keeps archives, so that it is not fetched again.
    fn path(&self) -> String {
        if self.is_address() {
            format!("/var/cache/apt/archives/infra-{}.deb", sha1_of(self.src.as_bytes()))
        } else {
            self.src.clone()
        }
    }

    /// Fetches the file; then it is known which package it holds, and the operation goes on.
    fn download(&self, path: &str) -> Commands {
        let mut todo = Commands::from(download::to(&self.src, path));
        todo.attribute(&self.src, "downloaded", "no", "yes");
        todo.again = true;
        todo
    }

    fn install(&self, path: &str) -> Commands {
        // apt-get takes a word with a slash for a file.
        let path = if path.contains('/') { path.to_owned() } else { format!("./{path}") };
        let apt_get = apt_get(self.force);
        let mut todo = Commands::from(sh!("{apt_get} install --allow-downgrades {path}"));
        todo.changed = Some(changed_packages);
        todo
    }

    fn remove(&self, name: &str) -> Commands {
        let apt_get = apt_get(self.force);
        let mut todo = Commands::from(sh!("{apt_get} remove {name}"));
        todo.changed = Some(changed_packages);
        todo
    }
}
