use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::error::Error;
use crate::facts::files::{Digest, File, Info, Sha1File};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Permission bits of a copy where those of the file are not known, as behind a link.
const PRIVATE: u32 = 0o600;

/// Fetch a file from the host to the controller.
///
/// A copy that is new has the file's permissions, as far as your umask lets it; one of a link is yours alone.
/// One that was there keeps its own.
///
/// Where several hosts fetch to the same path, the last one wins: put the host's name into `dest`.
///
/// ```rhai
/// files.get("/etc/os-release", `fetched/${host.name}/os-release`, #{ create_local_dir: true });
/// ```
#[derive(Debug, Args)]
#[args("files.get")]
pub(crate) struct Get {
    /// The file on the host.
    src: String,

    /// Where it goes on the controller.
    dest: String,

    /// Take `dest` as relative to the project; `false` means the working directory.
    #[arg(default = true)]
    add_deploy_dir: bool,

    /// Create the local directory that it goes to.
    #[arg(default = false)]
    create_local_dir: bool,

    /// Fetch it even where the local copy is the same.
    #[arg(default = false)]
    force: bool,
}

impl Operation for Get {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let to = self.local_path(host)?;
        let text = to.to_string_lossy().into_owned();
        let Digest(there) = &*host.fact(&Sha1File::at(&self.src))?;
        let local = match host.project().locate(&text) {
            Some(_) => Some(host.file(&text)?),
            None => None,
        };
        let sum = local.as_ref().map(|it| it.sha1.clone());
        if there.is_some() && *there == sum && !self.force {
            return Ok(Commands::none(format!("{text} is the same already")));
        }
        let folder = to.parent().filter(|it| !it.as_os_str().is_empty());
        if let Some(folder) = folder
            && !self.create_local_dir
            && host.project().locate(&folder.to_string_lossy()).is_none()
        {
            return Err(Error::usage(format!("there is no local directory {}", folder.display()))
                .hint("`create_local_dir: true` creates it")
                .argument("dest"));
        }
        let mut todo = Commands::default();
        let after = there.clone().unwrap_or_default();
        todo.attribute(format!("local file {text}"), "sha1", sum.unwrap_or_default(), after);
        let file = host.fact(&File::at(&self.src))?;
        let mode = file.here().and_then(Info::bits).map_or(PRIVATE, |it| it & 0o777);
        todo.list.push(Command::Get { from: self.src.clone(), to, mode });
        Ok(todo)
    }

    /// Nothing on the host changes.
    fn touches(&self) -> Vec<Scope> {
        Vec::new()
    }
}

impl Get {
    fn local_path(&self, host: &Host<'_>) -> Result<PathBuf> {
        let path = Path::new(&self.dest);
        let home = self
            .dest
            .strip_prefix("~/")
            .and_then(|rest| std::env::home_dir().map(|home| home.join(rest)));
        let path = match (home, host.project().folders().first()) {
            (Some(path), _) => path,
            (None, Some(folder)) if self.add_deploy_dir => folder.join(path),
            _ => path.to_owned(),
        };
        std::path::absolute(&path).map_err(|error| {
            Error::usage(format!("cannot find the local path `{}`: {error}", self.dest))
                .argument("dest")
        })
    }
}
