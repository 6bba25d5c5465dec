use crate::facts::selinux::{FileContext, Label};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Give a file or directory a type of SELinux.
///
/// The policy may give it another one again; `selinux.file_context_mapping` changes the policy.
///
/// ```rhai
/// selinux.file_context("/srv/web", "httpd_sys_content_t");
/// ```
#[derive(Debug, Args)]
#[args("selinux.file_context")]
pub(crate) struct SetFileContext {
    /// Path on the host.
    path: String,

    /// The type.
    se_type: String,
}

impl Operation for SetFileContext {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (path, wanted) = (&self.path, &self.se_type);
        let fact = FileContext { path: path.clone() };
        let now = host.fact(&fact)?;
        let now = now.as_ref().clone().unwrap_or_default();
        if now.kind == *wanted {
            return Ok(Commands::none(format!("{path} has the type {wanted}")));
        }
        let mut todo = Commands::from(sh!("chcon -t {wanted} -- {path}"));
        todo.attribute(path, "SELinux type", &now.kind, wanted);
        todo.then(&fact, Some(Label { kind: wanted.clone(), ..now }));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}
