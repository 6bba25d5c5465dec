use super::Kind;
use crate::facts::brew::{BrewTaps, BrewTrusted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Add a tap to Homebrew, or remove it.
///
/// Without `src` the name is taken from `url`. What is no name of two parts changes nothing. Whether the tap
/// is trusted is brought to what `trusted` says, too.
///
/// ```rhai
/// brew.tap("includeos/includeos", #{ trusted: true });
/// brew.tap(#{ url: "https://github.com/kptdev/kpt" });
/// brew.tap("old/tap", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("brew.tap")]
pub(crate) struct Tap {
    /// Name of the tap: `user/repository`.
    src: Option<String>,

    /// Whether it should be there.
    #[arg(default = true)]
    present: bool,

    /// Whether it should be trusted.
    #[arg(default = false)]
    trusted: Option<bool>,

    /// Address of its repository. Default: the one of that name at GitHub.
    url: Option<String>,
}

impl Operation for Tap {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let Some(name) = self.name() else { return Ok(Commands::none("no tap is named")) };
        if name.split('/').count() != 2 || name.split('/').any(str::is_empty) {
            return Ok(Commands::none(format!("`{name}` does not have two parts")));
        }
        host.want(&BrewTaps {});
        if self.present {
            host.want(&BrewTrusted {});
        }
        let taps = host.fact(&BrewTaps {})?;
        let is_there = taps.contains(&name);
        let mut todo = Commands::default();
        let mut after = (*taps).clone();
        match (self.present, is_there) {
            (true, true) => return self.trust(host, &name),
            (false, false) => return Ok(Commands::none(format!("tap {name} does not exist"))),
            (true, false) => {
                todo.run(sh!("brew tap {name} {self.url}"));
                todo.attribute(format!("tap {name}"), "present", "no", "yes");
                if self.trusted == Some(true) {
                    trust(&mut todo, &name, true);
                }
                after.push(name);
            }
            (false, true) => {
                todo.run(sh!("brew untap {name}"));
                todo.attribute(format!("tap {name}"), "present", "yes", "no");
                after.retain(|it| *it != name);
            }
        }
        todo.then(&BrewTaps {}, after);
        Ok(todo)
    }
}

impl Tap {
    /// The name, or the path of the address: `kptdev/kpt` of `https://github.com/kptdev/kpt`.
    fn name(&self) -> Option<String> {
        let filled = |it: &Option<String>| it.clone().filter(|it| !it.is_empty());
        filled(&self.src).or_else(|| {
            let url = filled(&self.url)?;
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| {
                rest.split_once('/').map_or("", |(_, path)| path)
            });
            let path = rest.split(['?', '#']).next().unwrap_or_default();
            Some(path.trim_matches('/').to_owned())
        })
    }

    fn trust(&self, host: &Host<'_>, name: &String) -> Result<Commands> {
        let trusted = host.fact(&BrewTrusted {})?;
        let wanted = self.trusted == Some(true);
        if trusted.taps.contains(name) == wanted {
            return Ok(Commands::none(format!("tap {name} already exists")));
        }
        let mut todo = Commands::default();
        trust(&mut todo, name, wanted);
        let mut after = (*trusted).clone();
        after.taps.retain(|it| it != name);
        after.taps.extend(wanted.then(|| name.clone()));
        todo.then(&BrewTrusted {}, after);
        Ok(todo)
    }
}

fn trust(todo: &mut Commands, name: &str, wanted: bool) {
    let (before, after) = if wanted { ("no", "yes") } else { ("yes", "no") };
    todo.run(Kind::Taps.line(name, wanted));
    todo.attribute(format!("tap {name}"), "trusted", before, after);
}
