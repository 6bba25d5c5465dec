use super::install::{from_keyserver, from_source, install, set_mode};
use super::{parent, remove};
use crate::args::{Mode, OneOrMany};
use crate::facts::files::{Entry, File};
use crate::facts::gpg::GpgKeyrings;
use crate::operations::files::{Directory, only_file};
use crate::{Args, Commands, Error, Host, Operation, Result};

/// Install keys into a file, or remove them.
///
/// Keys come from a file on the host, an address, or a keyserver. A file that is there already stays
/// as it is; with `keyid`, if it holds those keys. A key that is text becomes binary.
///
/// To remove: with `dest` alone the whole file, with `keyid` these keys from `dest`, or from all
/// keyrings in `working_dirs`.
///
/// ```rhai
/// gpg.key("https://download.docker.com/linux/debian/gpg", "/etc/apt/keyrings/docker.gpg");
/// gpg.key(#{ keyserver: "hkps://keyserver.ubuntu.com", keyid: "0xD88E42B4", dest: "/etc/apt/keyrings/x.gpg" });
/// gpg.key(#{ dest: "/etc/apt/keyrings/old.gpg", present: false });
/// ```
#[derive(Debug, Args)]
#[args("gpg.key")]
pub(crate) struct Key {
    /// Path of a file on the host, or an address.
    pub(crate) src: Option<String>,

    /// Path of the file that holds the keys.
    pub(crate) dest: Option<String>,

    /// Address of a keyserver.
    pub(crate) keyserver: Option<String>,

    /// Ids of keys: short, long, or fingerprints, with or without `0x`.
    pub(crate) keyid: Option<OneOrMany<String>>,

    /// Turn text into the binary form.
    #[arg(default = true)]
    pub(crate) dearmor: bool,

    /// Permissions of the file.
    #[arg(default = Mode::Bits(0o644))]
    pub(crate) mode: Mode,

    /// Whether the keys should be there.
    #[arg(default = true)]
    pub(crate) present: bool,

    /// Directories whose keyrings are searched for keys to remove.
    pub(crate) working_dirs: Option<Vec<String>>,
}

impl Operation for Key {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.present { self.install(host) } else { self.remove(host) }
    }
}

impl Key {
    fn ids(&self) -> &[String] {
        self.keyid.as_ref().map(|it| &it.0[..]).unwrap_or_default()
    }

    /// Where the keys go, if the arguments say all that is needed.
    fn checked(&self) -> Result<&str> {
        let contradiction = match (&self.src, &self.keyserver, self.ids()) {
            (None, None, _) => Some("a key needs `src` or `keyserver`"),
            (_, Some(_), []) => Some("`keyserver` needs `keyid`"),
            _ => None,
        };
        if let Some(message) = contradiction {
            return Err(Error::usage(message).hint("see `infra doc gpg.key`"));
        }
        self.dest.as_deref().ok_or_else(|| {
            Error::usage("a key needs `dest`")
                .hint("give the file that it goes into")
                .argument("dest")
        })
    }

    fn install(&self, host: &Host<'_>) -> Result<Commands> {
        let dest = self.checked()?;
        let directory = parent(dest);
        let keyrings = GpgKeyrings::in_directories([directory]);
        host.want(&Entry { path: dest.to_owned() });
        host.want(&Entry { path: directory.to_owned() });
        if !self.ids().is_empty() {
            host.want(&keyrings);
        }
        only_file(host, dest)?;
        let file = host.fact(&File::at(dest))?;
        let is_there = if self.ids().is_empty() {
            file.here().is_some()
        } else {
            host.fact(&keyrings)?.get(dest).is_some_and(|ring| {
                self.ids().iter().all(|id| ring.keys.keys().any(|key| remove::is_key(key, id)))
            })
        };
        if is_there {
            let mut todo = Commands::default();
            set_mode(&mut todo, dest, &self.mode, file.here());
            if todo.is_empty() {
                return Ok(Commands::none(format!("{dest} is there")));
            }
            return Ok(todo);
        }
        let mode = Some(Mode::Bits(0o755));
        let mut todo = Directory { mode, ..Directory::at(directory) }.plan(host)?;
        todo.note = None;
        let make = match (&self.keyserver, &self.src) {
            (Some(keyserver), _) => from_keyserver(keyserver, self.ids()),
            (None, src) => from_source(src.as_deref().unwrap_or_default(), self.dearmor),
        };
        install(&mut todo, dest, &make);
        let source = self.keyserver.as_ref().or(self.src.as_ref()).cloned().unwrap_or_default();
        todo.attribute(dest, "keys", "", source);
        set_mode(&mut todo, dest, &self.mode, None);
        Ok(todo)
    }

    fn remove(&self, host: &Host<'_>) -> Result<Commands> {
        match (&self.dest, self.ids(), &self.working_dirs) {
            (Some(dest), [], _) => remove::file(host, dest),
            (Some(dest), ids, _) => {
                let keyrings = host.fact(&GpgKeyrings::in_directories([parent(dest)]))?;
                let own = keyrings.iter().filter(|(path, _)| *path == dest);
                remove::keys(own, ids)
            }
            (None, ids, Some(directories)) if !ids.is_empty() => {
                let directories = directories.iter().cloned();
                let keyrings = host.fact(&GpgKeyrings::in_directories(directories))?;
                remove::keys(keyrings.iter(), ids)
            }
            _ => Err(Error::usage("what is to be removed is not clear")
                .hint("give `dest`, or `keyid` and `working_dirs`")),
        }
    }
}
