use super::Extra;
use crate::args::OneOrMany;
use crate::facts::uv::UvInstalledPythonsByVersion;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install versions of Python with uv, or remove them.
///
/// `3.13` is met by any `3.13.x` that is there.
///
/// ```rhai
/// uv.pythons(["3.13", "3.12.4"]);
/// uv.pythons("3.9", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("uv.pythons")]
pub(crate) struct Pythons {
    /// The versions.
    versions: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether only Pythons count that uv itself manages.
    #[arg(default = true)]
    managed: bool,

    /// More arguments for uv: one text, or a list of words.
    extra_args: Option<Extra>,
}

impl Operation for Pythons {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let names = self.versions.as_ref().map(|it| &it.0[..]).unwrap_or_default();
        let mut packages = Package::read_all(names, None)?;
        if packages.is_empty() {
            return Ok(Commands::none("no Python version is named"));
        }
        let fact = UvInstalledPythonsByVersion { is_managed: self.managed };
        let installed = host.fact(&fact)?;
        for package in &mut packages {
            let start = format!("{}.", package.spec);
            let fits = |version: &str| version == package.spec || version.starts_with(&start);
            if let Some((version, _)) = installed.iter().find(|(version, _)| fits(version)) {
                version.clone_into(&mut package.name);
            }
        }
        let mut flags = Shell::new();
        flags.flag("--managed-python", self.managed);
        let extra = Extra::shell(self.extra_args.as_ref());
        let work = Work {
            wanted: Wanted { present: self.present, ..Wanted::installed(&packages) },
            install: sh!("uv python install --no-progress {flags} {extra}"),
            remove: sh!("uv python uninstall --no-progress {flags} {extra}"),
            one_by_one: true,
            ..Work::default()
        };
        work.plan(host, &fact, NOT_KNOWN)
    }
}
