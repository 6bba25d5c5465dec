use indexmap::IndexMap;

use crate::args::{Mode, Phrase};
use crate::operations::files::{GivenText, Upload};
use crate::value::Value;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Write a file of rules for nftables, and load it.
///
/// Before the file goes live, `nft --check` must accept it. It is loaded when it has changed, as a whole
/// or not at all. Begin it with `flush ruleset`, or with `destroy table …`, so that loading it again
/// leads to the same rules. `nftables.service` loads `/etc/nftables.conf` when the host starts.
///
/// ```rhai
/// nftables.ruleset(#{ content: `flush ruleset
/// table inet filter {
///     chain input {
///         type filter hook input priority 0; policy drop;
///         ct state established,related accept
///         tcp dport ${host.data.get("ssh_port", 22)} accept
///     }
/// }
/// ` });
/// systemd.service("nftables", #{ enabled: true, running: () });
/// ```
#[derive(Debug, Args)]
#[args("nftables.ruleset")]
pub(crate) struct Ruleset {
    /// A local file with the rules.
    src: Option<String>,

    /// Where the file goes.
    #[arg(default = "/etc/nftables.conf")]
    dest: String,

    /// The rules themselves.
    content: Option<Phrase>,

    /// A template of the file, a file of the project.
    template: Option<String>,

    /// Variables for the template.
    data: Option<IndexMap<String, Value>>,

    /// Permissions. Default: as they are, or 644 for a new file.
    mode: Option<Mode>,

    /// Load the rules when the file has changed.
    #[arg(default = true)]
    load: bool,
}

impl Operation for Ruleset {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let given = GivenText {
            content: self.content.as_ref(),
            src: self.src.as_deref(),
            template: self.template.as_deref(),
            data: self.data.as_ref(),
        };
        if given.ways() != 1 {
            return Err(Error::usage("`nftables.ruleset` needs to know the rules")
                .hint("give one of `src`, `content` and `template`"));
        }
        let upload = Upload {
            mode: self.mode.clone(),
            validate: Some("nft --check --file %s".to_owned()),
            ..Upload::text(&self.dest, &given.read(host)?)
        };
        let mut todo = upload.plan(host)?;
        if self.load && !todo.is_empty() {
            todo.run(sh!("nft --file {self.dest}"));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::FIREWALL, Scope::path(&self.dest)]
    }
}
