use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The SELinux context of a file: `user`, `role`, `type` and `level`; `()` where it has none.
///
/// ```rhai
/// let context = host.fact("selinux.file_context", "/etc/shadow");
/// if context != () { host.log(context.type); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("selinux.file_context")]
pub struct FileContext {
    /// Path of the file.
    pub path: String,
}

/// A context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// The SELinux user.
    pub user: String,
    /// The role.
    pub role: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The level, with its categories.
    pub level: String,
}

impl Label {
    /// Reads `system_u:object_r:etc_t:s0`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let [user, role, kind, level] = crate::fact::split(text.trim(), ':')?.map(str::to_owned);
        Some(Self { user, role, kind, level })
    }
}

impl Fact for FileContext {
    type Output = Option<Label>;

    fn command(&self) -> Shell {
        sh!("stat -c %C -- {self.path} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().next().and_then(Label::read))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}
