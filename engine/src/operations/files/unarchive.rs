use super::force::{file_name, join};
use super::move_::must_be_directory;
use super::ownership::{Wanted, operand};
use crate::args::OneOrMany;
use crate::bytes::sha1_of;
use crate::command::{Content, Put};
use crate::error::Error;
use crate::facts::files::{self, Digest, Entry, Found, Sha1File, Text};
use crate::facts::server::TmpDir;
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// What was extracted into a directory is noted in this file of it.
const NOTES: &str = ".infra-unarchived";

/// Extract an archive into a directory of the host.
///
/// The archive is a local file, or with `remote_src` one on the host: `.tar`, `.tar.gz`, `.tgz`,
/// `.tar.bz2`, `.tbz2`, `.tar.xz`, `.txz`, `.tar.zst` or `.zip`. The host needs `tar` and what
/// decompresses, or `unzip`.
///
/// What was extracted, by checksum, is noted in the file `.infra-unarchived` of the directory, and not
/// extracted again. With `creates` that path tells instead, and nothing is noted.
///
/// ```rhai
/// files.unarchive("files/app.tar.gz", "/opt", #{ creates: "/opt/app/bin/start" });
/// files.unarchive("/var/tmp/app.tar.xz", "/opt", #{ remote_src: true, extra_opts: "--strip-components=1" });
/// ```
#[derive(Debug, Args)]
#[args("files.unarchive")]
pub(crate) struct Unarchive {
    /// The archive: a local file, or a path on the host with `remote_src`.
    src: String,

    /// The directory that it is extracted into; it must exist.
    dest: String,

    /// The archive is on the host.
    #[arg(default = false)]
    remote_src: bool,

    /// Nothing is done where this path exists on the host.
    creates: Option<String>,

    /// More options for `tar` or `unzip`.
    extra_opts: Option<OneOrMany<String>>,

    /// Owner of the directory and of all that is in it, by name or number.
    user: Option<String>,

    /// Group, likewise.
    group: Option<String>,
}

/// How an archive is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// By `tar` with this option.
    Tar(&'static str),
    /// By `unzip`.
    Zip,
}

/// Endings and what they mean.
const FORMATS: &[(&str, Format)] = &[
    (".tar", Format::Tar("")),
    (".tar.gz", Format::Tar("-z")),
    (".tgz", Format::Tar("-z")),
    (".tar.bz2", Format::Tar("-j")),
    (".tbz2", Format::Tar("-j")),
    (".tar.xz", Format::Tar("-J")),
    (".txz", Format::Tar("-J")),
    (".tar.zst", Format::Tar("--zstd")),
    (".zip", Format::Zip),
];

impl Operation for Unarchive {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let format = self.format()?;
        self.want_all(host);
        if let Some(path) = &self.creates
            && *host.fact(&files::File::at(path))? != Found::Absent
        {
            return Ok(Commands::none(format!("{path} exists")));
        }
        must_be_directory(host, &self.dest)?;
        let local = if self.remote_src { None } else { Some(host.file(&self.src)?) };
        let sum = match &local {
            Some(file) => Some(file.sha1.clone()),
            None => self.sum_there(host)?,
        };
        let (note, notes) = (sum.map(|sum| self.note(&sum)), self.notes(host)?);
        if note.as_ref().is_some_and(|note| notes.lines().any(|it| it == note)) {
            return Ok(Commands::none(format!("{} was extracted before", self.src)));
        }
        let mut todo = Commands::default();
        match (local, format) {
            (None, format) => drop(todo.run(self.extract(format, &operand(&self.src)))),
            (Some(file), Format::Tar(_)) => {
                let shown = format!("{} <{}", self.extract(format, "-"), self.src);
                todo.feed(self.extract(format, "-"), file.content(), shown);
            }
            (Some(file), Format::Zip) => self.send_and_extract(&mut todo, host, file.content())?,
        }
        let wanted = Wanted::of(self.user.as_ref(), self.group.as_ref(), None);
        if let Some(change) = (Wanted { recursive: true, ..wanted }).change() {
            todo.run(sh!("{change} {operand(&self.dest)}"));
        }
        todo.attribute(&self.dest, "content", "", format!("as in {}", self.src));
        if let Some(note) = note.filter(|_| self.creates.is_none()) {
            self.write_note(&mut todo, &notes, &note);
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.dest)]
    }
}

