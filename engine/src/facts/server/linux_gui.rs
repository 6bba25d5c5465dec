use std::sync::Arc;

use crate::{Args, Ask, Fact, Host, Result, Scope, Shell};

/// The desktops that are installed: `GNOME`, `MATE`, `LXDE`, `KDE Plasma`, `XFCE 4`.
///
/// ```rhai
/// for desktop in host.fact("server.linux_gui") { host.log(desktop); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.linux_gui")]
pub struct LinuxGui {}

/// Whether a desktop is installed.
///
/// ```rhai
/// if host.fact("server.has_gui") { host.log("someone may be looking"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.has_gui")]
pub struct HasGui {}

const DESKTOPS: &[(&str, &str)] = &[
    ("/usr/bin/gnome-session", "GNOME"),
    ("/usr/bin/mate-session", "MATE"),
    ("/usr/bin/lxsession", "LXDE"),
    ("/usr/bin/plasma_session", "KDE Plasma"),
    ("/usr/bin/xfce4-session", "XFCE 4"),
];

impl Fact for LinuxGui {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        Shell::raw("ls /usr/bin/*session 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let desktop =
            |line: &str| DESKTOPS.iter().find(|(path, _)| *path == line.trim()).map(|(_, it)| *it);
        Ok(output.lines().filter_map(desktop).map(str::to_owned).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}

impl Ask for HasGui {
    type Output = bool;

    fn find(&self, host: &Host<'_>) -> Result<Arc<bool>> {
        Ok(Arc::new(!host.fact(&LinuxGui {})?.is_empty()))
    }
}
