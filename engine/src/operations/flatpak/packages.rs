use crate::args::OneOrMany;
use crate::facts::flatpak::FlatpakPackages;
use crate::operations::packages::Package;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install or remove applications and runtimes of Flatpak.
///
/// ```rhai
/// flatpak.packages(["org.videolan.VLC", "tv.kodi.Kodi"], #{ remote: "flathub" });
/// flatpak.packages("tv.kodi.Kodi", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("flatpak.packages")]
pub(crate) struct EnsurePackages {
    /// Names of applications or runtimes: `org.videolan.VLC`.
    packages: Option<OneOrMany<String>>,

    /// The remote that they come from. Default: the one that has them.
    remote: Option<String>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), None)?;
        if packages.is_empty() {
            return Ok(Commands::none("no flatpak package is named"));
        }
        let installed = host.fact(&FlatpakPackages {})?;
        let is_there = |name: &String| installed.iter().any(|it| it == id(name));
        let names = packages.into_iter().map(|it| it.name);
        let (there, other): (Vec<String>, Vec<String>) = names.partition(is_there);
        let (todo, fine) = if self.present { (&other, &there) } else { (&there, &other) };
        if todo.is_empty() {
            let state = if self.present { "is installed" } else { "is not installed" };
            let notes = fine.iter().map(|name| format!("flatpak package {name} {state}"));
            return Ok(Commands::none(notes.collect::<Vec<_>>().join(", ")));
        }
        let names = todo;
        let mut after = (*installed).clone();
        let remote = self.remote.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let mut todo = Commands::from(if self.present {
            sh!("flatpak install --noninteractive {remote} {names}")
        } else {
            sh!("flatpak uninstall --noninteractive {names}")
        });
        let (before, now) = if self.present { ("no", "yes") } else { ("yes", "no") };
        for name in names {
            todo.attribute(format!("flatpak {name}"), "present", before, now);
            after.retain(|it| it != id(name));
            after.extend(self.present.then(|| id(name).to_owned()));
        }
        todo.then(&FlatpakPackages {}, after);
        Ok(todo)
    }
}

/// The name in a reference: `app/org.videolan.VLC/x86_64/stable`, `org.videolan.VLC//stable`.
fn id(reference: &str) -> &str {
    let rest = reference.strip_prefix("app/").or_else(|| reference.strip_prefix("runtime/"));
    rest.unwrap_or(reference).split('/').next().unwrap_or(reference)
}
