use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::{Args, Ask, Fact, Host, Result, Scope, Shell};

/// The Linux distribution: `name`, `major` and `minor` version, and `release_meta`: what
/// `/etc/os-release` says, names in capitals.
///
/// Where a distribution's own file (`/etc/centos-release`) knows the version more precisely than
/// `/etc/os-release`, it counts. `minor` is `()` where nothing says it.
///
/// ```rhai
/// let linux = host.fact("server.linux_distribution");
/// if linux.name == "Debian" && linux.major < 12 { host.log("time for an upgrade"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.linux_distribution")]
pub struct LinuxDistribution {}

/// A Linux distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Distribution {
    /// Its name.
    pub name: Option<String>,
    /// The first number of its version.
    pub major: Option<i64>,
    /// The second number of its version.
    pub minor: Option<i64>,
    /// What `/etc/os-release` says.
    pub release_meta: IndexMap<String, String>,
}

/// The name of the Linux distribution: `Debian`, `Ubuntu`, `Alpine`, `RedHat`, `CentOS`, `Fedora`.
///
/// ```rhai
/// if host.fact("server.linux_name") == "Debian" { apt.packages("nginx"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.linux_name")]
pub struct LinuxName {}

impl Ask for LinuxName {
    type Output = Option<String>;

    fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
        Ok(Arc::new(host.fact(&LinuxDistribution {})?.name.clone()))
    }
}

/// Each file below a line with its path, and closed by one of dashes.
const COMMAND: &str = "for file in /etc/*-release; do if [ -f \"$file\" ]; then \
    echo \"$file\"; cat \"$file\"; echo; echo ---; fi; done";

impl Fact for LinuxDistribution {
    type Output = Distribution;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let files = files(output);
        let content = |wanted: &str| files.iter().find(|(name, _)| *name == wanted);
        let os = content("os-release").map(|(_, text)| os_release(text)).unwrap_or_default();
        let own = files.iter().find_map(|(name, text)| own_release(name, text)).unwrap_or_default();
        let id = os.get("id").map_or_else(
            || normal(&own.id, &[("redhat", "rhel")]),
            |id| normal(id, &[("ol", "oracle"), ("opensuse-leap", "opensuse")]),
        );
        let name = os.get("name").filter(|it| !it.is_empty()).cloned().unwrap_or(own.name);
        let pretty = os.get("pretty_name").and_then(|it| release_line(it)).unwrap_or_default();
        let stated = os.get("version_id").cloned().unwrap_or_default();
        let version = most_precise([stated, own.version, pretty.version]);
        let (major, minor) = numbers(&version);
        if id.is_empty() && name.is_empty() && os.is_empty() {
            return Ok(Distribution::default());
        }
        Ok(Distribution {
            name: Some(pretty_name(&id).map_or(name, str::to_owned)),
            major,
            minor,
            release_meta: os.into_iter().map(|(key, it)| (key.to_uppercase(), it)).collect(),
        })
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}

/// The files' names, without their folder, and contents.
fn files(output: &str) -> Vec<(&str, &str)> {
    let mut files: Vec<_> = output
        .split("---")
        .filter_map(|part| part.trim().split_once('\n'))
        .map(|(path, text)| (path.rsplit('/').next().unwrap_or(path).trim(), text))
        .collect();
    files.sort_unstable();
    files
}

/// The ids whose distribution has a well-known name of another form.
fn pretty_name(id: &str) -> Option<&'static str> {
    Some(match id {
        "alpine" => "Alpine",
        "centos" => "CentOS",
        "fedora" => "Fedora",
        "gentoo" => "Gentoo",
        "opensuse" => "openSUSE",
        "rhel" => "RedHat",
        "ubuntu" => "Ubuntu",
        "debian" => "Debian",
        _ => return None,
    })
}

fn normal(id: &str, table: &[(&str, &str)]) -> String {
    let id = id.to_lowercase().replace(' ', "_");
    table.iter().find(|(from, _)| *from == id).map_or(id, |(_, to)| (*to).to_owned())
}

/// `/etc/os-release` as `os-release(5)` defines it, names in small letters. `codename` is
/// `VERSION_CODENAME`, or what stands in brackets in `VERSION`.
fn os_release(text: &str) -> IndexMap<String, String> {
    static CODENAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\(([^\d]+)\)|,\s*([^\d]+)").ok());
    let assignments = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let mut values: IndexMap<String, String> = assignments
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_lowercase(), unquote(value.trim())))
        .collect();
    let stated = values.get("version_codename").or_else(|| values.get("ubuntu_codename")).cloned();
    let codename = stated.or_else(|| {
        let found = CODENAME.as_ref()?.captures(values.get("version")?)?;
        Some(found.get(1).or_else(|| found.get(2))?.as_str().to_owned())
    });
    if let Some(codename) = codename {
        values.insert("codename".to_owned(), codename);
    }
    values
}

