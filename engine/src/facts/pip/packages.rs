//! `pip.pip_packages` and `pip.pip3_packages`: the same question to two programs.

use crate::facts::installed::Installed;
use crate::{Args, Fact, Result, Shell, sh};

macro_rules! packages {
    ($($(#[$doc:meta])* $fact:ident $name:literal $program:literal)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// Another pip: its path, or a name.
            pub pip: Option<String>,
        }

        impl Fact for $fact {
            type Output = Installed;

            /// A pip that is not there lists nothing.
            fn command(&self) -> Shell {
                let pip = self.pip.as_deref().unwrap_or($program);
                let words = words(pip);
                let program = words.first().map_or($program, String::as_str);
                sh!("if command -v {program} >/dev/null 2>&1; then \
                    PIP_DISABLE_PIP_VERSION_CHECK=1 {words} freeze --all; fi")
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                Ok(read(output))
            }
        }
    )* };
}

packages! {
    /// All Python packages that `pip` sees by name, each with its version.
    ///
    /// ```rhai
    /// let packages = host.fact("pip.pip_packages", "/srv/app/venv/bin/pip");
    /// ```
    PipPackages "pip.pip_packages" "pip"

    /// All Python packages that `pip3` sees by name, each with its version.
    ///
    /// ```rhai
    /// if "requests" in host.fact("pip.pip3_packages") { host.log("requests is there"); }
    /// ```
    Pip3Packages "pip.pip3_packages" "pip3"
}

/// The words of a command as a shell reads them: gaps split, quotes join. `python3 -m pip` is three,
/// `'/opt/my venv/bin/pip'` is one.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for it in command.chars() {
        match (quote, it) {
            (None, '\'' | '"') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            (Some(open), _) if open == it => quote = None,
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(it),
        }
    }
    words.extend(word);
    words
}

/// `requests==2.31.0`, or `app @ file:///srv/app`, whose version is not told.
fn read(output: &str) -> Installed {
    let mut installed = Installed::default();
    for line in output.lines().map(str::trim) {
        if let Some((name, version)) = line.split_once("==") {
            installed.add(name, version);
        } else if let Some((name, _)) = line.split_once(" @ ") {
            installed.expect(name, None);
        }
    }
    installed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_and_packages_without() {
        let installed =
            read("Django==5.0.1\napp @ file:///srv/app\n# a comment\n-e git+https://x\n");
        let listed: Vec<_> = installed.iter().map(|(name, it)| format!("{name} {it:?}")).collect();
        assert_eq!(listed, ["Django [\"5.0.1\"]", "app []"]);
    }

    #[test]
    fn splits_a_command_as_a_shell_does() {
        assert_eq!(words("python3  -m pip"), ["python3", "-m", "pip"]);
        assert_eq!(words("'/opt/my venv'/bin/pip"), ["/opt/my venv/bin/pip"]);
    }
}
