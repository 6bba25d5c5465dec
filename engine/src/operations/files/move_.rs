use super::Predict;
use super::force::{file_name, join};
use super::ownership::operand;
use crate::error::Error;
use crate::facts::files::{self, Entry, EntryKind, Found};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Move a file, directory or link of the host into a directory.
///
/// Where the source is gone and the destination has it, it was moved before and nothing is done.
///
/// ```rhai
/// files.move("/srv/app.new/static", "/srv/app");
/// files.move("/tmp/app.conf", "/etc", #{ overwrite: true });
/// ```
#[derive(Debug, Args)]
#[args("files.move")]
pub(crate) struct Move {
    /// What is moved.
    src: String,

    /// The directory that it is moved into; it must exist.
    dest: String,

    /// Replace what has the same name there; otherwise that is an error.
    #[arg(default = false)]
    overwrite: bool,
}

impl Operation for Move {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let target = self.target();
        for path in [&self.src, &self.dest, &target] {
            host.want(&Entry { path: path.clone() });
        }
        let there = host.fact(&files::File::at(&target))?;
        if *host.fact(&files::File::at(&self.src))? == Found::Absent {
            if *there != Found::Absent {
                return Ok(Commands::none(format!("{} was moved before", self.src)));
            }
            return Err(Error::failed(format!("{} does not exist", self.src))
                .hint("`src` is a path on the host"));
        }
        must_be_directory(host, &self.dest)?;
        let mut todo = Commands::default();
        let (from, to) = (operand(&self.src), operand(&target));
        if *there != Found::Absent {
            if !self.overwrite {
                return Err(
                    Error::failed(format!("{target} exists")).hint("`overwrite: true` replaces it")
                );
            }
            todo.run(sh!("rm -rf {to}"));
        }
        todo.run(sh!("mv {from} {to}"));
        todo.attribute(&self.src, "path", self.src.as_str(), target.as_str());
        let entry = host.fact(&Entry { path: self.src.clone() })?;
        if let Some(entry) = entry.as_ref() {
            todo.will_be(&target, entry.kind, entry.info.clone());
        } else if let Found::Here(info) = &*host.fact(&files::File::at(&self.src))? {
            todo.will_be(&target, EntryKind::File, info.clone());
        }
        todo.will_be_absent(&self.src);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.src), Scope::tree(self.target())]
    }
}

impl Move {
    fn target(&self) -> String {
        join(&self.dest, file_name(&self.src))
    }
}

/// An error where the path is no directory. A link may lead to one.
pub(super) fn must_be_directory(host: &Host<'_>, path: &str) -> Result<()> {
    if host.fact(&files::Directory::at(path))?.here().is_some()
        || host.fact(&files::Link::at(path))?.here().is_some()
    {
        return Ok(());
    }
    Err(Error::failed(format!("{path} is not a directory that exists"))
        .hint("files.directory makes one"))
}
