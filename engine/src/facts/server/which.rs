use serde::{Deserialize, Deserializer, Serialize};

use super::lines::text;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Where a program is; `()` where the account has none of that name.
///
/// ```rhai
/// if host.fact("server.which", "docker") == () { apt.packages("docker.io"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.which")]
pub struct Which {
    /// Name of the program.
    pub command: String,
}

impl Which {
    /// The question about a program.
    pub fn program(name: impl Into<String>) -> Self {
        Self { command: name.into() }
    }
}

/// Where a program is, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Program(pub Option<String>);

impl Program {
    /// Whether there is one.
    pub fn exists(&self) -> bool {
        self.0.is_some()
    }
}

/// A test may say `true` or `false` where the place does not matter.
impl<'de> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        use serde_json::Value as Json;
        match Json::deserialize(deserializer)? {
            Json::Null | Json::Bool(false) => Ok(Self(None)),
            Json::Bool(true) => Ok(Self(Some(String::new()))),
            Json::String(path) => Ok(Self(Some(path))),
            other => Err(D::Error::custom(format!("`{other}` is no path"))),
        }
    }
}

impl Fact for Which {
    type Output = Program;

    fn command(&self) -> Shell {
        sh!("command -v {self.command} || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Program(text(output)))
    }

    /// Programs come with packages, or are put where programs are.
    fn reads(&self) -> Vec<Scope> {
        let folders = ["/bin", "/sbin", "/usr", "/opt", "/snap", "/home", "/root"];
        std::iter::once(Scope::PACKAGES).chain(folders.map(Scope::tree)).collect()
    }
}
