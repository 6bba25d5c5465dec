use crate::args::OneOrMany;
use crate::command::Output;
use crate::facts::go::GoPackages;
use crate::operations::packages::work::any_output;
use crate::operations::packages::{Package, Wanted, ensure_packages};
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install, upgrade or remove programs with `go install`.
///
/// A program is given as its import path, alone or with a version: `golang.org/x/tools/gopls@v0.16.0`. Without one, or
/// with `@latest`, the newest is installed if none is there. With `latest: true`, go looks for a newer version every
/// time; that counts as changed only if the program is another one then.
///
/// ```rhai
/// go.packages("honnef.co/go/tools/cmd/staticcheck");
/// go.packages(["golang.org/x/tools/gopls@v0.16.0"], #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("go.packages")]
pub(crate) struct EnsurePackages {
    /// The programs.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether programs without a version should be the newest.
    #[arg(default = false)]
    latest: bool,
}

/// What finds the folder of programs.
const FOLDER: &str = "bin=$(go env GOBIN); [ -n \"$bin\" ] || bin=$(go env GOPATH)/bin";

/// What is printed where a program is as it was.
const SAME: &str = "the program is as it was";

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let mut packages = Package::list(self.packages.as_ref(), Some("@"))?;
        if packages.is_empty() {
            return Ok(Commands::none("no program is named"));
        }
        for package in &mut packages {
            // The newest is whatever is installed when none is there; and all versions of one are one program.
            let is_open = package.version.as_deref() == Some("latest");
            package.version = package.version.take().filter(|_| !is_open && self.present);
        }
        let wanted =
            Wanted { present: self.present, latest: self.latest, ..Wanted::installed(&packages) };
        let installed = host.fact(&GoPackages {})?;
        let decision = ensure_packages(&wanted, &installed)?;
        if decision.is_empty() {
            return Ok(Commands::none(decision.note()));
        }
        let mut todo = Commands::default();
        // go takes packages of one module at a time.
        for package in &decision.install {
            todo.run(install(package));
        }
        for package in &decision.upgrade {
            todo.run(upgrade(package));
        }
        if !decision.remove.is_empty() {
            todo.run(remove(&decision.remove));
        }
        if decision.install.is_empty() && decision.remove.is_empty() {
            todo.changed = Some(changed);
        }
        let after = decision.record(&mut todo, &installed);
        todo.then(&GoPackages {}, after);
        Ok(todo)
    }
}

fn install(package: &Package) -> Shell {
    let version = package.version.as_deref().unwrap_or("latest");
    let name = &package.name;
    sh!("go install {name}@{version}")
}

fn upgrade(package: &Package) -> Shell {
    let (folder, install) = (Shell::raw(FOLDER), install(package));
    let program = program(&package.name);
    sh!("{folder}; old=$(cksum <\"$bin\"/{program}); {install} && \
        if [ \"$old\" = \"$(cksum <\"$bin\"/{program})\" ]; then echo {SAME}; fi")
}

fn remove(packages: &[Package]) -> Shell {
    let folder = Shell::raw(FOLDER);
    let programs: Vec<Shell> = packages
        .iter()
        .map(|package| program(&package.name))
        .map(|program| sh!("\"$bin\"/{program}"))
        .collect();
    sh!("{folder}; rm -f -- {programs}")
}

/// Whether any program is another one.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| !text.contains(SAME))
}

/// The name of the program that a path makes: its last part, but for that of a major version, `/v2`.
fn program(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let is_major = last
        .strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.chars().all(|it| it.is_ascii_digit()));
    if is_major { parts.next().unwrap_or(last) } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_program_of_a_path() {
        for (path, expected) in [
            ("github.com/foo/bar", "bar"),
            ("github.com/foo/bar/v2", "bar"),
            ("github.com/foo/bar/v2/cmd/tool", "tool"),
            ("github.com/foo/vim", "vim"),
            ("v2", "v2"),
        ] {
            assert_eq!(program(path), expected, "{path}");
        }
    }
}
