use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::deb822;
use crate::{Args, Fact, Result, Scope, Shell};

/// All places that apt takes packages from, of `.list` and `.sources` files alike.
///
/// ```rhai
/// let urls = host.fact("apt.apt_sources").map(|source| source.url);
/// ```
#[derive(Clone, Debug, Args)]
#[args("apt.apt_sources")]
pub struct AptSources {}

/// One place that packages come from. sources.list(5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AptRepo {
    /// `deb` or `deb-src`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// The suite: `bookworm`, or a path that ends in `/`.
    pub distribution: String,
    /// The components: `main`; none for a suite that is a path.
    pub components: Vec<String>,
    /// Options: `arch`, `signed-by`, `trusted`, …
    pub options: IndexMap<String, OneOrSeveral>,
}

/// The value of an option, as a script sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrSeveral {
    /// One value.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl OneOrSeveral {
    /// `None` where there is no value.
    pub(super) fn of(mut values: Vec<String>) -> Option<Self> {
        match values.len() {
            0 => None,
            1 => values.pop().map(Self::One),
            _ => Some(Self::Several(values)),
        }
    }
}

/// The sources, and the text of the files that they stand in.
///
/// The texts are for operations that edit the files; scripts and JSON see the sources only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The sources.
    pub repos: Vec<AptRepo>,
    /// The files by path. `None`: the account may not read it.
    pub files: IndexMap<String, Option<String>>,
}

impl Sources {
    /// The sources that files of these texts declare.
    pub fn of(files: IndexMap<String, Option<String>>) -> Self {
        let texts = files.iter().filter_map(|(path, text)| Some((path, text.as_ref()?)));
        let repos = texts.flat_map(|(path, text)| repos(path, text)).collect();
        Self { repos, files }
    }

    /// The same with another text in a file; `None` takes the file away.
    #[must_use]
    pub fn with(&self, path: &str, text: Option<String>) -> Self {
        let mut files = self.files.clone();
        match text {
            Some(text) => drop(files.insert(path.to_owned(), Some(text))),
            None => drop(files.shift_remove(path)),
        }
        Self::of(files)
    }
}

impl Serialize for Sources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.repos.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let repos = Vec::deserialize(deserializer)?;
        Ok(Self { repos, ..Self::default() })
    }
}

/// Every file under a heading, followed by the line break that its last line may lack.
const COMMAND: &str = "for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    /etc/apt/sources.list.d/*.sources; do [ -e \"$f\" ] || continue; \
    if [ -r \"$f\" ]; then echo \"##INFRA_FILE $f\"; cat \"$f\"; echo; \
    else echo \"##INFRA_HIDDEN_FILE $f\"; fi; done";

impl Fact for AptSources {
    type Output = Sources;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut files: IndexMap<String, Option<String>> = IndexMap::new();
        for line in output.split_inclusive('\n') {
            match heading(line) {
                Some((path, true)) => drop(files.insert(path.to_owned(), Some(String::new()))),
                Some((path, false)) => drop(files.insert(path.to_owned(), None)),
                None => {
                    if let Some((_, Some(text))) = files.last_mut() {
                        text.push_str(line);
                    }
                }
            }
        }
        for text in files.values_mut().flatten() {
            text.truncate(text.strip_suffix('\n').map_or(text.len(), str::len));
        }
        Ok(Sources::of(files))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("apt-get")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree("/etc/apt")]
    }
}

/// The path in a heading, and whether the file's text follows.
fn heading(line: &str) -> Option<(&str, bool)> {
    let (word, path) = line.trim_end().strip_prefix("##")?.split_once(' ')?;
    let is_heading = word.ends_with("_FILE") && path.starts_with("/etc/apt/");
    is_heading.then_some((path, !word.ends_with("HIDDEN_FILE")))
}

fn repos(path: &str, text: &str) -> Vec<AptRepo> {
    if path.ends_with(".sources") {
        return deb822::parse(text);
    }
    text.lines().filter_map(parse_apt_repo).collect()
}

/// One line of a `.list` file: `deb [arch=amd64] https://example.com/debian bookworm main`. `None` for
/// a comment, and for what is no source.
pub fn parse_apt_repo(line: &str) -> Option<AptRepo> {
    let line = line.split('#').next()?.trim();
    let (kind, rest) = line.split_once(char::is_whitespace)?;
    if !matches!(kind, "deb" | "deb-src") {
        return None;
    }
    let rest = rest.trim_start();
    let (options, rest) = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace();
    let (url, distribution) = (words.next()?, words.next()?);
    let options = options.split_whitespace().filter_map(|option| {
        let (name, value) = option.split_once('=')?;
        let values = value.split(',').map(str::to_owned).collect();
        Some((name.to_owned(), OneOrSeveral::of(values)?))
    });
    Some(AptRepo {
        kind: kind.to_owned(),
        url: url.to_owned(),
        distribution: distribution.to_owned(),
        components: words.map(str::to_owned).collect(),
        options: options.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_of_every_file() {
        let output = "##INFRA_FILE /etc/apt/sources.list\ndeb http://x a main # why\n\n\
            ##INFRA_FILE /etc/apt/sources.list.d/a.list\ndeb http://y b c\n\
            ##INFRA_HIDDEN_FILE /etc/apt/sources.list.d/b.list\n";
        let sources = AptSources {}.parse(output).unwrap();
        let text = |path: &str| sources.files[path].as_deref();
        assert_eq!(text("/etc/apt/sources.list"), Some("deb http://x a main # why\n"));
        assert_eq!(text("/etc/apt/sources.list.d/a.list"), Some("deb http://y b c"));
        assert_eq!(text("/etc/apt/sources.list.d/b.list"), None);
        assert_eq!(sources.repos.len(), 2);
        assert_eq!(sources.repos[0].components, ["main"]);
    }

    #[test]
    fn reads_lines_with_and_without_options() {
        for (line, expected) in [
            ("deb http://x bookworm main contrib", Some(("bookworm", 2, 0))),
            ("deb-src [arch=amd64,i386 signed-by=/k.gpg] http://x /", Some(("/", 0, 2))),
            ("deb\thttp://x\tstable\tMain-1.0", Some(("stable", 1, 0))),
            ("# deb http://x a b", None),
            ("deb http://x", None),
            ("debian http://x a b", None),
        ] {
            let read = parse_apt_repo(line);
            let read = read
                .as_ref()
                .map(|it| (it.distribution.as_str(), it.components.len(), it.options.len()));
            assert_eq!(read, expected, "{line}");
        }
    }
}
