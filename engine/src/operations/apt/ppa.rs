use crate::facts::apt::AptSources;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Add or remove a personal package archive of Launchpad, on Ubuntu.
///
/// Needs `add-apt-repository` on the host, from the package `software-properties-common`.
///
/// ```rhai
/// apt.ppa("ppa:deadsnakes/ppa");
/// ```
#[derive(Debug, Args)]
#[args("apt.ppa")]
pub(crate) struct Ppa {
    /// The archive: `ppa:user/name`.
    src: String,

    /// Whether it should be there.
    #[arg(default = true)]
    present: bool,
}

impl Operation for Ppa {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let sources = host.fact(&AptSources {})?;
        let place = self.place();
        let is_there =
            sources.repos.iter().any(|repo| place.is_some() && place == place_of(&repo.url));
        match (self.present, is_there) {
            (true, true) => Ok(Commands::none(format!("{} is there", self.src))),
            // Without any source nothing is known about them, and the program itself decides.
            (false, false) if place.is_some() && !sources.repos.is_empty() => {
                Ok(Commands::none(format!("{} is not there", self.src)))
            }
            (true, false) => Ok(self.run(true)),
            (false, _) => Ok(self.run(false)),
        }
    }
}

impl Ppa {
    fn run(&self, present: bool) -> Commands {
        let mut todo = Commands::from(if present {
            sh!("apt-add-repository -y -- {self.src}")
        } else {
            sh!("apt-add-repository -y --remove -- {self.src}")
        });
        let yes_no = |it: bool| if it { "yes" } else { "no" };
        todo.attribute(&self.src, "present", yes_no(!present), yes_no(present));
        todo
    }

    /// `user/name` of `ppa:user/name`; the name is `ppa` where none is given, as Launchpad has it.
    fn place(&self) -> Option<String> {
        let place = self.src.strip_prefix("ppa:")?;
        Some(if place.contains('/') { place.to_owned() } else { format!("{place}/ppa") })
    }
}

/// `user/name` of an archive's address at Launchpad.
fn place_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (server, path) = rest.split_once('/')?;
    let is_ppa =
        ["ppa.launchpad.net", "ppa.launchpadcontent.net", "private-ppa.launchpadcontent.net"];
    let mut parts = path.split('/');
    let (user, name) = (parts.next()?, parts.next()?);
    is_ppa.contains(&server).then(|| format!("{user}/{name}"))
}
