//! uv: packages, tools and Pythons.

mod uv_pip_packages;
mod uv_pythons;
mod uv_text;
mod uv_tools;

pub use uv_pip_packages::UvPipPackages;
pub use uv_pythons::{
    UvAvailablePythonsByImplementation, UvAvailablePythonsByVersion,
    UvInstalledPythonsByImplementation, UvInstalledPythonsByVersion,
};
pub use uv_text::{UvPythonDir, UvToolDir, UvVersion};
pub use uv_tools::UvTools;

use serde_json::Value as Json;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<UvPipPackages>(),
    FactDef::of::<UvAvailablePythonsByImplementation>(),
    FactDef::of::<UvAvailablePythonsByVersion>(),
    FactDef::of::<UvInstalledPythonsByImplementation>(),
    FactDef::of::<UvInstalledPythonsByVersion>(),
    FactDef::of::<UvPythonDir>(),
    FactDef::of::<UvToolDir>(),
    FactDef::of::<UvTools>(),
    FactDef::of::<UvVersion>(),
];

/// Two words of each object in a list of them, sorted by the first; nothing where it is no such list.
fn pairs(output: &str, first: &str, second: &str) -> Vec<(String, String)> {
    let list: Vec<Json> = serde_json::from_str(output).unwrap_or_default();
    let word = |it: &Json, name: &str| it[name].as_str().map(str::to_owned);
    let read = |it: &Json| Some((word(it, first)?, word(it, second)?));
    let mut pairs: Vec<_> = list.iter().filter_map(read).collect();
    pairs.sort();
    pairs
}
