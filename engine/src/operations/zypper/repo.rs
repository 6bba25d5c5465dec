use crate::operations::rpm::repo::{Repository, Traits};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Declare a repository for zypper, or remove it.
///
/// With a name, the file `/etc/zypp/repos.d/NAME.repo` is written where it differs. With the address of such a
/// file, the host downloads it if it is not there.
///
/// ```rhai
/// zypper.repo("https://download.opensuse.org/repositories/devel:tools/15.6/devel:tools.repo");
/// zypper.repo("app", "https://packages.example.com/app", #{ gpgkey: "https://packages.example.com/key" });
/// ```
#[derive(Debug, Args)]
#[args("zypper.repo")]
pub(crate) struct Repo {
    /// Name of the repository, or the address of a `.repo` file.
    src: String,

    /// Where its packages are; needed with a name.
    baseurl: Option<String>,

    /// Whether it should be there.
    #[arg(default = true)]
    present: bool,

    #[arg(flatten)]
    traits: Traits,

    /// Its type.
    #[arg(default = "rpm-md", name = "type")]
    kind: String,
}

impl Repo {
    fn repository(&self) -> Repository<'_> {
        Repository {
            src: &self.src,
            present: self.present,
            baseurl: self.baseurl.as_deref(),
            traits: &self.traits,
            directory: "/etc/zypp/repos.d",
            kind: Some(&self.kind),
        }
    }
}

impl Operation for Repo {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.repository().plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        self.repository().touches()
    }
}
