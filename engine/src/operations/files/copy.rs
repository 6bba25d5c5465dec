use super::Predict;
use super::force::{file_name, join};
use super::move_::must_be_directory;
use super::ownership::operand;
use crate::error::Error;
use crate::facts::files::{
    self, Copied, Entry, EntryKind, Found, Info, Md5File, Sha1File, Sha256File,
};
use crate::{Args, Commands, Fact, Host, Operation, Result, Scope, Shell, sh};

/// Copy a file or directory of the host into a directory.
///
/// It is done only where the copy is missing or differs. A directory is laid over one of the same
/// name: what else is there stays. A file that differs is an error unless `overwrite` replaces it.
///
/// ```rhai
/// files.copy("/etc/app.conf.default", "/etc/app");
/// files.copy("/opt/app/static", "/srv/www", #{ overwrite: true });
/// ```
#[derive(Debug, Args)]
#[args("files.copy")]
pub(crate) struct Copy {
    /// What is copied.
    src: String,

    /// The directory that it is copied into; it must exist.
    dest: String,

    /// Replace a file of the same name that differs.
    #[arg(default = false)]
    overwrite: bool,
}

impl Operation for Copy {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let target = self.target();
        for path in [&self.src, &self.dest, &target] {
            host.want(&Entry { path: path.clone() });
        }
        host.want(&Sha1File::at(&self.src));
        host.want(&Sha1File::at(&target));
        if host.fact(&files::Directory::at(&self.src))?.here().is_some() {
            return self.directory(host, &target);
        }
        let file = host.fact(&files::File::at(&self.src))?;
        let Some(info) = file.here() else {
            return Err(Error::failed(format!(
                "{} is not a file or directory that exists",
                self.src
            ))
            .hint("`src` is a path on the host"));
        };
        must_be_directory(host, &self.dest)?;
        let there = host.fact(&files::File::at(&target))?;
        match &*there {
            Found::Absent => Ok(self.copy(&target, info)),
            Found::Here(_) if self.is_same(host, &target)? => {
                Ok(Commands::none(format!("{target} has the same content")))
            }
            _ if self.overwrite => Ok(self.copy(&target, info)),
            _ => Err(Error::failed(format!("{target} exists and differs from {}", self.src))
                .hint("`overwrite: true` replaces it")),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(self.target())]
    }
}

impl Copy {
    fn directory(&self, host: &Host<'_>, target: &str) -> Result<Commands> {
        must_be_directory(host, &self.dest)?;
        let below = target.strip_prefix(trimmed(&self.src));
        if below.is_some_and(|it| it.is_empty() || it.starts_with('/')) {
            return Err(Error::failed(format!("{} cannot be copied into itself", self.src))
                .hint("`dest` is a directory outside of it"));
        }
        let there = host.fact(&files::Directory::at(target))?;
        let copied = Copied { src: self.src.clone(), dest: target.to_owned() };
        if there.here().is_some() && *host.fact(&copied)? {
            return Ok(Commands::none(format!("{target} has the same content")));
        }
        let mut todo = Commands::from(self.line());
        let before = if there.here().is_some() { "differs" } else { "" };
        todo.attribute(target, "content", before, format!("as in {}", self.src));
        todo.will_be(target, EntryKind::Directory, Info::default());
        todo.then(&copied, true);
        Ok(todo)
    }

    fn copy(&self, target: &str, info: &Info) -> Commands {
        let mut todo = Commands::from(self.line());
        todo.attribute(target, "content", "", format!("as in {}", self.src));
        let after = Info { mode: info.mode, size: info.size, ..Info::default() };
        todo.will_be(target, EntryKind::File, after);
        todo
    }

    fn line(&self) -> Shell {
        let mut force = Shell::new();
        force.flag("-f", self.overwrite);
        let into = operand(&format!("{}/", self.dest.trim_end_matches('/')));
        // A slash at the end would copy what is in a directory.
        let from = operand(trimmed(&self.src));
        sh!("cp -R {force} {from} {into}")
    }

    fn is_same(&self, host: &Host<'_>, target: &str) -> Result<bool> {
        let src = trimmed(&self.src);
        if let Some(same) = same(host, &Sha1File::at(src), &Sha1File::at(target))? {
            return Ok(same);
        }
        // Some hosts have programs for other digests only.
        if let Some(same) = same(host, &Md5File::at(src), &Md5File::at(target))? {
            return Ok(same);
        }
        Ok(same(host, &Sha256File::at(src), &Sha256File::at(target))?.unwrap_or(false))
    }

    fn target(&self) -> String {
        join(&self.dest, file_name(&self.src))
    }
}

/// Whether two digests are the same; `None` where one is not known.
fn same<F>(host: &Host<'_>, left: &F, right: &F) -> Result<Option<bool>>
where
    F: Fact<Output = files::Digest>,
{
    let (left, right) = (host.fact(left)?, host.fact(right)?);
    Ok(left.0.as_ref().zip(right.0.as_ref()).map(|(left, right)| left == right))
}

fn trimmed(path: &str) -> &str {
    let bare = path.trim_end_matches('/');
    if bare.is_empty() { path } else { bare }
}
