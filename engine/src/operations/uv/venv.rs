use super::Extra;
use crate::args::choice;
use crate::facts::files::{Entry, EntryKind, File, Info};
use crate::operations::files::{Directory, Predict};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Make a virtual environment of Python with uv, or remove it.
///
/// It exists if its `bin/activate` does, or that of the `.venv` in it: a project's directory will do, too.
///
/// ```rhai
/// uv.venv("/srv/app/venv", #{ python: "3.12", seed: true });
/// ```
#[derive(Debug, Args)]
#[args("uv.venv")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct Venv {
    /// Directory of the environment.
    path: String,

    /// Whether the environment should exist.
    #[arg(default = true)]
    present: bool,

    /// The Python to use: a version, a path, or a name. Default: the one that uv finds.
    python: Option<String>,

    /// Make it in a directory with other files, and keep them.
    #[arg(default = false)]
    allow_existing: bool,

    /// Remove all other files in the directory first.
    #[arg(default = false)]
    clear_existing: bool,

    /// How packages get into it from uv's cache. Default: as is best on the host.
    link_mode: Option<LinkMode>,

    /// Put pip into it.
    #[arg(default = false)]
    seed: bool,

    /// Let the environment see the system's packages.
    #[arg(default = false)]
    site_packages: bool,

    /// More arguments for uv: one text, or a list of words.
    extra_args: Option<Extra>,
}

choice! {
    /// How files get from a cache into an environment.
    pub(crate) enum LinkMode {
        Clone = "clone",
        Copy = "copy",
        Hardlink = "hardlink",
        Symlink = "symlink",
    }
}

impl Operation for Venv {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.present {
            self.check()?;
        }
        let path = self.path.trim_end_matches('/');
        let inner = format!("{path}/.venv");
        let activate = |folder: &str| format!("{folder}/bin/activate");
        host.want(&Entry { path: activate(path) });
        host.want(&Entry { path: activate(&inner) });
        let mut found = None;
        for folder in [path, inner.as_str()] {
            if found.is_none() && host.fact(&File::at(activate(folder)))?.here().is_some() {
                found = Some(folder);
            }
        }
        match (self.present, found) {
            (true, Some(_)) => Ok(Commands::none(format!("venv already exists at {path}"))),
            (false, None) => Ok(Commands::none(format!("venv does not exist at {path}"))),
            (true, None) => {
                let mut todo = Commands::from(self.line());
                todo.attribute(path, "venv", "no", "yes");
                todo.will_be(path, EntryKind::Directory, Info::default());
                todo.will_be(&activate(path), EntryKind::File, Info::default());
                Ok(todo)
            }
            (false, Some(folder)) => {
                let directory = Directory { present: false, ..Directory::at(folder) };
                let mut todo = directory.plan(host)?;
                if todo.is_empty() {
                    todo.run(sh!("rm -rf -- {folder}"));
                    todo.attribute(folder, "venv", "yes", "no");
                }
                todo.will_be_absent(&activate(folder));
                Ok(todo)
            }
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.path)]
    }
}

impl Venv {
    fn check(&self) -> Result<()> {
        if self.allow_existing && self.clear_existing {
            return Err(Error::usage("files that are there cannot be both kept and removed")
                .hint("give `allow_existing` or `clear_existing`"));
        }
        if self.path.trim().is_empty() {
            return Err(Error::usage("an environment needs a `path`")
                .hint("give the directory that it is made in")
                .argument("path"));
        }
        Ok(())
    }

    fn line(&self) -> Shell {
        let mut flags = Shell::new();
        flags
            .flag("--allow-existing", self.allow_existing)
            .flag("--clear", self.clear_existing)
            .flag("--seed", self.seed)
            .opt("--link-mode", self.link_mode.map(LinkMode::word))
            .flag("--system-site-packages", self.site_packages)
            .opt("--python", self.python.as_ref());
        let extra = Extra::shell(self.extra_args.as_ref());
        sh!("uv venv {flags} {extra} {self.path}")
    }
}
