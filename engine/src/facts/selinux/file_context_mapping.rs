use serde_json::{Map, Value};

use super::{Label, part};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The SELinux context that files get whose path matches a pattern of the policy; empty where the policy
/// has no such pattern. Needs root.
///
/// ```rhai
/// let web = host.fact("selinux.file_context_mapping", "/srv/web(/.*)?");
/// if web.is_empty() { host.log("/srv/web is as any other directory"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("selinux.file_context_mapping")]
pub struct FileContextMapping {
    /// The pattern, exactly as the policy has it.
    pub target: String,
}

impl Fact for FileContextMapping {
    type Output = Map<String, Value>;

    fn command(&self) -> Shell {
        sh!("semanage fcontext -n -l | grep -F -- {self.target} || true")
    }

    /// `/etc(/.*)?    all files    system_u:object_r:etc_t:s0`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut lines = output.lines().filter_map(|line| {
            let rest = line.strip_prefix(self.target.as_str())?;
            rest.starts_with(char::is_whitespace).then(|| rest.split_whitespace().next_back())?
        });
        let label = lines.next_back().and_then(Label::read);
        let map = label.and_then(|it| match serde_json::to_value(it) {
            Ok(Value::Object(map)) => Some(map),
            _ => None,
        });
        Ok(map.unwrap_or_default())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("semanage")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![part("mapping", &self.target), Scope::PACKAGES]
    }
}
