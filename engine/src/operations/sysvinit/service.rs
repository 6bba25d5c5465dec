use crate::facts::files::FindLinks;
use crate::facts::server::LinuxDistribution;
use crate::facts::sysvinit::InitdStatus;
use crate::operations::services::{State, record_enabled};
use crate::{Args, Commands, Error, Host, Operation, Result, Shell, sh};

/// Start, stop, restart, reload, enable or disable a service of `/etc/init.d`.
///
/// Services are enabled with the distribution's own program: `update-rc.d` on Debian and its kin,
/// `chkconfig` on Red Hat's, `rc-update` on Gentoo. Elsewhere, and for other runlevels, use
/// `sysvinit.enable`.
///
/// ```rhai
/// sysvinit.service("rsyslog", #{ restarted: true, enabled: true });
/// ```
#[derive(Debug, Args)]
#[args("sysvinit.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    pub(crate) service: String,

    #[arg(flatten)]
    pub(crate) state: State,

    /// Whether the service should start with the system. Default: that stays as it is.
    pub(crate) enabled: Option<bool>,

    /// Another command for the service, run in any case.
    pub(crate) command: Option<String>,
}

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.enabled.is_some() {
            host.want(&self.start_links());
        }
        if self.enabled == Some(true) {
            host.want(&LinuxDistribution {});
        }
        let status = InitdStatus {};
        let services = host.fact(&status)?;
        let now = services.get(&self.service).copied().flatten();
        let script = format!("/etc/init.d/{}", self.service);
        let mut todo = Commands::default();
        let control = self.state.control(&self.service, self.command.as_deref());
        control.run(&mut todo, now, |verb| sh!("{script} {verb}"));
        if let Some(outcome) = control.outcome(now) {
            let mut after = (*services).clone();
            after.insert(self.service.clone(), Some(outcome));
            todo.then(&status, after);
        }
        match self.enabled {
            Some(true) => self.enable(&mut todo, host)?,
            Some(false) => self.disable(&mut todo, host)?,
            None => {}
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }
}

impl ControlService {
    fn start_links(&self) -> FindLinks {
        FindLinks {
            path: "/etc".to_owned(),
            size: None,
            min_size: None,
            max_size: None,
            maxdepth: None,
            fname: None,
            iname: None,
            regex: None,
            path_match: Some(format!("/etc/rc*.d/S*{}", self.service)),
            args: None,
            quote_path: true,
        }
    }

    /// The links that start this very service: between `S` and its name is a number.
    fn links(&self, host: &Host<'_>) -> Result<Vec<String>> {
        let links = host.fact(&self.start_links())?;
        let own = |link: &&String| {
            let name = link.rsplit('/').next().unwrap_or_default();
            let order = name.strip_prefix('S').and_then(|it| it.strip_suffix(&self.service));
            order.is_none_or(|it| it.chars().all(|digit| digit.is_ascii_digit()))
        };
        Ok(links.iter().filter(own).cloned().collect())
    }

    fn enable(&self, todo: &mut Commands, host: &Host<'_>) -> Result<()> {
        if !self.links(host)?.is_empty() {
            return Ok(());
        }
        let distribution = host.fact(&LinuxDistribution {})?;
        let name = distribution.name.as_deref().unwrap_or_default();
        let lines = self.enabling(name).ok_or_else(|| {
            Error::failed(format!("services of {name:?} cannot be enabled here"))
                .hint("sysvinit.enable makes the links itself")
        })?;
        for line in lines {
            todo.run(line);
        }
        record_enabled(todo, &self.service, true);
        Ok(())
    }

    /// How a distribution enables a service.
    fn enabling(&self, distribution: &str) -> Option<Vec<Shell>> {
        let kin = |names: &[&str]| names.iter().any(|name| distribution.starts_with(name));
        if kin(&["Debian", "Ubuntu", "Devuan", "Raspbian", "Linux Mint", "LinuxMint"]) {
            return Some(vec![sh!("update-rc.d {self.service} defaults")]);
        }
        if kin(&["CentOS", "Fedora", "Red Hat", "RedHat", "Oracle", "Alma", "Rocky", "Amazon"]) {
            let (add, on) =
                (sh!("chkconfig {self.service} --add"), sh!("chkconfig {self.service} on"));
            return Some(vec![add, on]);
        }
        kin(&["Gentoo"]).then(|| vec![sh!("rc-update add {self.service} default")])
    }

    fn disable(&self, todo: &mut Commands, host: &Host<'_>) -> Result<()> {
        let links = self.links(host)?;
        if !links.is_empty() {
            todo.run(sh!("rm -f -- {links}"));
            todo.then(&self.start_links(), Vec::new());
            record_enabled(todo, &self.service, false);
        }
        Ok(())
    }
}
