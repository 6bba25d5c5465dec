//! Repositories, one a file.

use crate::args::Mode;
use crate::facts::files::{EntryKind, File, Info};
use crate::operations::download;
use crate::operations::files::Predict;
use crate::operations::files::upload::Upload;
use crate::{Args, Commands, Error, Host, Result, Scope, sh};

/// What the file of a repository says: arguments that dnf, yum and zypper share.
#[derive(Debug, Args)]
#[args("repo")]
pub(crate) struct Traits {
    /// What it is called for people. Default: its name.
    description: Option<String>,

    /// Whether it is used.
    #[arg(default = true)]
    enabled: bool,

    /// Whether signatures of packages are checked.
    #[arg(default = true)]
    gpgcheck: bool,

    /// Address or absolute path of the key that signs its packages; several with gaps between them.
    gpgkey: Option<String>,
}

/// A repository as it should be declared.
pub(crate) struct Repository<'a> {
    /// Its name, or the address of a whole `.repo` file.
    pub src: &'a str,
    /// Whether it should be there.
    pub present: bool,
    /// Where its packages are.
    pub baseurl: Option<&'a str>,
    /// What else its file says.
    pub traits: &'a Traits,
    /// Where such files are.
    pub directory: &'static str,
    /// Its type, for zypper.
    pub kind: Option<&'a str>,
}

impl Repository<'_> {
    /// What must be done.
    pub(crate) fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let path = self.path();
        if !self.present {
            return remove(host, &path);
        }
        if !self.is_address() {
            let text = self.text()?;
            Upload::want(host, &path, None, true);
            // Of a file that an earlier operation will have made, the mode may not be known yet.
            let file = host.fact(&File::at(&path))?;
            let is_known = file.here().is_none_or(|info| info.mode.is_some());
            let mode = is_known.then_some(Mode::Bits(0o644));
            return Upload { mode, ..Upload::text(&path, &text) }.plan(host);
        }
        if host.fact(&File::at(&path))?.here().is_some() {
            return Ok(Commands::none(format!("{path} is there")));
        }
        let mut todo = Commands::from(download::to(self.src, &path));
        todo.attribute(&path, "downloaded", "no", "yes");
        todo.will_be(&path, EntryKind::File, Info::default());
        Ok(todo)
    }

    /// What that may touch.
    pub(crate) fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(self.path()), crate::facts::outdated::INDEX]
    }

    fn is_address(&self) -> bool {
        self.src.contains("://")
    }

    /// The name; of an address the last part of its path, without `.repo`.
    fn name(&self) -> &str {
        if !self.is_address() {
            return self.src;
        }
        let path = self.src.split(['?', '#']).next().unwrap_or(self.src);
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
        last.strip_suffix(".repo").unwrap_or(last)
    }

    fn path(&self) -> String {
        format!("{}/{}.repo", self.directory, self.name())
    }

    fn text(&self) -> Result<String> {
        let (name, traits) = (self.name(), self.traits);
        let Some(baseurl) = self.baseurl else {
            return Err(Error::usage(format!("repository {name} needs `baseurl`"))
                .hint("or give the address of a .repo file as `src`")
                .argument("baseurl"));
        };
        let flag = |is_on: bool| if is_on { "1" } else { "0" };
        let mut lines = vec![
            format!("[{name}]"),
            format!(
                "name={}",
                traits.description.as_deref().filter(|it| !it.is_empty()).unwrap_or(name)
            ),
            format!("baseurl={baseurl}"),
            format!("enabled={}", flag(traits.enabled)),
            format!("gpgcheck={}", flag(traits.gpgcheck)),
        ];
        lines.extend(self.kind.filter(|it| !it.is_empty()).map(|kind| format!("type={kind}")));
        if let Some(keys) = traits.gpgkey.as_deref().filter(|it| !it.is_empty()) {
            for key in keys.split_whitespace() {
                if !key.starts_with('/') && !has_scheme(key) {
                    return Err(Error::usage(format!("`{key}` is neither an address nor a path"))
                        .hint("give keys as https://…, file:///… or /…")
                        .argument("gpgkey"));
                }
            }
            lines.push(format!("gpgkey={keys}"));
        }
        Ok(lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect())
    }
}

fn remove(host: &Host<'_>, path: &str) -> Result<Commands> {
    if host.fact(&File::at(path))?.here().is_none() {
        return Ok(Commands::none(format!("{path} does not exist")));
    }
    let mut todo = Commands::from(sh!("rm -f -- {path}"));
    todo.attribute(path, "present", "yes", "no");
    todo.will_be_absent(path);
    Ok(todo)
}

/// Whether a text begins as addresses do: `https:`, `file:`. RFC 3986, 3.1.
fn has_scheme(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_alphanumeric() || "+-.".contains(it);
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|it: char| it.is_ascii_alphabetic()) && scheme.chars().all(is_part)
    })
}

/// An operation for repositories in `/etc/yum.repos.d`: its manual and its name.
macro_rules! repo {
    ($(#[$doc:meta])* $name:literal) => {
        $(#[$doc])*
        #[derive(Debug, crate::Args)]
        #[args($name)]
        pub(crate) struct Repo {
            /// Name of the repository, or the address of a `.repo` file.
            src: String,

            /// Whether it should be there.
            #[arg(default = true)]
            present: bool,

            /// Where its packages are; needed with a name.
            baseurl: Option<String>,

            #[arg(flatten)]
            traits: crate::operations::rpm::repo::Traits,
        }

        impl Repo {
            fn repository(&self) -> crate::operations::rpm::repo::Repository<'_> {
                crate::operations::rpm::repo::Repository {
                    src: &self.src,
                    present: self.present,
                    baseurl: self.baseurl.as_deref(),
                    traits: &self.traits,
                    directory: "/etc/yum.repos.d",
                    kind: None,
                }
            }
        }

        impl crate::Operation for Repo {
            fn plan(&self, host: &crate::Host<'_>) -> crate::Result<crate::Commands> {
                self.repository().plan(host)
            }

            fn touches(&self) -> Vec<crate::Scope> {
                self.repository().touches()
            }
        }
    };
}

pub(crate) use repo;
