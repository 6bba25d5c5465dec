use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The names that `/etc/hosts` gives to addresses: a list of names by address.
///
/// ```rhai
/// let names = host.fact("server.etc_hosts")["127.0.0.1"];
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.etc_hosts")]
pub struct EtcHosts {
    /// The file. Default: `/etc/hosts`.
    pub path: Option<String>,
}

impl EtcHosts {
    /// The file that is asked about.
    pub fn file(&self) -> &str {
        self.path.as_deref().unwrap_or("/etc/hosts")
    }

    /// The names by address; a name stands once, where it is first.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> IndexMap<String, Vec<String>> {
        let mut entries: IndexMap<String, Vec<String>> = IndexMap::new();
        for line in lines {
            let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
            let (Some(address), Some(first)) = (words.next(), words.next()) else { continue };
            let names = entries.entry(address.to_owned()).or_default();
            for name in std::iter::once(first).chain(words) {
                if !names.iter().any(|it| it == name) {
                    names.push(name.to_owned());
                }
            }
        }
        entries
    }
}

impl Fact for EtcHosts {
    type Output = IndexMap<String, Vec<String>>;

    fn command(&self) -> Shell {
        sh!("cat -- {self.file()} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Self::read(output.lines()))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(self.file())]
    }
}
