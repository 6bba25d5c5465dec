use crate::facts::installed::{Installed, of_language};
use crate::{Args, Fact, Result, Scope, Shell};

/// All programs that `go install` installed for the account by import path, each with its version.
///
/// ```rhai
/// if "golang.org/x/tools/gopls" in host.fact("go.go_packages") { host.log("gopls is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("go.go_packages")]
pub struct GoPackages {}

/// go-version: what each program in the folder was built from.
const COMMAND: &str = r#"bin=$(go env GOBIN); [ -n "$bin" ] || bin=$(go env GOPATH)/bin; \
    [ ! -d "$bin" ] || find "$bin" -maxdepth 1 -type f -perm -u+x -exec go version -m {} + 2>/dev/null \
    || true"#;

impl Fact for GoPackages {
    type Output = Installed;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    /// `\tpath\tIMPORT-PATH` and then `\tmod\tMODULE\tVERSION\tHASH`. What `go build` made has no version.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut installed = Installed::default();
        let mut path = None;
        for line in output.lines() {
            let mut fields = line.split('\t');
            match (fields.next(), fields.next(), fields.next(), fields.next()) {
                (Some(""), Some("path"), Some(it), _) => path = Some(it),
                (Some(""), Some("mod"), Some(_), Some(version)) => {
                    if let Some(path) = path.take().filter(|_| version != "(devel)") {
                        installed.add(path, version);
                    }
                }
                (Some(""), ..) => {}
                _ => path = None,
            }
        }
        Ok(installed)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("go")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
