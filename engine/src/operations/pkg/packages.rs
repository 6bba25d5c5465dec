use crate::args::OneOrMany;
use crate::facts::files::File;
use crate::facts::pkg::PkgPackages;
use crate::facts::server::{Arch, Os, OsVersion, Which};
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install or remove packages of a BSD: with `pkg` where there is one, as on FreeBSD, else with `pkg_add` and
/// `pkg_delete`.
///
/// ```rhai
/// pkg.packages(["vim", "git"]);
/// pkg.packages("nano", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("pkg.packages")]
pub(crate) struct EnsurePackages {
    /// The packages.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Where `pkg_add` finds packages (`PKG_PATH`). Default: what `/etc/installurl` says; without that file, the
    /// directory of the system's version at its makers.
    pkg_path: Option<String>,
}

const INSTALLURL: &str = "/etc/installurl";

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), None)?;
        host.want(&PkgPackages {});
        let is_pkg = host.fact(&Which::program("pkg"))?.exists();
        let work = Work {
            wanted: Wanted { present: self.present, ..Wanted::installed(&packages) },
            install: if is_pkg { sh!("pkg install -y") } else { self.pkg_add(host)? },
            remove: if is_pkg { sh!("pkg delete -y") } else { sh!("pkg_delete") },
            ..Work::default()
        };
        work.plan(host, &PkgPackages {}, NOT_KNOWN)
    }
}

impl EnsurePackages {
    fn pkg_add(&self, host: &Host<'_>) -> Result<Shell> {
        if let Some(path) = self.pkg_path.as_ref().filter(|it| !it.is_empty()) {
            return Ok(sh!("PKG_PATH={path} pkg_add"));
        }
        if !self.present || host.fact(&File::at(INSTALLURL))?.here().is_some() {
            return Ok(sh!("pkg_add"));
        }
        let text = |it: &Option<String>| it.clone().unwrap_or_default();
        let (os, version, machine) = (
            text(&*host.fact(&Os {})?),
            text(&*host.fact(&OsVersion {})?),
            text(&*host.fact(&Arch {})?),
        );
        let path = if os == "NetBSD" {
            format!("https://cdn.netbsd.org/pub/pkgsrc/packages/NetBSD/{machine}/{version}/All/")
        } else {
            let name = os.to_lowercase();
            format!("http://ftp.{name}.org/pub/{os}/{version}/packages/{machine}/")
        };
        Ok(sh!("PKG_PATH={path} pkg_add"))
    }
}
