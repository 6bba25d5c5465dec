use serde_json::{Map, Value};

use crate::facts::selinux::{FileContextMapping, part};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Say in the policy of SELinux which type files get whose path matches a pattern.
///
/// Files that are there keep theirs until `restorecon` looks at them.
///
/// ```rhai
/// selinux.file_context_mapping("/srv/web(/.*)?", "httpd_sys_content_t");
/// selinux.file_context_mapping("/old(/.*)?", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("selinux.file_context_mapping")]
pub(crate) struct MapFileContext {
    /// The pattern.
    target: String,

    /// The type.
    se_type: Option<String>,

    /// Whether the policy should have the pattern.
    #[arg(default = true)]
    present: bool,
}

impl Operation for MapFileContext {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let target = &self.target;
        let fact = FileContextMapping { target: target.clone() };
        if !self.present {
            if host.fact(&fact)?.is_empty() {
                return Ok(Commands::none(format!("{target} has no type")));
            }
            let mut todo = Commands::from(sh!("semanage fcontext -d {target}"));
            todo.attribute(target, "SELinux type", "exists", "").then(&fact, Map::new());
            return Ok(todo);
        }
        let Some(wanted) = &self.se_type else {
            return Err(Error::usage(format!("{target} needs a type")).argument("se_type"));
        };
        let now = host.fact(&fact)?;
        let before = now.get("type").and_then(Value::as_str).unwrap_or_default();
        if before == wanted {
            return Ok(Commands::none(format!("{target} has the type {wanted}")));
        }
        let change = Shell::raw(if now.is_empty() { "-a" } else { "-m" });
        let mut todo = Commands::from(sh!("semanage fcontext {change} -t {wanted} {target}"));
        todo.attribute(target, "SELinux type", before, wanted);
        let mut after = (*now).clone();
        after.insert("type".to_owned(), wanted.as_str().into());
        todo.then(&fact, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![part("mapping", &self.target)]
    }
}
