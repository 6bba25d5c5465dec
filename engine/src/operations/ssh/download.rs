use super::keyscan::Keyscan;
use super::ssh;
use crate::command::Content;
use crate::facts::files::Entry;
use crate::operations::files::upload::{Upload, must_be_file};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Copy a file of another server to the host, from the host over SSH.
///
/// A file that is there already is left alone, unless `force` is set. The host's account must be able to
/// log in there without being asked anything.
///
/// ```rhai
/// ssh.download("two.example.net", "/var/backups/app.sql.gz", #{ user: "backup" });
/// ssh.download("two.example.net", "/etc/app.conf", "/etc/app.conf", #{ force: true });
/// ```
#[derive(Debug, Args)]
#[args("ssh.download")]
pub(crate) struct Download {
    /// The other server.
    hostname: String,

    /// The file there.
    filename: String,

    /// Where it goes on the host. Default: the same path.
    local_filename: Option<String>,

    /// Copy it every time.
    #[arg(default = false)]
    force: bool,

    /// The port of the other SSH server.
    #[arg(default = 22_u16)]
    port: u16,

    /// The user to log in as.
    user: Option<String>,

    /// Do `ssh.keyscan` first.
    #[arg(default = false)]
    ssh_keyscan: bool,
}

impl Operation for Download {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let ssh = ssh(&self.hostname, self.user.as_deref(), self.port)?;
        let dest = self.dest();
        host.want(&Entry { path: dest.to_owned() });
        must_be_file(host, dest)?;
        let from = crate::operations::files::operand(&self.filename);
        let remote = sh!("cat {from}").reveal();
        let upload = Upload {
            dest: dest.to_owned(),
            content: Content::Printed {
                line: sh!("{ssh} {remote}"),
                shown: format!("{} on {}", self.filename, self.hostname),
            },
            force: true,
            ..Upload::default()
        };
        if upload.there(host)?.is_some() && !self.force {
            return Ok(Commands::none(format!("{dest} is there already")));
        }
        let mut todo = Commands::default();
        if self.ssh_keyscan {
            let scan = Keyscan { hostname: self.hostname.clone(), force: false, port: self.port };
            todo.extend(scan.plan(host)?);
        }
        todo.extend(upload.plan(host)?);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(self.dest())]
    }
}

impl Download {
    fn dest(&self) -> &str {
        let dest = self.local_filename.as_deref().filter(|it| !it.is_empty());
        dest.unwrap_or(&self.filename)
    }
}
