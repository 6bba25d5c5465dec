use crate::args::OneOrMany;
use crate::facts::snap::{SnapPackage, SnapPackages, Snaps};
use crate::operations::packages;
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install snaps, make them follow a channel, or remove them.
///
/// A channel is given as `track/risk`, or as one of both: `stable` is `latest/stable`, `4.0` is `4.0/stable`.
///
/// ```rhai
/// snap.package(["hello-world", "vlc"]);
/// snap.package("lxd", #{ channel: "5.0/stable" });
/// snap.package("nvim", #{ classic: true });
/// ```
#[derive(Debug, Args)]
#[args("snap.package")]
pub(crate) struct Package {
    /// The snaps.
    packages: Option<OneOrMany<String>>,

    /// The channel that they follow.
    #[arg(default = "latest/stable")]
    channel: String,

    /// Give them access to the whole system, as other packages have.
    #[arg(default = false)]
    classic: bool,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,
}

impl Operation for Package {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let wanted = packages::Package::list(self.packages.as_ref(), None)?;
        if wanted.is_empty() {
            return Ok(Commands::none("no snap is named"));
        }
        let snaps = host.fact(&SnapPackages {})?;
        let mut after = (*snaps).clone();
        let mut todo = Commands::default();
        let mut notes = Vec::new();
        let mut remove = Vec::new();
        for packages::Package { name, .. } in wanted {
            let of = format!("snap {name}");
            match (self.present, snaps.0.contains_key(&name)) {
                (true, false) => {
                    todo.run(self.line("install", &name));
                    todo.attribute(of, "channel", "", &self.channel);
                    after.0.insert(name, Some(full(&self.channel)));
                }
                (true, true) => match self.other_channel(host, &snaps, &name)? {
                    Some(now) => {
                        todo.run(self.line("refresh", &name));
                        todo.attribute(of, "channel", now, &self.channel);
                        after.0.insert(name, Some(full(&self.channel)));
                    }
                    None => notes.push(format!("snap {name} is installed")),
                },
                (false, true) => {
                    todo.attribute(of, "present", "yes", "no");
                    after.0.shift_remove(&name);
                    remove.push(name);
                }
                (false, false) => notes.push(format!("snap package {name} is not installed")),
            }
        }
        if !remove.is_empty() {
            todo.run(sh!("snap remove {remove}"));
        }
        if todo.is_empty() {
            return Ok(Commands::none(notes.join(", ")));
        }
        todo.then(&SnapPackages {}, after);
        Ok(todo)
    }
}

impl Package {
    /// The channel that an installed snap follows, if it is another one.
    fn other_channel(&self, host: &Host<'_>, snaps: &Snaps, name: &str) -> Result<Option<String>> {
        let listed = snaps.0.get(name).cloned().flatten();
        let now = match listed {
            Some(now) => Some(now),
            None => host.fact(&SnapPackage { package: name.to_owned() })?.get("channel").cloned(),
        };
        Ok(now.filter(|now| *now != full(&self.channel)))
    }

    /// snap takes a channel for one snap at a time.
    fn line(&self, verb: &'static str, name: &str) -> Shell {
        let mut flags = Shell::new();
        flags.flag("--classic", self.classic);
        let verb = Shell::raw(verb);
        sh!("snap {verb} {flags} --channel={self.channel} {name}")
    }
}

/// The channel as track and risk.
fn full(channel: &str) -> String {
    let mut parts = channel.split('/');
    match (parts.next().unwrap_or_default(), parts.next()) {
        (risk @ ("stable" | "candidate" | "beta" | "edge"), _) => format!("latest/{risk}"),
        (track, None) => format!("{track}/stable"),
        (track, Some(risk)) => format!("{track}/{risk}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completes_a_channel() {
        for (channel, expected) in [
            ("stable", "latest/stable"),
            ("4.0", "4.0/stable"),
            ("latest/edge", "latest/edge"),
            ("4.0/stable/ubuntu-20.04", "4.0/stable"),
        ] {
            assert_eq!(full(channel), expected, "{channel}");
        }
    }
}