/// A word of a shell assignment without its quotes and backslashes.
fn unquote(word: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut rest = word.chars();
    while let Some(it) = rest.next() {
        match (quote, it) {
            (None, '"' | '\'') => quote = Some(it),
            (Some(open), _) if open == it => quote = None,
            (None | Some('"'), '\\') => text.extend(rest.next()),
            (None, '#') if text.is_empty() => break,
            _ => text.push(it),
        }
    }
    text
}

/// What a distribution says in a file or a line of its own.
#[derive(Debug, Default)]
struct Release {
    id: String,
    name: String,
    version: String,
}

/// Files that many distributions have, so that they say nothing about one.
const COMMON: &[&str] = &[
    "os-release",
    "lsb-release",
    "oem-release",
    "system-release",
    "plesk-release",
    "iredmail-release",
    "board-release",
];

/// `/etc/centos-release`: `CentOS Linux release 7.9.2009 (Core)`. The file's name says the id.
fn own_release(file: &str, text: &str) -> Option<Release> {
    let id = file.strip_suffix("-release").or_else(|| file.strip_suffix("_release"))?;
    if COMMON.contains(&file) || !id.chars().all(|it| it.is_alphanumeric() || it == '_') {
        return None;
    }
    let release = release_line(text.lines().next()?)?;
    let id = if release.name.to_lowercase().contains("cloudlinux") { "cloudlinux" } else { id };
    Some(Release { id: id.to_owned(), ..release })
}

/// `NAME [release] VERSION [(CODENAME)]`: the version is the last word that ends in a digit.
fn release_line(line: &str) -> Option<Release> {
    static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?P<name>.+?) *(?:release *)?\(?(?P<version>\d[\d.+\-a-z]*)(?: LTS)?\)?(?: *\(.*\).*)?(?: [^\d(]*)?$").ok()
    });
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    let found = LINE.as_ref().and_then(|it| it.captures(line));
    let part = |name: &str| found.as_ref().and_then(|it| it.name(name)).map(|it| it.as_str());
    Some(Release {
        id: String::new(),
        name: part("name").unwrap_or(line).trim_end().to_owned(),
        version: part("version").unwrap_or_default().to_owned(),
    })
}

/// The first of the versions with the most dots.
fn most_precise(versions: [String; 3]) -> String {
    let dots = |version: &String| version.matches('.').count();
    versions
        .into_iter()
        .filter(|it| !it.is_empty())
        .reduce(|best, it| if dots(&it) > dots(&best) { it } else { best })
        .unwrap_or_default()
}

/// The first two numbers of a version that starts with one.
fn numbers(version: &str) -> (Option<i64>, Option<i64>) {
    let (major, rest) = leading_number(version);
    let minor = major.and_then(|_| leading_number(rest.strip_prefix('.').unwrap_or(rest)).0);
    (major, minor)
}

fn leading_number(text: &str) -> (Option<i64>, &str) {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.parse().ok(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_name_and_version_in_what_distributions_write() {
        for (line, name, version) in [
            ("CentOS Linux release 7.9.2009 (Core)", "CentOS Linux", "7.9.2009"),
            ("CentOS Stream release 8", "CentOS Stream", "8"),
            (
                "Red Hat Enterprise Linux Server release 7.0 (Maipo)",
                "Red Hat Enterprise Linux Server",
                "7.0",
            ),
            ("Fedora release 39 (Thirty Nine)", "Fedora", "39"),
            ("RED OS release (8.0) MINIMAL", "RED OS", "8.0"),
            ("Ubuntu 22.04.3 LTS", "Ubuntu", "22.04.3"),
            ("Debian GNU/Linux 12 (bookworm)", "Debian GNU/Linux", "12"),
            ("Alpine Linux v3.19", "Alpine Linux v", "3.19"),
            ("Gentoo Base System release 2.14", "Gentoo Base System", "2.14"),
            ("Manjaro Linux", "Manjaro Linux", ""),
        ] {
            let found = release_line(line).unwrap();
            assert_eq!((found.name.as_str(), found.version.as_str()), (name, version), "{line}");
        }
    }

    #[test]
    fn reads_os_release_as_the_shell_would() {
        let found = os_release(
            "# a comment\nNAME=\"Debian GNU/Linux\"\nVERSION='12 (bookworm)'\nPS=\"a \\\"b\\\" \\$c\"\nEMPTY=\nID=debian\n",
        );
        assert_eq!(found["name"], "Debian GNU/Linux");
        assert_eq!(found["codename"], "bookworm");
        assert_eq!(found["ps"], "a \"b\" $c");
        assert_eq!(found["empty"], "");
    }

    #[test]
    fn the_more_precise_version_counts() {
        let output = "/etc/centos-release\nCentOS Linux release 8.3.2011\n\n---\n\
            /etc/os-release\nNAME=\"CentOS Linux\"\nID=\"centos\"\nVERSION_ID=\"8\"\n\n---\n";
        let found = LinuxDistribution {}.parse(output).unwrap();
        assert_eq!(found.name.as_deref(), Some("CentOS"));
        assert_eq!((found.major, found.minor), (Some(8), Some(3)));
    }
}
