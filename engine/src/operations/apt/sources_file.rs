use super::repo::{unreadable, write};
use crate::args::{Arg, Kind, OneOrMany};
use crate::facts::apt::{AptSources, Sources};
use crate::facts::files::File;
use crate::operations::files::Predict;
use crate::value::Value;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Write a `.sources` file of apt, in the format deb822.
///
/// Nothing is done where every source that it would declare is declared already. The index is not
/// renewed: see `apt.update`.
///
/// ```rhai
/// apt.key("https://download.docker.com/linux/debian/gpg", #{ dest: "docker.gpg" });
/// apt.sources_file("docker", #{
///     uris: "https://download.docker.com/linux/debian",
///     suites: "bookworm",
///     components: "stable",
///     signed_by: "/etc/apt/keyrings/docker.gpg",
/// });
/// ```
#[derive(Debug, Args)]
#[args("apt.sources_file")]
pub(crate) struct SourcesFile {
    /// Name of the file in `/etc/apt/sources.list.d`, without `.sources`.
    filename: String,

    /// Types: `deb`, `deb-src`.
    #[arg(default = Words(vec!["deb".to_owned()]))]
    types: Words,

    /// Addresses.
    uris: Option<Words>,

    /// Suites: `bookworm`, `bookworm-updates`.
    suites: Option<Words>,

    /// Components: `main`, `contrib`.
    components: Option<Words>,

    /// Architectures: `amd64`. Default: those of the host.
    architectures: Option<Words>,

    /// The file with the keys that sign the source.
    signed_by: Option<String>,

    /// Whether the file should be there.
    #[arg(default = true)]
    present: bool,
}

/// Words: a list, or a text with gaps between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Words(Vec<String>);

impl Arg for Words {
    const KIND: Kind = OneOrMany::<String>::KIND;

    fn read(value: &Value) -> Option<Self> {
        let texts = OneOrMany::<String>::read(value)?;
        Some(Self(texts.iter().flat_map(|it| it.split_whitespace()).map(str::to_owned).collect()))
    }

    fn write(&self) -> Value {
        OneOrMany(self.0.clone()).write()
    }
}

impl Operation for SourcesFile {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if !self.present {
            return self.remove(host);
        }
        let text = self.text()?;
        let path = self.path();
        let wanted = Sources::of([(path.clone(), Some(text.clone()))].into_iter().collect());
        let sources = host.fact(&AptSources {})?;
        if wanted.repos.iter().all(|repo| sources.repos.contains(repo)) {
            return Ok(Commands::none(format!("{path} is as it should be")));
        }
        let before = match sources.files.get(&path) {
            Some(None) => return Err(unreadable(&path)),
            Some(Some(text)) => Some(text.as_str()),
            None => None,
        };
        let mut todo = Commands::default();
        write(&mut todo, &path, before, text.clone());
        todo.then(&AptSources {}, sources.with(&path, Some(text)));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(self.path())]
    }
}

impl SourcesFile {
    fn path(&self) -> String {
        format!("/etc/apt/sources.list.d/{}.sources", self.filename)
    }

    fn remove(&self, host: &Host<'_>) -> Result<Commands> {
        let path = self.path();
        if host.fact(&File::at(&path))?.here().is_none() {
            return Ok(Commands::none(format!("{path} does not exist")));
        }
        let mut todo = Commands::from(sh!("rm -f -- {path}"));
        todo.attribute(&path, "present", "yes", "no");
        todo.will_be_absent(&path);
        Ok(todo)
    }

    /// The file's text; its types default to `deb`.
    fn text(&self) -> Result<String> {
        let words = |words: Option<&Words>| words.map(|it| it.0.join(" ")).unwrap_or_default();
        let fields = [
            ("Types", words(Some(&self.types).filter(|it| !it.0.is_empty()))),
            ("URIs", words(self.uris.as_ref())),
            ("Suites", words(self.suites.as_ref())),
            ("Components", words(self.components.as_ref())),
            ("Architectures", words(self.architectures.as_ref())),
            ("Signed-By", self.signed_by.clone().unwrap_or_default()),
        ];
        let mut lines = Vec::new();
        for (name, value) in fields {
            let value = if name == "Types" && value.is_empty() { "deb".to_owned() } else { value };
            match name {
                "URIs" | "Suites" if value.is_empty() => {
                    let argument = name.to_ascii_lowercase();
                    return Err(Error::usage(format!("a source of apt needs `{argument}`"))
                        .hint("give one or several, as text or a list")
                        .argument(argument));
                }
                _ if value.is_empty() => {}
                _ => lines.push(format!("{name}: {value}\n")),
            }
        }
        Ok(lines.concat())
    }
}
