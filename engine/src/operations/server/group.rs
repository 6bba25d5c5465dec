use super::account_tools::AccountTools;
use crate::args::Scalar;
use crate::facts::server::{Groups, Kernel, Os};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell};

/// Add or remove a group.
///
/// A group that exists keeps its id. BSD has no system groups, so `system` says nothing there.
///
/// ```rhai
/// server.group("app", #{ system: true });
/// server.group("deploy", #{ gid: 1500 });
/// server.group("old-app", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("server.group")]
#[expect(clippy::struct_field_names, reason = "the arguments have the names that scripts know")]
pub(crate) struct Group {
    /// Name of the group.
    group: String,

    /// Whether the group should exist.
    #[arg(default = true)]
    present: bool,

    /// Take the id of a new group from the range of system groups.
    #[arg(default = false)]
    system: bool,

    /// Fixed id of a new group. Default: the next free one.
    gid: Option<Scalar>,
}

impl Operation for Group {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&Kernel {});
        let groups = host.fact(&Groups {})?;
        let exists = groups.contains(&self.group);
        if self.present == exists {
            let note = if exists { "exists" } else { "does not exist" };
            return Ok(Commands::none(format!("group {} {note}", self.group)));
        }
        let tools = AccountTools::of(host.fact(&Os {})?.as_deref());
        Ok(if self.present { self.add(tools, &groups) } else { self.remove(tools, &groups) })
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::ACCOUNTS, Scope::path("/etc/group")]
    }
}

impl Group {
    fn add(&self, tools: AccountTools, groups: &[String]) -> Commands {
        let mut flags = Shell::new();
        flags.flag("-r", self.system && tools.knows_system_accounts());
        flags.opt("-g", self.gid.as_ref().map(|it| &it.0));
        let mut todo = Commands::from(tools.add_group(&flags, &self.group));
        todo.attribute(format!("group {}", self.group), "present", "no", "yes");
        todo.then(&Groups {}, groups.iter().cloned().chain([self.group.clone()]).collect());
        todo
    }

    fn remove(&self, tools: AccountTools, groups: &[String]) -> Commands {
        let mut todo = Commands::from(tools.remove_group(&self.group));
        todo.attribute(format!("group {}", self.group), "present", "yes", "no");
        let after = groups.iter().filter(|it| **it != self.group).cloned().collect();
        todo.then(&Groups {}, after);
        todo
    }
}