impl Unarchive {
    fn format(&self) -> Result<Format> {
        let name = self.src.to_ascii_lowercase();
        let found = FORMATS.iter().find(|(ending, _)| name.ends_with(ending));
        found.map(|(_, format)| *format).ok_or_else(|| {
            let endings: Vec<&str> = FORMATS.iter().map(|(ending, _)| *ending).collect();
            Error::usage(format!("`{}` is no archive of a kind that is known", self.src))
                .hint(format!("its name must end with {}", endings.join(", ")))
                .argument("src")
        })
    }

    fn want_all(&self, host: &Host<'_>) {
        host.want(&Entry { path: self.dest.clone() });
        if let Some(path) = &self.creates {
            host.want(&Entry { path: path.clone() });
        } else {
            host.want(&Text::at(join(&self.dest, NOTES)));
        }
        if self.remote_src {
            host.want(&Entry { path: self.src.clone() });
            host.want(&Sha1File::at(&self.src));
        }
    }

    /// The checksum of the archive on the host, which must be there.
    fn sum_there(&self, host: &Host<'_>) -> Result<Option<String>> {
        if *host.fact(&files::File::at(&self.src))? == Found::Absent {
            return Err(Error::failed(format!("there is no archive {} on the host", self.src))
                .hint("without `remote_src`, `src` is a local file"));
        }
        let Digest(sum) = &*host.fact(&Sha1File::at(&self.src))?;
        Ok(sum.clone())
    }

    /// What says that this archive was extracted with these options.
    fn note(&self, sum: &str) -> String {
        let options = match self.options() {
            [] => "-".to_owned(),
            some => sha1_of(some.join("\n").as_bytes()),
        };
        format!("{sum} {options} {}", file_name(&self.src))
    }

    fn notes(&self, host: &Host<'_>) -> Result<String> {
        if self.creates.is_some() {
            return Ok(String::new());
        }
        let text = host.fact(&Text::at(join(&self.dest, NOTES)))?;
        Ok(text.as_ref().clone().unwrap_or_default())
    }

    /// The newest extraction of an archive of that name counts.
    fn write_note(&self, todo: &mut Commands, notes: &str, note: &str) {
        let name = file_name(&self.src);
        let other = |line: &&str| line.splitn(3, ' ').nth(2) != Some(name);
        let kept = notes.lines().filter(other).chain([note]);
        let text: String = kept.flat_map(|line| [line, "\n"]).collect();
        let path = join(&self.dest, NOTES);
        todo.put(Put {
            path: path.clone(),
            content: Content::from(text.as_str()),
            mode: Some(0o644),
            ..Put::default()
        });
        todo.then(&Text::at(path), Some(text));
    }

    fn options(&self) -> &[String] {
        self.extra_opts.as_ref().map(|it| it.0.as_slice()).unwrap_or_default()
    }

    fn extract(&self, format: Format, from: &str) -> Shell {
        let (options, dest) = (self.options(), operand(&self.dest));
        match format {
            Format::Tar(decompress) => {
                let mut line = sh!("tar -x");
                line.flag(decompress, !decompress.is_empty());
                sh!("{line} {options} -f {from} -C {dest}")
            }
            Format::Zip => sh!("unzip -o {options} {from} -d {dest}"),
        }
    }

    /// `unzip` goes back and forth in the file, so it must lie somewhere.
    fn send_and_extract(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        content: Content,
    ) -> Result<()> {
        let folder = TmpDir::of(host)?;
        let identity = format!("{} {} {}", host.identity().name, self.src, self.dest);
        let path = format!("{folder}/infra-archive-{}.zip", sha1_of(identity.as_bytes()));
        todo.put(Put { path: path.clone(), content, mode: Some(0o600), ..Put::default() });
        let extract = self.extract(Format::Zip, &path);
        todo.run(sh!("( {extract}; code=$?; rm -f {path}; exit $code )"));
        Ok(())
    }
}
