use super::keyscan::Keyscan;
use super::ssh;
use crate::command::Output;
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Copy a file of the host to another server, from the host over SSH.
///
/// It gets the mode that it has here, and takes the place of an older one in one step. Where the same
/// content is there, nothing changes. The host's account must be able to log in there without being
/// asked anything.
///
/// ```rhai
/// ssh.upload("two.example.net", "/var/backups/app.sql.gz", #{ user: "backup" });
/// ssh.upload("two.example.net", "/etc/app.conf", "/etc/app.conf", #{ use_remote_sudo: true, ssh_keyscan: true });
/// ```
#[derive(Debug, Args)]
#[args("ssh.upload")]
pub(crate) struct Upload {
    /// The other server.
    hostname: String,

    /// The file on the host.
    filename: String,

    /// Where it goes; a directory takes it under its own name. Default: the same path.
    remote_filename: Option<String>,

    /// The port of the other SSH server.
    #[arg(default = 22_u16)]
    port: u16,

    /// The user to log in as.
    user: Option<String>,

    /// Write it there with `sudo`.
    #[arg(default = false)]
    use_remote_sudo: bool,

    /// Do `ssh.keyscan` first.
    #[arg(default = false)]
    ssh_keyscan: bool,
}

/// What the other server prints where it has the file.
const SAME: &str = "it has the file";

impl Operation for Upload {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let ssh = ssh(&self.hostname, self.user.as_deref(), self.port)?;
        let mut todo = Commands::default();
        if self.ssh_keyscan {
            let scan = Keyscan { hostname: self.hostname.clone(), force: false, port: self.port };
            todo.extend(scan.plan(host)?);
        }
        if todo.is_empty() {
            todo.changed = Some(is_changed);
        }
        let from = crate::operations::files::operand(&self.filename);
        let remote = self.remote().reveal();
        todo.run(sh!("mode=$(stat -c %a {from} 2>/dev/null || stat -f %Lp {from}) || exit 1; \
            sum=$( (sha1sum <{from} || shasum <{from}) 2>/dev/null); \
            {ssh} {remote} \"$mode ${{sum%% *}}\" <{from}"));
        let to = self.remote_filename.as_ref().unwrap_or(&self.filename);
        todo.attribute(
            format!("{to} on {}", self.hostname),
            "content",
            "",
            format!("as in {}", self.filename),
        );
        Ok(todo)
    }

    /// What changes is on the other server.
    fn touches(&self) -> Vec<Scope> {
        Vec::new()
    }
}

impl Upload {
    /// What runs on the other server, but for the mode and the sum that follow.
    fn remote(&self) -> Shell {
        let to = self.remote_filename.as_ref().filter(|it| !it.is_empty());
        let to = crate::operations::files::operand(to.unwrap_or(&self.filename));
        let name = self.filename.rsplit('/').next().unwrap_or(&self.filename);
        let script = sh!("to={to}; if [ -d \"$to\" ]; then to=${{to%/}}/{name}; fi; \
            there=$( (sha1sum <\"$to\" || shasum <\"$to\") 2>/dev/null); \
            if [ -n \"$2\" ] && [ \"${{there%% *}}\" = \"$2\" ]; then cat >/dev/null; echo {SAME}; exit 0; fi; \
            umask 077; cat >\"$to.infra-new\" && chmod \"$1\" \"$to.infra-new\" && \
            mv -f \"$to.infra-new\" \"$to\"")
        .reveal();
        let mut sudo = Shell::new();
        sudo.flag("sudo", self.use_remote_sudo);
        sh!("{sudo} sh -c {script} sh")
    }
}

fn is_changed(outputs: &[Output]) -> bool {
    !outputs.iter().any(|it| it.stdout.starts_with(SAME.as_bytes()))
}
