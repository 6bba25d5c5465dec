use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::force::file_name;
use super::times::{Field, Time, no_local_file};
use super::upload::{Upload, touches};
use crate::args::{Arg, Kind, Mode, Phrase};
use crate::command::Content;
use crate::error::Error;
use crate::project::LocalFile;
use crate::value::Value;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Copy a local file, or text from the script, to the host.
///
/// The file is written beside the old one with its final owner and mode, then renamed, so nobody
/// ever sees half of it; owner and mode that are not given stay as they are. It is written only where
/// the content differs. A link at `dest` stays a link: the file behind it is written. A directory that
/// is there, or a `dest` that ends with `/`, takes the file under its own name.
///
/// Times count as equal when their seconds are. Where `atime` is given, the file is compared without changing its time
/// of last access, if the host has GNU `dd` and the account owns the file or is root; else reading it may set that
/// time, so that there is something to do the next time.
///
/// ```rhai
/// files.put("files/motd", "/etc/motd", #{ mode: "644" });
/// files.put("files/sudoers", "/etc/sudoers.d/app", #{ mode: "440", validate: "visudo -cf %s" });
/// files.put(#{ content: "hello\n", dest: "/etc/motd" });
/// ```
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of the operation")]
#[derive(Debug, Args)]
#[args("files.put")]
pub(crate) struct Put {
    /// The local file.
    src: Option<String>,

    /// Where it goes on the host.
    dest: String,

    /// Owner, by name or number. Default: as it is, or whoever writes it.
    user: Option<String>,

    /// Group, by name or number.
    group: Option<String>,

    /// Permissions: `"644"`, `"u+x"`, or `true` for those of the local file.
    mode: Option<FileMode>,

    /// Look for `src` in the project; `false` means the working directory.
    #[arg(default = true)]
    add_deploy_dir: bool,

    /// Create the directory that it goes to, for the same user and group.
    #[arg(default = true)]
    create_remote_dir: bool,

    /// Write it even where the same content is there.
    #[arg(default = false)]
    force: bool,

    /// Take it that the local file will exist when it is sent: an earlier step of the run makes it.
    #[arg(default = false)]
    assume_exists: bool,

    /// Time of last access: seconds since 1970, text, the path of a file on the host that has it, or
    /// `true` for that of the local file.
    atime: Option<Time>,

    /// Time of last change, likewise.
    mtime: Option<Time>,

    /// The content itself, instead of `src`.
    content: Option<Phrase>,

    /// A command that must accept the new file, `%s`, before it goes live. Default: as in `files.line`.
    validate: Option<String>,
}

/// The `mode` of files that are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileMode {
    /// That of the local file.
    Local,
    /// As it comes.
    Any,
    /// This one.
    Mode(Mode),
}

impl Arg for FileMode {
    const KIND: Kind = Kind::Mode;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(true) => Some(Self::Local),
            Value::Bool(false) => Some(Self::Any),
            Value::Word(text) if text == "true" || text == "True" => Some(Self::Local),
            Value::Word(text) if text == "false" || text == "False" => Some(Self::Any),
            value => Mode::read(value).map(Self::Mode),
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Local => Value::Bool(true),
            Self::Any => Value::Bool(false),
            Self::Mode(mode) => mode.write(),
        }
    }

    fn advice(value: &Value) -> Option<String> {
        Mode::advice(value)
    }
}

impl Operation for Put {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let (local, upload) = self.source(host)?;
        let (name, quietly) = (upload.name.as_deref(), self.atime.is_some());
        Upload::want_as(host, &self.dest, name, self.create_remote_dir, quietly);
        for time in [&self.atime, &self.mtime].into_iter().flatten() {
            time.want(host);
        }
        let mode = match (&self.mode, &local) {
            (None | Some(FileMode::Any), _) => None,
            (Some(FileMode::Mode(mode)), _) => Some(mode.clone()),
            (Some(FileMode::Local), Some(local)) => Some(Mode::Bits(local.mode)),
            (Some(FileMode::Local), None) => return Err(no_local_file("mode")),
        };
        let seconds = |time: &Option<Time>, field| match time {
            Some(time) => time.seconds(host, field, local.as_deref()),
            None => Ok(None),
        };
        let upload = Upload {
            user: self.user.clone(),
            group: self.group.clone(),
            mode,
            create_remote_dir: self.create_remote_dir,
            force: self.force,
            atime: seconds(&self.atime, Field::Access)?,
            mtime: seconds(&self.mtime, Field::Change)?,
            validate: self.validate.clone(),
            ..upload
        };
        upload.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches(&self.dest, self.src.as_deref())
    }
}

impl Put {
    /// What is to be sent, and the local file that it comes from.
    fn source(&self, host: &Host<'_>) -> Result<(Option<Arc<LocalFile>>, Upload)> {
        match (&self.src, &self.content) {
            (Some(_), Some(_)) => {
                Err(Error::usage("`files.put` takes `src` or `content`, not both")
                    .argument("content"))
            }
            (None, None) => Err(Error::usage("`files.put` needs `src` or `content`")
                .hint("give a local file, or the text itself")),
            (None, Some(Phrase::Plain(text))) => Ok((None, Upload::text(&self.dest, text))),
            (None, Some(Phrase::Secret(secret))) => {
                let upload = Upload::text(&self.dest, secret.reveal());
                Ok((None, Upload { text: None, ..upload }))
            }
            (Some(src), None) => {
                let path = local_path(src, self.add_deploy_dir)?;
                if self.assume_exists && host.project().locate(&path).is_none() {
                    return Ok((None, self.promised(host, &path)));
                }
                let local = host.file(&path)?;
                let upload = Upload::file(&self.dest, &local);
                Ok((Some(local), upload))
            }
        }
    }

    /// A file that is not there yet.
    fn promised(&self, host: &Host<'_>, path: &str) -> Upload {
        let folder = host.project().folders().first().map(PathBuf::as_path);
        let path = folder.unwrap_or(Path::new("")).join(path);
        Upload {
            dest: self.dest.clone(),
            name: Some(file_name(&path.to_string_lossy()).to_owned()),
            content: Content::File { path, size: 0 },
            ..Upload::default()
        }
    }
}

/// Where a local path is looked for: in the project, or in the working directory.
pub(super) fn local_path(src: &str, add_deploy_dir: bool) -> Result<String> {
    if add_deploy_dir {
        return Ok(src.to_owned());
    }
    let path = std::path::absolute(src)
        .map_err(|error| Error::usage(format!("cannot find `{src}`: {error}")))?;
    Ok(path.to_string_lossy().into_owned())
}
