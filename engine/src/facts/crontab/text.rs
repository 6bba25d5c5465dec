use crate::bytes::decode;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The exact text of a user's crontab; `()` where the user has none.
///
/// ```rhai
/// let text = host.fact("crontab.text", "root");
/// if text != () { host.log(text); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("crontab.text")]
pub struct Text {
    /// The user. Default: the account that commands run as.
    pub user: Option<String>,
}

impl Fact for Text {
    type Output = Option<String>;

    /// `crontab -l` fails alike where there is no crontab and where it may not be read; taking the one
    /// for the other would overwrite a crontab that is there. A user who is not there has none yet.
    fn command(&self) -> Shell {
        let mut user = Shell::new();
        user.opt("-u", self.user.as_deref());
        sh!("{{ said=$(LC_ALL=C crontab {user} -l 2>&1 >&3 3>&-); }} 3>&1 || \
            case $said in \
            ''|*'no crontab'*|*'o such file'*|*unknown*|*'bad user'*) ;; \
            *) printf '%s\\n' \"$said\" >&2; exit 1;; esac")
    }

    fn requires(&self) -> Option<&'static str> {
        Some("crontab")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Some(output.to_owned()))
    }

    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&decode(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![
            Scope::CRONTAB,
            Scope::ACCOUNTS,
            Scope::tree("/var/spool/cron"),
            Scope::tree("/etc/crontabs"),
        ]
    }
}
