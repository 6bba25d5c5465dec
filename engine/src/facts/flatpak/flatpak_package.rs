use indexmap::IndexMap;

use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// What Flatpak says of an installed application or runtime: `id`, `ref` and `version`; empty where there
/// is none.
///
/// ```rhai
/// let kodi = host.fact("flatpak.flatpak_package", "tv.kodi.Kodi");
/// if "version" in kodi { host.log(kodi.version); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("flatpak.flatpak_package")]
pub struct FlatpakPackage {
    /// Its name: `tv.kodi.Kodi`.
    pub package: String,
}

impl Fact for FlatpakPackage {
    type Output = IndexMap<String, String>;

    fn command(&self) -> Shell {
        sh!("LC_ALL=C flatpak info {self.package} 2>/dev/null || true")
    }

    /// Lines such as `          ID: tv.kodi.Kodi`; of a version only what looks like one.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut found = IndexMap::new();
        for line in output.lines().filter(|line| line.starts_with(' ')) {
            let Some((label, value)) = line.trim_start().split_once(": ") else { continue };
            let value = value.trim_start();
            let is_part = |it: char| it.is_alphanumeric() || "_.-".contains(it);
            let (name, value) = match label {
                "ID" => ("id", value),
                "Ref" => ("ref", value),
                "Version" => ("version", value.split(|it| !is_part(it)).next().unwrap_or_default()),
                _ => continue,
            };
            found.insert(name.to_owned(), value.to_owned());
        }
        Ok(found)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("flatpak")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
