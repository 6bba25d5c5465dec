//! Packages of `.rpm` files.

use crate::bytes::sha1_of;
use crate::facts::rpm::{RpmPackage, RpmPackages};
use crate::operations::download;
use crate::{Commands, Host, Result, Shell, sh};

/// A file with a package, and how it is installed and removed.
pub(crate) struct File<'a> {
    /// Path on the host, or address.
    pub src: &'a str,
    /// Whether its package should be installed.
    pub present: bool,
    /// What installs a file.
    pub install: Shell,
    /// What removes a package.
    pub remove: Shell,
}

impl File<'_> {
    /// What must be done. A file that is not there yet is downloaded, and looked at then.
    pub(crate) fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let path = self.path();
        let info = host.fact(&RpmPackage { package: path.clone() })?;
        let now = match info.as_ref() {
            Some(info) => host.fact(&RpmPackage { package: info.name.clone() })?,
            None => std::sync::Arc::default(),
        };
        let is_there = match (info.as_ref(), now.as_ref()) {
            (Some(info), Some(now)) => info.version == now.version,
            _ => false,
        };
        let (install, remove) = (&self.install, &self.remove);
        let mut todo = match (self.present, is_there, info.as_ref()) {
            (true, true, _) => return Ok(Commands::none(format!("{} is installed", self.src))),
            (false, true, Some(info)) => Commands::from(sh!("{remove} {info.name}")),
            (false, ..) => return Ok(Commands::none(format!("{} is not installed", self.src))),
            (true, false, None) if self.is_address() => {
                let mut todo = Commands::from(download::to(self.src, &path));
                todo.attribute(self.src, "downloaded", "no", "yes");
                todo.again = true;
                return Ok(todo);
            }
            (true, false, _) => {
                // A word with a slash is a file to every one of them.
                let path = if path.contains('/') { path } else { format!("./{path}") };
                Commands::from(sh!("{install} {path}"))
            }
        };
        if let Some(info) = info.as_ref() {
            let before = now.as_ref().as_ref().map(|it| it.version.clone()).unwrap_or_default();
            let after = if self.present { info.version.clone() } else { String::new() };
            todo.attribute(format!("package {}", info.name), "version", before, after);
            let there = self.present.then(|| info.clone());
            todo.then(&RpmPackage { package: info.name.clone() }, there);
        }
        todo.also.extend(crate::Fact::reads(&RpmPackages {}));
        Ok(todo)
    }

    fn is_address(&self) -> bool {
        self.src.contains("://")
    }

    /// The file on the host. A download stays, so that it is not fetched again.
    fn path(&self) -> String {
        if self.is_address() {
            return format!("/var/cache/infra-{}.rpm", sha1_of(self.src.as_bytes()));
        }
        self.src.to_owned()
    }
}

/// An operation for such files: its manual, its name, and what installs and removes.
macro_rules! rpm {
    ($(#[$doc:meta])* $name:literal, $install:literal, $remove:literal) => {
        $(#[$doc])*
        #[derive(Debug, crate::Args)]
        #[args($name)]
        pub(crate) struct Rpm {
            /// Path of the file on the host, or its address.
            src: String,

            /// Whether its package should be installed.
            #[arg(default = true)]
            present: bool,
        }

        impl crate::Operation for Rpm {
            fn plan(&self, host: &crate::Host<'_>) -> crate::Result<crate::Commands> {
                let file = crate::operations::rpm::file::File {
                    src: &self.src,
                    present: self.present,
                    install: crate::Shell::raw($install),
                    remove: crate::Shell::raw($remove),
                };
                file.plan(host)
            }
        }
    };
}

pub(crate) use rpm;
