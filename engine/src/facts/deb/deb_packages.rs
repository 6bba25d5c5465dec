use crate::facts::installed::Installed;
use crate::{Args, Fact, Result, Scope, Shell};

/// All installed Debian packages by name, each with its versions.
///
/// ```rhai
/// let packages = host.fact("deb.deb_packages");
/// if "nginx" in packages { host.log(packages["nginx"][0]); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("deb.deb_packages")]
pub struct DebPackages {}

/// The first three columns are those of `dpkg -l`. dpkg-query(1).
const COMMAND: &str =
    r"dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\t${Architecture}\t${Provides}\n'";

impl Fact for DebPackages {
    type Output = Installed;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    /// Lines that are none of a package (the heading of `dpkg -l`) are skipped.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut installed = Installed::default();
        for line in output.lines() {
            let (columns, more) = line.split_once('\t').unwrap_or((line, ""));
            let mut columns = columns.split_whitespace();
            let (Some(state), Some(name), Some(version)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            let name = name.split(':').next().unwrap_or(name);
            match state.get(..2) {
                Some("ii" | "hi" | "ri" | "pi" | "ui") => {
                    installed.add(name, version);
                    offers(&mut installed, name, version, more);
                    if state.starts_with('h') {
                        installed.hold(name);
                    }
                }
                Some("rc" | "pc" | "uc" | "ic") => installed.leave(name),
                _ => {}
            }
        }
        Ok(installed)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("dpkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, Scope::path("/var/lib/dpkg/status")]
    }
}

/// Other names of a package: `name:arch`, and what it provides (`default-mta, libz1 (= 1.2)`).
fn offers(installed: &mut Installed, name: &str, version: &str, more: &str) {
    let (architecture, provides) = more.split_once('\t').unwrap_or((more, ""));
    if !architecture.is_empty() {
        installed.offer(format!("{name}:{architecture}"), name, Some(version));
    }
    for provided in provides.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let (capability, version) = provided.split_once(" (= ").unwrap_or((provided, ""));
        let version = version.trim_end_matches(')');
        installed.offer(capability.trim(), name, (!version.is_empty()).then_some(version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_states_versions_and_other_names() {
        let output = "ii  git 1:2.39.5-0+deb12u2\tamd64\t\n\
            hi  nginx 1.22.1-9\tamd64\thttpd, httpd-cgi (= 2.0)\n\
            rc  gone 1.0\tall\t\n\
            iU  halfway 1.0\tall\t\n\
            ii  libc6 2.36-9\tamd64\t\n\
            ii  libc6 2.36-9\ti386\t\n";
        let installed = DebPackages {}.parse(output).unwrap();
        let json = serde_json::json!({
            "git": ["1:2.39.5-0+deb12u2"], "nginx": ["1.22.1-9"], "libc6": ["2.36-9"],
        });
        assert_eq!(serde_json::to_value(&installed).unwrap(), json);
        assert!(installed.is_held("nginx") && !installed.is_held("git"));
        assert!(installed.remains("gone") && !installed.remains("git"));
        assert_eq!(installed.offers("httpd-cgi")[0].version.as_deref(), Some("2.0"));
        assert_eq!(installed.offers("libc6:i386")[0].by, "libc6");
    }

    #[test]
    fn reads_the_table_of_dpkg() {
        let output = "Desired=Unknown/Install/Remove/Purge/Hold\n\
            ||/ Name Version Architecture Description\n+++-====-====-====-====\n\
            ii  libc6:amd64  2.36-9  amd64  GNU C Library\n";
        let installed = DebPackages {}.parse(output).unwrap();
        assert_eq!(installed.iter().collect::<Vec<_>>(), [("libc6", &["2.36-9".to_owned()][..])]);
    }
}
