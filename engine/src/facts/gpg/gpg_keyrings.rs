use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::keys::{Keys, PUBLIC, read};
use crate::args::{Arg, Kind, OneOrMany};
use crate::value::Value;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The keyrings in directories by path, each with its format and its keys by id; those of a text
/// (`.asc`) come without fingerprints and hashes. Empty where there are none.
///
/// ```rhai
/// let rings = host.fact("gpg.gpg_keyrings", ["/etc/apt/keyrings"]);
/// ```
#[derive(Clone, Debug, Args)]
#[args("gpg.gpg_keyrings")]
pub struct GpgKeyrings {
    /// The directories, with all below them.
    pub directories: Directories,
}

/// Directories: one, or a list. Always written as a list, so that one is one question however it is
/// given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directories(pub Vec<String>);

impl Arg for Directories {
    const KIND: Kind = OneOrMany::<String>::KIND;

    fn read(value: &Value) -> Option<Self> {
        OneOrMany::read(value).map(|directories| Self(directories.0))
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

/// One file of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Keyring {
    /// `gpg`, `kbx`, or `asc` for a text.
    pub format: String,
    /// The keys by id.
    pub keys: Keys,
}

impl GpgKeyrings {
    /// The keyrings in these directories.
    pub fn in_directories<T: Into<String>>(directories: impl IntoIterator<Item = T>) -> Self {
        Self { directories: Directories(directories.into_iter().map(Into::into).collect()) }
    }
}

impl Fact for GpgKeyrings {
    type Output = IndexMap<String, Keyring>;

    /// A keyring may be a keybox whatever its name, so it is opened as a keyring; a text is read. Texts come
    /// last, so that of a key that is in both it is theirs that counts.
    fn command(&self) -> Shell {
        let directories = &self.directories.0;
        sh!(
            "{{ find {directories} -type f \\( -name '*.gpg' -o -name '*.kbx' \\) -exec sh -c 'for f do \
            echo \"KEYRING:$f\"; \
            gpg --batch --list-keys --with-colons --no-default-keyring --keyring \"$f\"; done' _ {{}} +; \
            find {directories} -type f -name '*.asc' -exec sh -c 'for f do echo \"KEYRING:$f\"; \
            gpg --batch --with-colons -- \"$f\"; done' _ {{}} +; }} 2>/dev/null || true"
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut keyrings = IndexMap::new();
        for part in output.split("KEYRING:").skip(1) {
            let (path, records) = part.split_once('\n').unwrap_or((part, ""));
            if records.trim().is_empty() {
                continue;
            }
            let format = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            keyrings.insert(path.to_owned(), Keyring { format, keys: read(records, PUBLIC) });
        }
        Ok(keyrings)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("gpg")
    }

    fn reads(&self) -> Vec<Scope> {
        self.directories.0.iter().map(Scope::tree).collect()
    }
}
