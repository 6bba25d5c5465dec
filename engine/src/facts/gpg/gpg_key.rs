use super::keys::{Keys, PUBLIC, read};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The keys in a file on the host, or at an address, by id. They are not imported, so they come
/// without fingerprints and hashes.
///
/// ```rhai
/// for id in host.fact("gpg.gpg_key", "/etc/apt/keyrings/docker.gpg").keys() { host.log(id); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("gpg.gpg_key")]
pub struct GpgKey {
    /// Path of the file, or its address.
    pub src: String,
}

impl Fact for GpgKey {
    type Output = Option<Keys>;

    fn command(&self) -> Shell {
        if self.src.contains("://") {
            return sh!("(curl -sSLf -- {self.src} || wget -q -O - -- {self.src}) 2>/dev/null \
                | gpg --batch --with-colons 2>/dev/null || true");
        }
        sh!("if [ -e {self.src} ]; then \
            gpg --batch --with-colons -- {self.src} 2>/dev/null || true; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Some(read(output, PUBLIC)))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("gpg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(&self.src)]
    }
}
